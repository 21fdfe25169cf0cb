"""Who may do what: one table of roles and actions. What is not listed is refused."""

from collections.abc import Mapping
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    PHYSICIAN = "physician", _("Physician")
    NURSE = "nurse", _("Nurse")
    FRONT_DESK = "front-desk", _("Front desk")
    CURATOR = "curator", _("Curator")
    MEDICAL_LEAD = "medical-lead", _("Medical lead")
    ADMINISTRATOR = "administrator", _("Administrator")
    INTEGRATION = "integration", _("Integration")


class Action(StrEnum):
    VIEW_PATIENT = "view-patient"
    EDIT_PATIENT = "edit-patient"
    VIEW_CONSULTATION = "view-consultation"
    EDIT_CONSULTATION = "edit-consultation"
    PROPOSE = "propose"
    DECIDE = "decide"
    OVERRIDE = "override"
    TAKE_CONSENT = "take-consent"
    PREPARE = "prepare"
    SIGN = "sign"
    VIEW_PLAN = "view-plan"
    MARK_SESSION = "mark-session"
    RECORD_EVENT = "record-event"
    EVALUATE = "evaluate"
    VIEW_CATALOGUE = "view-catalogue"
    EDIT_CATALOGUE = "edit-catalogue"
    PUBLISH_RELEASE = "publish-release"
    APPROVE_RELEASE = "approve-release"
    MANAGE_MEMBERS = "manage-members"
    VIEW_AUDIT = "view-audit"


_PATIENTS = {Action.VIEW_PATIENT, Action.EDIT_PATIENT}
_CARE = _PATIENTS | {
    Action.VIEW_CONSULTATION,
    Action.EDIT_CONSULTATION,
    Action.PROPOSE,
    Action.DECIDE,
    Action.VIEW_PLAN,
    Action.MARK_SESSION,
    Action.EVALUATE,
    Action.VIEW_CATALOGUE,
}
# What is signed is signed by people: programs take part in the rest.
_NURSE = _CARE | {Action.TAKE_CONSENT, Action.PREPARE, Action.RECORD_EVENT}
_PHYSICIAN = _NURSE | {Action.OVERRIDE, Action.SIGN}
_CURATOR = {
    Action.VIEW_CATALOGUE,
    Action.EDIT_CATALOGUE,
    Action.EVALUATE,
}
# What clinicians work with is the medical lead's word: by a draft that somebody else wrote
# (approve), or by putting a release in force again that was approved before (publish).
_RELEASES = {Action.APPROVE_RELEASE, Action.PUBLISH_RELEASE}

ALLOWED: Mapping[Role, frozenset[Action]] = {
    Role.PHYSICIAN: frozenset(_PHYSICIAN),
    Role.NURSE: frozenset(_NURSE),
    Role.FRONT_DESK: frozenset(_PATIENTS),
    Role.CURATOR: frozenset(_CURATOR),
    Role.MEDICAL_LEAD: frozenset(_PHYSICIAN | _CURATOR | _RELEASES | {Action.VIEW_AUDIT}),
    Role.ADMINISTRATOR: frozenset(
        {Action.MANAGE_MEMBERS, Action.VIEW_AUDIT, Action.VIEW_CATALOGUE}
    ),
    Role.INTEGRATION: frozenset(_CARE),
}


def allows(role: str, action: Action) -> bool:
    """True when the role's row of the table holds the action; an unknown role holds nothing."""
    try:
        return action in ALLOWED[Role(role)]
    except ValueError:
        return False
