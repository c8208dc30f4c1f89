"""What became of one recorded document."""

from __future__ import annotations

from dataclasses import dataclass

from .corpus import Case
from .documents import Fault
from .meaning import Difference

__all__ = ["Outcome"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document."""

    case: Case
    rejection: str = ""
    crash: str = ""
    faults: tuple[Fault, ...] = ()
    differences: tuple[Difference, ...] = ()
    uncompared: str = ""
    """Why the meaning could not be compared."""

    @property
    def verdict(self) -> str:
        if self.crash:
            return "crashed"
        return "rejected" if self.rejection else "converted"

    @property
    def failed(self) -> bool:
        return bool(self.crash or self.faults or self.differences)
