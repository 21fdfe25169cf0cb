from django.http import HttpRequest

from clinic.permissions import allowed
from clinic.roles import Action
from clinic.scoping import membership_of


class May:
    """Templates ask ``may.propose`` with the very table that guards the views."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    def __getitem__(self, name: str) -> bool:
        return allowed(self._request, Action(name.replace("_", "-")))


def membership(request: HttpRequest) -> dict[str, object]:
    """The membership, its clinic, and what its role may do."""
    current = membership_of(request)
    return {
        "membership": current,
        "clinic": current.clinic if current else None,
        "may": May(request),
    }
