"""Other converters beside ours, over recorded traffic: ``python -m tests.differential CORPUS``.

* ``peers`` holds one module for each converter; it runs in an environment of its own, by ``worker``.
* ``judging`` reads both sides of every conversion with the readings of `tests.conformance`.
* ``page`` writes the comparison of the documentation: counts alone, and what each class of difference means.
"""
