"""How fast conversions are, how they scale, and what memory they take: ``python -m tests.benchmarks``.

Beside each of ours stands its floor, which is what pydantic's own parser takes to read what comes in and its
writer to write what goes out; and every other converter that is installed, on the same bytes in the same run.
Nothing is judged: times compare with those of the same run only, and a test that fails on a slow day is no test.
"""
