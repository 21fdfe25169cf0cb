"""The sections of a consultation. Progress is read from the rows, never from the session."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clinic.digits import local_digits
from clinic.models import User
from clinic.text import with_commas
from consultations import telling
from consultations.carried import UNCONFIRMED, marks
from consultations.errors import Fault
from consultations.forms import scalars
from consultations.forms.history import Questions
from consultations.forms.sections import KINDS
from consultations.forms.steps import StepForm
from consultations.models import Consultation
from consultations.services import editing, intake
from treatments.models import Condition

CONDITIONS = "condition-"  # how a question's field begins
PATIENT = "patient-banner"
PROPOSAL = "proposal"  # the last section of the page, which no form answers for
# What a request calls otherwise than the forms.
_SECTIONS = {"closed_on": "closed_days"}
_FIELDS = {"product": "name", "ingredients": "parts"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """``facts`` are the request's keys that the step answers for, ``told`` says what is stored.

    ``part`` names the steps that stand together in the index of the page.
    """

    key: str
    title: Any
    lead: Any
    form: Callable[..., StepForm]
    facts: tuple[str, ...]
    is_done: Callable[[Consultation], bool]
    told: Callable[[Consultation], list[str]]
    optional: bool = False
    part: Any = ""


def _form(scalar_form: Any, *keys: str) -> Callable[..., StepForm]:
    return partial(StepForm, scalars=scalar_form, keys=keys)


def _concerns_done(consultation: Consultation) -> bool:
    rows = consultation.concerns.all()
    return bool(rows) and all(row.area_id for row in rows)


def _history_done(consultation: Consultation) -> bool:
    answered = {row.condition_id for row in consultation.condition_answers.all()}
    asked = Condition.objects.filter(active=True).values_list("pk", flat=True)
    return bool(answered) and set(asked) <= answered


def _allergies_done(consultation: Consultation) -> bool:
    return consultation.no_known_allergies is not None or bool(consultation.allergies.all())


_SAFETY = gettext_lazy("Safety")
STEPS: tuple[Step, ...] = (
    Step(
        key="concerns",
        title=gettext_lazy("Concerns"),
        lead=gettext_lazy("What brings the patient here, and where."),
        form=_form(scalars.GoalsForm, "concerns"),
        facts=("concerns", "goals"),
        is_done=_concerns_done,
        told=telling.concerns,
    ),
    Step(
        key="history",
        title=gettext_lazy("Health history"),
        lead=gettext_lazy("What was not asked stays open. “Not known” is an answer, too."),
        form=_form(Questions),
        facts=("conditions",),
        is_done=_history_done,
        told=telling.conditions,
    ),
    Step(
        key="allergies",
        title=gettext_lazy("Allergies"),
        lead=gettext_lazy("To ingredients, anaesthetics, or anything else."),
        form=_form(scalars.AllergyForm, "allergies"),
        facts=("no_known_allergies", "allergies"),
        is_done=_allergies_done,
        told=telling.allergies,
        part=_SAFETY,
    ),
    Step(
        key="medication",
        title=gettext_lazy("Medication"),
        lead=gettext_lazy("Prescribed or bought, taken now or stopped lately."),
        form=_form(scalars.MedicationForm, "medications"),
        facts=("medications_reviewed", "medications"),
        is_done=lambda one: one.medications_reviewed is not None or bool(one.medications.all()),
        told=telling.medications,
        part=_SAFETY,
    ),
    Step(
        key="labs",
        title=gettext_lazy("Lab values"),
        lead=gettext_lazy("In the unit that the laboratory printed."),
        form=_form(None, "labs"),
        facts=("labs",),
        is_done=lambda one: bool(one.labs.all()),
        told=telling.labs,
        optional=True,
        part=_SAFETY,
    ),
    Step(
        key="findings",
        title=gettext_lazy("Findings and procedures"),
        lead=gettext_lazy("What was seen in an area, and what was done there before."),
        form=_form(None, "area_findings", "procedures"),
        facts=("area_findings", "procedures"),
        is_done=lambda one: bool(one.findings.all() or one.procedures.all()),
        told=telling.findings,
        optional=True,
        part=_SAFETY,
    ),
    Step(
        key="skin",
        title=gettext_lazy("Skin"),
        lead=gettext_lazy("As assessed today."),
        form=_form(scalars.SkinForm),
        facts=("fitzpatrick", "glogau"),
        is_done=lambda one: one.fitzpatrick is not None and one.glogau is not None,
        told=telling.skin,
    ),
    Step(
        key="preferences",
        title=gettext_lazy("Preferences and dates"),
        lead=gettext_lazy("When, by whom, and what is at hand."),
        form=_form(scalars.PreferencesForm, "closed_days", "products"),
        facts=("consulted_on", "start_on", "patient", "preferences", "clinic"),
        is_done=lambda one: bool(one.combination),
        told=telling.preferences,
        optional=True,
    ),
)
_BY_KEY = {step.key: step for step in STEPS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A step and how far it is, for the index of the page."""

    step: Step
    done: bool


def step_or_404(key: str) -> Step:
    try:
        return _BY_KEY[key]
    except KeyError:
        raise Http404 from None


def progress(consultation: Consultation) -> list[Progress]:
    """How far each step is. Load the consultation with its facts.

    A step with an answer that was carried over and waits for a word is not done.
    """
    waiting = {step_of(mark.path).key for mark in marks(consultation)}
    return [
        Progress(step=step, done=step.key not in waiting and step.is_done(consultation))
        for step in STEPS
    ]


def address(consultation: Consultation, key: str) -> str:
    """The place of a section on the consultation's page."""
    return f"{reverse('consultations:consultation', args=[consultation.pk])}#{key}"


@transaction.atomic
def save_step(
    step_form: StepForm, consultation: Consultation, *, by: User, version: int
) -> Consultation:
    """Save all of a step, or nothing of it. Raises what the services raise."""
    entries = intake.Entries(scalars=step_form.values(), sections=step_form.rows())
    saved = intake.change_fields(consultation, entries, by=by, version=version)
    editing.forget_inputs(saved, step_form.names(), by=by)
    return saved


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A fault in the way of a proposal, and the step that mends it."""

    step: Step
    message: str
    row: str = ""


def missing(faults: Iterable[Fault]) -> list[Missing]:
    """A line a fault; answers that were carried over and wait are one line a step."""
    rest: list[Missing] = []
    carried: dict[str, list[Fault]] = {}
    for fault in faults:
        if fault.code == UNCONFIRMED:
            carried.setdefault(step_of(fault.path).key, []).append(fault)
        else:
            row = _row_of(fault.path)
            rest.append(Missing(step=step_of(fault.path), message=str(fault.message), row=row))
    return rest + [_to_confirm(key, len(waiting)) for key, waiting in carried.items()]


def _to_confirm(key: str, number: int) -> Missing:
    text = ngettext(
        "%(number)d answer from the last consultation is to be confirmed.",
        "%(number)d answers from the last consultation are to be confirmed.",
        number,
    )
    return Missing(step=_BY_KEY[key], message=text % {"number": number})


def waiting(response: Mapping[str, Any]) -> list[Missing]:
    """What an evaluation would only ask back: open questions, and facts that contradict."""
    asked_for = response["missing"]
    found = Condition.objects.filter(code__in=asked_for).values_list("code", "name")
    names = dict(found) if asked_for else {}
    asked = [
        Missing(step=step_of("conditions"), message=names.get(code, code)) for code in asked_for
    ]
    clashes = [
        Missing(step=step_of(path), message=_("contradicts another fact"), row=_row_of(path))
        for conflict in response["conflicts"]
        for path in conflict["facts"]
    ]
    return asked + clashes


def anchor_of(path: str) -> str:
    """Where on the consultation's page the fact of a path is entered."""
    head, _dot, code = path.partition(".")
    if head == "patient" and code in {"sex", "birth_date"}:
        return PATIENT
    return f"question-{code}" if head == "conditions" and code else step_of(path).key


def step_of(path: str) -> Step:
    """The step that answers for a JSON path of the engine's request."""
    head = path.replace("[", ".").partition(".")[0]
    return next((step for step in STEPS if head in step.facts), STEPS[-1])


def step_of_field(name: str) -> Step | None:
    """The step whose form holds the field."""
    if name.startswith(CONDITIONS):
        return step_of("conditions")
    return next((step for step in STEPS if name in _fields(step)), None)


def _fields(step: Step) -> set[str]:
    parts: Mapping[str, Any] = step.form.keywords  # type: ignore[attr-defined]
    scalars = getattr(parts["scalars"], "base_fields", {})
    return {*parts["keys"], *scalars}


def _row_of(path: str) -> str:
    """“row 2, Last dose on” for a path into a list; the number as a person counts, the field as
    its form calls it."""
    head, bracket, rest = path.removeprefix("clinic.").partition("[")
    if not bracket:
        return ""
    number, _close, field = rest.partition("]")
    row = local_digits(_("row %(number)d") % {"number": int(number) + 1})
    label = _label(head, field.strip(".").partition("[")[0])
    return with_commas([row, label]) if label else row


def _label(section: str, field: str) -> str:
    section = _SECTIONS.get(section, section)
    if section not in KINDS:
        return ""
    fields = KINDS[section][0].base_fields
    known = fields.get(_FIELDS.get(field, field))
    return str(known.label) if known else ""
