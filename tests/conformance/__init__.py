"""Run the converters over a directory of recorded traffic and judge what comes out.

``python -m tests.conformance DIR`` reports, for requests, replies, errors and streams in each
direction, what was converted, rejected or crashed, what the other side would refuse, and where the
meaning changed without a recorded loss.

Everything is judged from outside: the referee checks documents against the vendors' own SDK types
and the rules their servers enforce, and both sides of a comparison are read as plain JSON, without
the models of the library.
"""
