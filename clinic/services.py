"""Clinics and the people in them, as administrators change them. Each change is audited."""

from collections.abc import Iterable
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import Clinic, ClosedDay, Membership, User
from clinic.models.audit import AuditOutcome
from clinic.roles import Role
from clinic.scoping import active_membership
from clinic.text import is_storable


@transaction.atomic
def save_user(user: User, *, by: User, fields: Iterable[str] = ()) -> User:
    """Store a person. What they may do comes from memberships alone, so flags stay unset."""
    new = user._state.adding
    if user.pk == by.pk and not user.is_active:
        raise ValidationError(_("Somebody else has to close your own account."))
    user.is_staff = user.is_superuser = False
    user.full_clean()
    user.save()
    verb = "user-added" if new else "user-changed"
    audit.record(verb, user, by=by, detail={"fields": sorted(fields)})
    return user


@transaction.atomic
def set_password(user: User, password: str, *, by: User | None) -> User:
    """Give a person a new password, which ends their sessions."""
    user.set_password(password)
    user.save(update_fields=["password"])
    audit.record("password-set", user, by=by)
    return user


def record_login(user: User) -> None:
    audit.record("login", user, by=user, clinic=_clinic_of(user))


def record_logout(user: User) -> None:
    audit.record("logout", user, by=user)


def record_failed_login(username: str) -> None:
    """Whose account was tried, where there is one; a name that was only typed is not kept."""
    user = User.objects.filter(username=username).first() if is_storable(username) else None
    where = _clinic_of(user) if user else None
    audit.record("login", user, clinic=where, outcome=AuditOutcome.REFUSED)


def _clinic_of(user: User) -> UUID | None:
    membership = active_membership(user)
    return membership.clinic_id if membership else None


@transaction.atomic
def save_membership(membership: Membership, *, by: User, fields: Iterable[str] = ()) -> Membership:
    """Store a person's role in a clinic. Nobody changes their own, so one who can remains."""
    if membership.user_id == by.pk:
        raise ValidationError(_("Somebody else has to change your own role."))
    new = membership._state.adding
    membership.full_clean()
    membership.save()
    verb = "membership-added" if new else "membership-changed"
    detail = {"role": membership.role, "active": membership.is_active, "fields": sorted(fields)}
    audit.record(verb, membership, by=by, detail=detail)
    return membership


@transaction.atomic
def save_clinic(
    clinic: Clinic,
    *,
    by: User,
    days: Iterable[ClosedDay] = (),
    removed: Iterable[ClosedDay] = (),
    fields: Iterable[str] = (),
) -> Clinic:
    """Store the clinic with its closed days. Plans that are already signed keep their dates."""
    clinic.full_clean()
    clinic.save()
    for day in removed:
        audit.record("closed-day-removed", clinic, by=by, detail={"day": day.day.isoformat()})
        day.delete()
    for day in days:
        day.full_clean()
        day.save()
        audit.record("closed-day-set", clinic, by=by, detail={"day": day.day.isoformat()})
    audit.record(
        "clinic-changed", clinic, by=by, clinic=clinic.pk, detail={"fields": sorted(fields)}
    )
    return clinic


@transaction.atomic
def open_clinic(*, code: str, name: str, timezone: str, admin: str, password: str) -> Clinic:
    """Add a clinic with its first administrator. Everybody else is added by that person."""
    clinic = Clinic(code=code, name=name, timezone=timezone)
    clinic.full_clean()
    clinic.save()
    user = User(username=admin)
    user.set_password(password)
    user.full_clean()
    user.save()
    membership = Membership(user=user, clinic=clinic, role=Role.ADMINISTRATOR)
    membership.full_clean()
    membership.save()
    audit.record("clinic-opened", clinic, clinic=clinic.pk)
    return clinic
