"""The audit trail: one call for each write and each opening of a patient's record."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Model

from clinic.logs import request_id
from clinic.models import AuditEvent, User
from clinic.models.audit import AuditOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where writes come from: the person, the token that spoke for them, the clinic, the door."""

    actor: UUID | None = None
    actor_name: str = ""
    token: UUID | None = None
    clinic: UUID | None = None
    channel: str = "command"


_COMMAND = Origin()
_origin: ContextVar[Origin] = ContextVar("audit_origin", default=_COMMAND)


@contextmanager
def coming_from(origin: Origin) -> Iterator[None]:
    """Everything recorded inside carries this origin."""
    token = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(token)


def narrow(**fields: Any) -> None:
    """Fill in what became known within the request (a token's user, its clinic)."""
    _origin.set(replace(_origin.get(), **fields))


def record(  # noqa: PLR0913 - the questions an auditor asks
    action: str,
    subject: Model | None = None,
    *,
    by: User | None = None,
    clinic: UUID | None = None,
    patient: UUID | None = None,
    outcome: str = AuditOutcome.SUCCESS,
    detail: Mapping[str, object] | None = None,
) -> AuditEvent:
    """Add one event, inside the transaction of what it speaks of.

    ``detail`` holds codes and field names only: never a name, never clinical text.
    """
    event = _event(
        action,
        by=by,
        subject_type=subject._meta.label_lower if subject else "",
        subject=str(subject.pk) if subject else "",
        patient=patient,
        outcome=outcome,
        detail=dict(detail or {}),
    )
    event.clinic = clinic or getattr(subject, "clinic_id", None) or event.clinic
    event.save(force_insert=True)
    return event


def record_listed(
    kind: type[Model],
    *,
    patients: Iterable[UUID],
    by: User | None = None,
    detail: Mapping[str, object],
) -> None:
    """One event for each patient whose rows a list shows, in one insert; one for nobody found."""
    AuditEvent.objects.bulk_create(
        _event(
            f"{kind._meta.model_name}-listed",
            by=by,
            subject_type=kind._meta.label_lower,
            patient=patient,
            detail=dict(detail),
        )
        for patient in dict.fromkeys(patients) or [None]
    )


def _event(action: str, *, by: User | None, **fields: Any) -> AuditEvent:
    """What every event says of the request that it belongs to."""
    origin = _origin.get()
    return AuditEvent(
        action=action,
        actor=by.pk if by else origin.actor,
        actor_name=by.get_username() if by else origin.actor_name,
        token=origin.token,
        clinic=origin.clinic,
        channel=origin.channel,
        request_id=request_id.get(),
        **{"outcome": AuditOutcome.SUCCESS, **fields},
    )


def refused(action: str, subject: Model | None = None, *, patient: UUID | None = None) -> None:
    """Record that somebody was turned away."""
    record(action, subject, patient=patient, outcome=AuditOutcome.REFUSED)
