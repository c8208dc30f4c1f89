"""The command line: ``python -m tests.fuzz``. Exit status 1 if a promise was broken; the input is then kept."""

from __future__ import annotations

import argparse
import subprocess
import sys

from .targets import TARGETS


def main() -> int:
    names = [target.__name__ for target in TARGETS]
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Fuzz the public entry points.")
    parser.add_argument("target", nargs="*", help=f"out of {', '.join(names)}; all by default")
    parser.add_argument("--seconds", type=int, default=60, help="how long to fuzz each target")
    arguments = parser.parse_args()
    chosen = arguments.target or names
    if unknown := set(chosen) - set(names):
        parser.error(f"unknown target {min(unknown)!r}")
    failed = [name for name in chosen if not _passes(name, arguments.seconds)]
    print(f"{len(chosen) - len(failed)} passed, {len(failed)} failed", *failed)
    return int(bool(failed))


def _passes(name: str, seconds: int) -> bool:
    """Each target runs in a process of its own, since a fuzzer ends its process."""
    command = [sys.executable, "-m", "tests.fuzz.run", name, f"-max_total_time={seconds}", "-verbosity=0"]
    return subprocess.run(command, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
