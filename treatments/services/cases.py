"""The keeping of golden cases: where they come from, and when they go out of use."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import User
from clinic.text import lowered
from treatments.compiler import compile_document, current_catalogue
from treatments.engine import Catalogue
from treatments.enums import ChangeKind, DraftStatus, Sex
from treatments.explanations import wording_of
from treatments.models import CatalogueChange, Draft, GoldenCase
from treatments.services.anonymous import without_identity
from treatments.services.drafting import draft_for_edit
from treatments.services.golden import add_case, outcome_of
from treatments.services.publishing import structural_faults_of
from treatments.texts import source_language

WORKING = "draft"  # how a catalogue is called that is no release


def working_catalogue() -> Catalogue:
    """The rows as they stand now. Refused, with what is wrong, where they cannot be evaluated."""
    document = compile_document(WORKING)
    if faults := structural_faults_of(document):
        raise ValidationError([ValidationError(text, code="not_evaluable") for text in faults])
    try:
        return Catalogue.from_document(document)
    except ValueError as error:
        raise ValidationError(str(error), code="not_evaluable") from None


@transaction.atomic
def keep_anonymous(request: Mapping[str, Any], *, by: User) -> tuple[GoldenCase, bool]:
    """Facts of a consultation as a case about nobody, and whether it is a new one.

    It gets a number and a title of its own facts; nothing that somebody wrote comes along.
    """
    facts = without_identity(request)
    same = [case for case in GoldenCase.objects.all() if case.request == facts]
    if same:
        return same[0], False
    case = add_case(code=_next_code(), title=title_of(facts), request=facts, by=by)
    return case, True


def title_of(facts: Mapping[str, Any]) -> str:
    """“Fine lines, Face; female, 45”."""
    wording = wording_of(current_catalogue(), language=source_language())
    wishes = [
        f"{wording.name('concerns', row['concern'])}, {wording.name('areas', row['area'])}"
        for row in facts["concerns"]
    ]
    patient = facts["patient"]
    who = lowered(f"{Sex(patient['sex']).label}, {patient['age']}")
    return f"{' + '.join(wishes)}; {who}"[:200]


def _next_code() -> str:
    codes = set(GoldenCase.objects.values_list("code", flat=True))
    return next(code for n in range(1, len(codes) + 2) if (code := f"case-{n}") not in codes)


@transaction.atomic
def load_starter_cases(rows: Iterable[Mapping[str, Any]]) -> int:
    """Cases that come with the program, with what they expect. Cases that are there stay."""
    known = set(GoldenCase.objects.values_list("code", flat=True))
    cases = [GoldenCase(**row) for row in rows if row["code"] not in known]
    for case in cases:
        case.full_clean()
        case.save()
    return len(cases)


@transaction.atomic
def describe_case(case: GoldenCase, *, by: User, title: str, note: str) -> GoldenCase:
    """Another title or note. The facts of a case stay: other facts are another case."""
    case = GoldenCase.objects.select_for_update().get(pk=case.pk)
    case.title, case.note = title, note
    case.full_clean()
    case.save(update_fields=["title", "note"])
    audit.record("golden-case-described", case, by=by, detail={"code": case.code})
    return case


@transaction.atomic
def retire_case(case: GoldenCase, *, by: User) -> GoldenCase:
    """Take a case out of use. Not while a draft changes it: that has to be accepted, not hidden.

    It is an edit of the draft, so that a second person sees it; until that draft is published the
    case is tried on, whatever is edited after it.
    """
    _check_cases_may_move()
    if outcome_of(working_catalogue(), case.request) != case.expected:
        raise ValidationError(
            _("The draft changes the outcome of %(code)s. Accept that there, with a reason.")
            % {"code": case.code},
            code="changed",
        )
    return _put_in_use(case, by=by, active=False)


@transaction.atomic
def return_case(case: GoldenCase, *, by: User) -> GoldenCase:
    """Take a case into use again; it then expects what it did when it was retired."""
    _check_cases_may_move()
    return _put_in_use(case, by=by, active=True)


def _check_cases_may_move() -> None:
    draft = Draft.objects.open().select_for_update().first()
    if draft is not None and draft.status == DraftStatus.IN_REVIEW:
        raise ValidationError(
            _("The draft %(key)s is in review; its cases stay until it is published or sent back.")
            % {"key": draft.key},
            code="in-review",
        )


def _put_in_use(case: GoldenCase, *, by: User, active: bool) -> GoldenCase:
    case = GoldenCase.objects.select_for_update().get(pk=case.pk)
    if case.active == active:
        return case
    case.active = active
    case.save(update_fields=["active"])
    words = {True: _("yes"), False: _("no")}
    CatalogueChange.objects.create(
        by=by,
        kind=ChangeKind.CHANGED,
        model=case._meta.label_lower,
        row=str(case.pk),
        label=str(case)[:300],
        values={"active": {"old": words[not active], "new": words[active]}},
        before={"active": not active},
        draft=draft_for_edit(by=by),
    )
    action = "golden-case-returned" if active else "golden-case-retired"
    audit.record(action, case, by=by, detail={"code": case.code})
    return case
