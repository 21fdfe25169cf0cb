"""What the fields of release documents are called, and what their values are said as."""

from collections.abc import Mapping
from typing import Final

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from treatments.enums import (
    CarePhase,
    Claim,
    CombinationMode,
    EffectKind,
    Grade,
    OngoingEnd,
    Preparation,
    Principle,
    Rating,
    ReasonFor,
    RuleKind,
    Scope,
    SourceKind,
    WhenUnknown,
)

LABELS: Final[Mapping[str, str | Promise]] = {
    "alternatives": _("alternatives"),
    "approved": _("approved by the clinic"),
    "ask_age_from": _("ask from age"),
    "ask_age_to": _("ask to age"),
    "ask_each_time": _("asked anew each time"),
    "blocked_by": _("blocked by"),
    "body": _("what is done"),
    "care": _("care instruction"),
    "claim": _("kind of claim"),
    "class_name": _("class"),
    "clears": _("has a day on which it clears"),
    "clinician_selects": _("the clinician selects"),
    "concern": _("concern"),
    "days": _("days"),
    "declaration": _("what the patient declares"),
    "divisor": _("divided by"),
    "effect": _("effect"),
    "follow": _("treatment that follows"),
    "follow_every": _("visits from one following session to the next"),
    "followed": _("followed"),
    "formula": _("formula"),
    "frequency": _("how often"),
    "gap_days": _("gap"),
    "grade": _("grade"),
    "hint": _("hint"),
    "ingredient": _("ingredient"),
    "ingredient_class": _("class"),
    "interval_days": _("interval"),
    "kind": _("kind"),
    "language": _("language"),
    "lead": _("leading treatment"),
    "lead_every": _("visits from one leading session to the next"),
    "locator": _("locator"),
    "machine_written": _("written by a machine"),
    "maintenance_days": _("maintenance after"),
    "max_interval_days": _("largest interval"),
    "medication_class": _("class"),
    "message": _("message"),
    "min_interval_days": _("smallest interval"),
    "mode": _("mode"),
    "name": _("name"),
    "note": _("note"),
    "ongoing_end": _("a medication still taken"),
    "optional": _("optional sessions"),
    "parent": _("lies in"),
    "performer": _("performer"),
    "phase": _("when"),
    "planned": _("planned sessions"),
    "position": _("what it says"),
    "preference": _("wish"),
    "preparation": _("preparation"),
    "principle": _("principle"),
    "question": _("question"),
    "rating": _("rating"),
    "reason_for": _("reason for"),
    "refer_to": _("refers to"),
    "required": _("required"),
    "resolution": _("what the program does"),
    "review_days": _("review after"),
    "risks": _("risks"),
    "role": _("stated role"),
    "rule": _("rule"),
    "scope": _("scope"),
    "serious": _("serious"),
    "source": _("source"),
    "statement": _("statement"),
    "summary": _("summary"),
    "text": _("text"),
    "title": _("title"),
    "topic": _("topic"),
    "treatment": _("treatment"),
    "trigger": _("trigger"),
    "unit": _("unit"),
    "url": _("address"),
    "valid_days": _("valid"),
    "value": _("value"),
    "verified": _("read and checked"),
    "version": _("version"),
    "visit_days": _("days between visits"),
    "wait_days": _("wait"),
    "warning": _("warning"),
    "when_unknown": _("when unknown"),
    "why": _("why"),
    "witness": _("a witness is asked for"),
}
# Fields that list several: what one of them is called.
ONE_OF: Final[Mapping[str, str | Promise]] = {
    "activators": _("activator"),
    "allergens": _("allergen"),
    "areas": _("area"),
    "basis": _("basis"),
    "citations": _("citation"),
    "concerns": _("concern"),
    "devices": _("device"),
    "effects": _("effect"),
    "entries": _("entry"),
    "ingredients": _("ingredient"),
    "rules": _("rule"),
    "sides": _("side"),
    "sources": _("source"),
    "treatments": _("treatment"),
    "units": _("unit"),
}
# Fields of words, which are quoted.
WORDS: Final = frozenset(
    {
        "alternatives",
        "body",
        "care",
        "declaration",
        "frequency",
        "hint",
        "locator",
        "message",
        "name",
        "note",
        "position",
        "question",
        "resolution",
        "risks",
        "role",
        "summary",
        "text",
        "title",
        "topic",
        "why",
    }
)
# Values of one field of different rows may come from different lists, whose words differ.
_CHOICES: Final[Mapping[str, type[TextChoices] | tuple[type[TextChoices], ...]]] = {
    "claim": Claim,
    "effect": EffectKind,
    "grade": Grade,
    "kind": (RuleKind, SourceKind),
    "mode": CombinationMode,
    "reason_for": ReasonFor,
    "ongoing_end": OngoingEnd,
    "phase": CarePhase,
    "preparation": Preparation,
    "principle": Principle,
    "rating": Rating,
    "scope": Scope,
    "when_unknown": WhenUnknown,
}


def label_of(field: str) -> str:
    return str(LABELS.get(field) or ONE_OF.get(field) or field.replace("_", " "))


def one_of(field: str) -> str:
    return str(ONE_OF.get(field) or label_of(field))


def choice(field: str, value: str) -> str | None:
    """The label of a value from a closed list."""
    found = _CHOICES.get(field, ())
    lists = found if isinstance(found, tuple) else (found,)
    return next((str(one(value).label) for one in lists if value in one.values), None)
