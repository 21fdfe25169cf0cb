"""Which clinic a request speaks for. Without one, no clinical row can be read at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import cast

from django.http import HttpRequest
from django.utils import timezone
from django_scopes import get_scope, scope

from clinic.models import Clinic, Membership, User

SESSION_KEY = "clinic"


def active_membership(user: User, *, clinic: str | None = None) -> Membership | None:
    """The person's membership in the clinic they chose, else their first one that is active."""
    rows = list(
        Membership.objects.filter(user=user, is_active=True)
        .select_related("clinic")
        .order_by("clinic__name", "pk")
    )
    chosen = [row for row in rows if str(row.clinic_id) == clinic]
    return next(iter(chosen or rows), None)


@contextmanager
def clinic_scope(clinic: Clinic | None) -> Iterator[None]:
    """Open the rows of one clinic. With none, queries on clinical rows raise ScopeError."""
    if clinic is None:
        yield
        return
    with scope(clinic=clinic):
        yield


def clinic_today() -> date:
    """Today at the clinic that is open, for what has no row at hand to ask; without one, here."""
    clinic: Clinic | None = get_scope().get("clinic")
    return clinic.today() if clinic else timezone.localdate()


def membership_of(request: HttpRequest) -> Membership | None:
    return cast("Membership | None", getattr(request, "membership", None))
