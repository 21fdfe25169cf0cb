"""What prescribers agreed to, as far as it still fits the facts."""

from collections.abc import Iterable, Mapping
from typing import Any

from consultations.models import Consultation, PrescriberQuestion, Proposal

Agreement = tuple[str, str | None, str]
Document = Mapping[str, Any]

# Under which key a listed fact names what it is about.
_NAMES: Mapping[str, str] = {
    "medications": "medication",
    "labs": "test",
    "area_findings": "finding",
    "procedures": "procedure",
    "allergies": "allergen",
}


def lifted_by(proposal: Proposal) -> dict[str, frozenset[Agreement]]:
    """What a proposal was evaluated with beside its facts, as the engine takes it."""
    return {
        name: frozenset((rule, area, treatment) for rule, area, treatment in rows)
        for name, rows in (("overrides", proposal.overrides), ("agreements", proposal.agreements))
    }


def newest_answers(consultation: Consultation) -> list[PrescriberQuestion]:
    """The answer that counts for each rule, area and treatment."""
    rows = consultation.prescriber_questions.exclude(answer="").select_related("area", "treatment")
    newest = {
        (row.rule, row.area_id, row.treatment_id): row
        for row in rows.order_by("answered_on", "recorded_at", "id")
    }
    return list(newest.values())


def agreements_of(
    answers: Iterable[PrescriberQuestion], request: Document, response: Document
) -> frozenset[Agreement]:
    """The agreements that reach to everything their rule rests on in this response.

    Somebody who agreed to one medicine has not been asked about the next.
    """
    grounds = {
        one["rule"]: set(grounds_of(request, one["because"])) for one in response["findings"]
    }
    return frozenset(
        (row.rule, row.area.code, row.treatment.code)
        for row in answers
        if row.agreed and row.rule in grounds and grounds[row.rule] <= set(row.grounds.split())
    )


def grounds_of(request: Document, because: Iterable[str]) -> list[str]:
    """What a rule rests on, by its codes: “medications[0]” is “medications:warfarin”."""
    return sorted({_ground(request, path) for path in because})


def _ground(request: Document, path: str) -> str:
    section, bracket, rest = path.partition("[")
    if not bracket:
        return path
    row = request[section][int(rest.partition("]")[0])]
    return f"{section}:{row[_NAMES[section]]}" if section in _NAMES else path
