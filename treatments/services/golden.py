"""Golden cases: facts and the outcome that every draft must still give, or be excused from."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import User
from treatments.compiler import compile_document, current_catalogue
from treatments.engine import Catalogue, InvalidRequest, evaluate, parse_facts
from treatments.enums import DraftStatus
from treatments.models import AcceptedOutcome, Draft, GoldenCase
from treatments.services.anonymous import about_nobody, without_identity
from treatments.services.held import retired_since_publishing

__all__ = ["without_identity"]

Document = dict[str, Any]
# Names of the release and of the evaluation itself; they differ from release to release.
_NAMES = ("release", "receipt")
# Words about a rule that fired; what it does is the outcome, not how it is put.
_WORDS = ("message", "sources")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a draft gives for a case. ``settled``: as expected, or accepted just like this."""

    case: GoldenCase
    got: Document
    accepted: AcceptedOutcome | None

    @property
    def changed(self) -> bool:
        return bool(self.got != self.case.expected)

    @property
    def in_use(self) -> bool:
        """Taken out of use by the draft, a case is still tried on it."""
        return self.case.active

    @property
    def settled(self) -> bool:
        accepted = self.accepted
        return not self.changed or (accepted is not None and accepted.outcome == self.got)


def outcome_of(catalogue: Catalogue, request: Mapping[str, Any]) -> Document:
    """The response to a case's facts; a request that cannot be evaluated is an outcome too."""
    try:
        response = evaluate(catalogue, parse_facts(catalogue, request))
    except InvalidRequest as error:
        return {"errors": [{"path": one.path, "code": one.code} for one in error.faults]}
    findings = [_without(row, _WORDS) for row in response["findings"]]
    return {**_without(response, _NAMES), "findings": findings}


def _without(row: Mapping[str, Any], keys: Collection[str]) -> Document:
    return {key: value for key, value in row.items() if key not in keys}


def outcomes_in(draft: Draft, document: Mapping[str, Any]) -> list[Outcome]:
    """Every case in use, and those that the draft retires, run on it as it was compiled."""
    cases = GoldenCase.objects.filter(Q(active=True) | Q(pk__in=retired_since_publishing()))
    return outcomes_of(cases, Catalogue.from_document(document), draft=draft)


def outcomes_of(
    cases: Iterable[GoldenCase], catalogue: Catalogue, *, draft: Draft | None
) -> list[Outcome]:
    accepted = {row.case_id: row for row in AcceptedOutcome.objects.filter(draft=draft)}
    return [
        Outcome(
            case=case,
            got=outcome_of(catalogue, case.request),
            accepted=accepted.get(case.pk),
        )
        for case in cases
    ]


@transaction.atomic
def add_case(
    *, code: str, title: str, request: Mapping[str, Any], by: User, note: str = ""
) -> GoldenCase:
    """Keep facts as a case about nobody, whichever door they come by.

    What is expected is what the release in force gives for them.
    """
    catalogue = current_catalogue()
    check_facts(catalogue, request)
    facts = about_nobody(request)
    case = GoldenCase(
        code=code,
        title=title,
        request=facts,
        expected=outcome_of(catalogue, facts),
        note=note,
        created_by=by,
    )
    if "errors" in case.expected:
        raise ValidationError({"request": _told(case.expected["errors"])})
    case.full_clean()
    case.save()
    audit.record("golden-case-added", case, by=by, detail={"code": code})
    return case


def check_facts(catalogue: Catalogue, request: object) -> None:
    """Refuse facts that cannot be read, every fault with its path."""
    try:
        parse_facts(catalogue, request)
    except InvalidRequest as error:
        told = [{"path": one.path, "message": one.message} for one in error.faults]
        raise ValidationError({"request": _told(told)}, code="facts") from None


def _told(faults: Iterable[Mapping[str, str]]) -> list[str]:
    return [
        ": ".join(part for part in (one["path"], one.get("message") or one["code"]) if part)
        for one in faults
    ]


@transaction.atomic
def accept_outcome(draft: Draft, case: GoldenCase, *, by: User, reason: str) -> AcceptedOutcome:
    """Accept that this case's outcome changes with the draft, exactly as it does now."""
    draft = Draft.objects.select_for_update().get(pk=draft.pk)
    if draft.status not in {DraftStatus.DRAFT, DraftStatus.IN_REVIEW}:
        raise ValidationError(_("This draft is closed."), code="state")
    got = outcome_of(_readable(draft), case.request)
    if got == case.expected:
        raise ValidationError(_("This case has the outcome that it expects."), code="state")
    row = AcceptedOutcome.objects.filter(draft=draft, case=case).first() or AcceptedOutcome(
        draft=draft, case=case
    )
    row.outcome, row.reason, row.accepted_by = got, reason.strip(), by
    row.full_clean(exclude=["outcome"])
    row.save()
    audit.record(
        "golden-case-accepted", case, by=by, detail={"code": case.code, "draft": draft.key}
    )
    return row


def _readable(draft: Draft) -> Catalogue:
    try:
        return Catalogue.from_document(compile_document(draft.key))
    except ValueError as error:
        raise ValidationError(
            _("The draft cannot be tried yet: %(why)s") % {"why": error}, code="state"
        ) from None


def changed_parts(old: Any, new: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Where two outcomes differ: path, what was expected, what it is now."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            inner = f"{path}.{key}" if path else key
            yield from changed_parts(old.get(key), new.get(key), inner)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from changed_parts(one, other, f"{path}[{index}]")
    elif old != new:
        yield path, old, new
