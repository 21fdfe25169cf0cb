"""Closed lists of the flow. Clinical vocabulary lives in the catalogue."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Sex(models.TextChoices):
    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    OTHER = "other", _("Other")


class ConsultationStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("consultation", "Open")
    SIGNED = "signed", _("Signed")
    CANCELLED = "cancelled", _("Cancelled")


class Answer(models.TextChoices):
    YES = "yes", _("Yes")
    NO = "no", _("No")
    UNKNOWN = "unknown", _("Not known")


class Severity(models.IntegerChoices):
    MILD = 1, _("Mild")
    MODERATE = 2, _("Moderate")
    SEVERE = 3, _("Severe")


class MapView(models.TextChoices):
    """The drawings that a note can be pinned to, by the keys of ``drawings.VIEWS``."""

    FACE = "face", _("Face")
    FRONT = "front", _("Front")
    BACK = "back", _("Back")


class Combination(models.TextChoices):
    ALTERNATING = "alternating", _("Separate sessions")
    SAME_SESSION = "same-session", _("Same session, fewest visits")


class Fitzpatrick(models.IntegerChoices):
    """Skin types by their reaction to sun, in our own words."""

    I = 1, _("I: always burns, never tans")  # noqa: E741
    II = 2, _("II: burns easily, tans little")
    III = 3, _("III: burns at times, tans slowly")
    IV = 4, _("IV: burns rarely, tans well")
    V = 5, _("V: brown skin, hardly ever burns")
    VI = 6, _("VI: dark skin, does not burn")


class Glogau(models.IntegerChoices):
    """Photoageing of the face, in our own words."""

    I = 1, _("I: no wrinkles")  # noqa: E741
    II = 2, _("II: wrinkles in motion")
    III = 3, _("III: wrinkles at rest")
    IV = 4, _("IV: wrinkles throughout")


class Verdict(models.TextChoices):
    ACCEPTED = "accepted", _("Accepted")
    MODIFIED = "modified", _("Accepted with changes")
    DECLINED = "declined", _("Declined")


class PrescriberAnswer(models.TextChoices):
    """What whoever prescribes a medicine said to a treatment beside it."""

    AGREED = "agreed", _("Agreed")
    CONDITIONS = "conditions", _("Agreed, with conditions")
    DECLINED = "declined", _("Declined")


class AmendmentReason(models.TextChoices):
    ERROR = "recorded-wrongly", _("Something was recorded wrongly")
    LEARNED_LATER = "learned-later", _("Something became known later")
    CLARIFIED = "clarified", _("To make clear what was meant")


class ConsentHow(models.TextChoices):
    DRAWN = "drawn", _("Drawn on the screen")
    TYPED = "typed", _("Typed name")


class ConsentState(models.TextChoices):
    """Where one treatment's consent stands for the decisions as they are."""

    GIVEN = "given", _("Given")
    MISSING = "missing", _("Still to be given")
    CHANGED = "changed", _("To be given again: the plan changed since")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    NO_TEXT = "no-text", _("The release in force has no consent text for this treatment")


class SessionKind(models.TextChoices):
    PLANNED = "planned", _("Planned")
    OPTIONAL = "optional", _("Optional")


class SessionStatus(models.TextChoices):
    SCHEDULED = "scheduled", _("Scheduled")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


class Seriousness(models.TextChoices):
    """How serious an adverse event is. Serious: it needed treatment in hospital, put the patient in
    danger, or left lasting harm."""

    MILD = "mild", _("Mild")
    MODERATE = "moderate", _("Moderate")
    SERIOUS = "serious", _("Serious")


class EventOutcome(models.TextChoices):
    RECOVERED = "recovered", _("Recovered")
    RECOVERING = "recovering", _("Recovering")
    ONGOING = "ongoing", _("Not recovered yet")
    LASTING = "lasting", _("Recovered with lasting effects")
    FATAL = "fatal", _("Fatal")
    UNKNOWN = "unknown", _("Not known")


class RunStatus(models.TextChoices):
    RUNNING = "running", _("Running")
    FINISHED = "finished", _("Finished")
    CANCELLED = "cancelled", _("Stopped")


class Effect(models.TextChoices):
    """What another release would change for a patient. The first of them weighs most."""

    UNREADABLE = "unreadable", _("Facts can no longer be read")
    BLOCKED = "blocked", _("Blocked")
    TOO_EARLY = "too-early", _("A session is too early")
    OPTION_LOST = "option-lost", _("An option is gone")
    STATUS = "status-changed", _("Another status")
    DATES = "dates-changed", _("Other dates")
    INGREDIENTS = "ingredients-changed", _("Other ingredients")
    WARNINGS = "warnings-changed", _("Other warnings")
    COVERAGE = "coverage-changed", _("Covers other concerns")
    REASONS = "reasons-changed", _("Other reasons")
    NEW_OPTION = "new-option", _("A new option")
    RANKING = "ranking-changed", _("Another order")


class LeftOut(models.TextChoices):
    """Why an answer of the last consultation is not carried over."""

    RETIRED = "retired", _("no longer in the catalogue")
    ASKED_ANEW = "asked-anew", _("asked anew each time")
    CLEARED = "cleared", _("cleared since")
