"""Coverage-guided fuzzing of every public entry point: ``python -m tests.fuzz``.

* ``targets`` says what each entry point promises for any bytes; it needs no fuzzer.
* ``mutation`` changes JSON and streams by their structure, so that most inputs get past the parser.
* ``seeds`` makes first inputs of the golden cases.
* ``regressions`` keeps what broke a promise once, one folder for each target; the default tests run them.
"""
