"""What services refuse beyond a single field."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing to mend, named by its JSON path in the engine's request."""

    path: str
    code: str
    message: str


class StaleVersion(Exception):  # noqa: N818 - the word of the field
    """Somebody else saved since this was read. ``current`` is the version now stored."""

    def __init__(self, current: int) -> None:
        super().__init__(current)
        self.current = current


class InvalidFacts(Exception):  # noqa: N818
    """The facts that were sent cannot be stored."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(len(self.faults))


class IncompleteFacts(InvalidFacts):
    """The stored facts do not make a request yet: something is missing or contradicts itself."""
