"""What is wrong with a request, said by the place where it stands."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend: `path` leads into the request, `code` is for programs."""

    path: str
    message: str
    code: str


class InvalidRequest(ValueError):  # noqa: N818 - what it is, not that it is an error
    """The request cannot be evaluated; every fault found is here, in the request's order."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(f"{fault.path}: {fault.message}" for fault in faults))
        self.faults = faults


class NoOpenDay(Exception):  # noqa: N818 - named as the clinic says it
    """The clinic has no open day where a date is needed."""
