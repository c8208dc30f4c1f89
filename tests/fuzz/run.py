"""Fuzzes one target: ``python -m tests.fuzz.run TARGET [libFuzzer options]``. Needs atheris."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any, Final

__all__ = ["CORPUS", "REGRESSIONS", "main"]

REGRESSIONS: Final = Path(__file__).with_name("regressions")
CORPUS: Final = Path(__file__).parents[2] / ".fuzz"
"""What the fuzzer found interesting so far; it begins there the next time."""

_BOUNDS: Final = ("-max_len=20000", "-timeout=10", "-rss_limit_mb=1500", "-len_control=0", "-print_final_stats=1")
"""No input may take longer, and no run may take more memory."""


def main(name: str, options: list[str]) -> None:
    """Fuzz until something is found, or until ``-max_total_time`` has passed; ends the process."""
    atheris: Any = import_module("atheris")
    with atheris.instrument_imports(include=["llm_transcode"]):
        target = getattr(import_module("tests.fuzz.targets"), name)
    seeds, mutation = import_module("tests.fuzz.seeds"), import_module("tests.fuzz.mutation")

    def run(data: bytes) -> None:
        if data:
            target(data)

    def mutate(data: bytes, limit: int, seed: int) -> bytes:
        random = Random(seed)
        changed: bytes | None = mutation.mutated(data, random) if random.random() < 0.8 else None
        return bytes(atheris.Mutate(data, limit)) if changed is None or len(changed) > limit else changed

    def cross(data: bytes, other: bytes, limit: int, seed: int) -> bytes:
        return (mutation.crossed(data, other, Random(seed)) or data)[:limit]

    seeds.write(name, CORPUS / name)
    (REGRESSIONS / name).mkdir(parents=True, exist_ok=True)
    prefix = f"-artifact_prefix={REGRESSIONS / name}/"
    arguments = [sys.argv[0], *_BOUNDS, prefix, *options, str(CORPUS / name)]
    atheris.Setup(arguments, run, custom_mutator=mutate, custom_crossover=cross)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
