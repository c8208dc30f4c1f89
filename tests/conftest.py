"""What holds for every test."""

from __future__ import annotations

from importlib.util import find_spec

if find_spec("hypothesis") is not None:  # the tests of the browser do without it
    from hypothesis import HealthCheck, settings

    # How long an example takes says more about the machine, what else it does and whether coverage is measured.
    settings.register_profile("patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("patient")
