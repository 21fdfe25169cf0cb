"""What holds for the patient as a whole, when nothing can be proposed anywhere."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from treatments.explanations.changes import Case, Change, Outcome, smallest_changes
from treatments.explanations.edits import Edit, answered_no, edits_of
from treatments.explanations.questions import Need, need
from treatments.explanations.reasons import Reason, reason
from treatments.explanations.told import Fact, fact
from treatments.explanations.wording import Row, Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    code: str
    message: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientAnswer:
    """`missing` are the questions to be asked before anything can be proposed."""

    status: str
    label: str
    meaning: str
    contradictions: tuple[Contradiction, ...]
    missing: tuple[Need, ...]
    reasons: tuple[Reason, ...]
    changes: tuple[Change, ...]


def patient_answer(case: Case, response: Row) -> PatientAnswer | None:
    """None where the areas were evaluated: they speak for themselves."""
    status = response["status"]
    if status == "evaluated":
        return None
    label, meaning = words_of_status(status, questions=len(response["missing"]))
    paths = [f"conditions.{code}" for code in response["missing"]]
    return PatientAnswer(
        status=status,
        label=label,
        meaning=meaning,
        contradictions=tuple(
            contradiction(case.wording, case.request, row) for row in response["conflicts"]
        ),
        missing=tuple(need(case.wording, path) for path in paths),
        reasons=tuple(reason(case, row, None, None) for row in response["findings"]),
        changes=smallest_changes(case, _edits(case, response), _reached(status)),
    )


def _reached(status: str) -> Callable[[Row], Outcome | None]:
    """Where questions are what is missing, they have to be answered."""
    if status != "needs-data":
        return evaluated
    return lambda response: None if response["status"] == status else evaluated(response)


def evaluated(response: Row) -> Outcome | None:
    """A proposal, or only questions between the patient and one."""
    if response["status"] == "needs-data":
        return Outcome(asks_more=True)
    return Outcome() if response["status"] == "evaluated" else None


def _edits(case: Case, response: Row) -> Iterator[Edit]:
    if response["missing"]:
        yield answered_no(case.wording, response["missing"])
    for row in response["conflicts"]:
        rule = case.wording.row("input_conflicts", row["code"])
        yield from edits_of(case.wording, case.request, rule, row["facts"])
    for row in response["findings"]:
        rule = case.wording.rules[row["rule"]]
        yield from edits_of(case.wording, case.request, rule, row["because"])


def contradiction(wording: Wording, request: Row, row: Row) -> Contradiction:
    return Contradiction(
        code=row["code"],
        message=_message(wording, row["code"]),
        facts=tuple(fact(wording, request, path) for path in row["facts"]),
    )


def _message(wording: Wording, code: str) -> str:
    structural = {
        "allergies": _("“No known allergies” is ticked, yet one is listed. Please check both."),
        "future": _("A date lies after the consultation. Please check it."),
    }
    return structural.get(code) or str(wording.row("input_conflicts", code).get("message", code))


def words_of_status(status: str, *, questions: int = 1) -> tuple[str, str]:
    """A heading and what it means; ``questions`` are those that stand before a proposal."""
    words = {
        "input-conflict": (
            _("Two entries contradict each other"),
            _("Nothing is proposed until it is clear which of them holds."),
        ),
        "not-eligible": (_("Not eligible"), _("No treatment of this catalogue is offered.")),
        "refer": (
            _("Refer first"),
            _("Somebody else should see the patient before any treatment is planned."),
        ),
        "deferred": (
            _("Not now"),
            _("Treatment waits until what stands against it has ended."),
        ),
        "needs-data": (
            ngettext("An answer is missing", "Answers are missing", questions),
            ngettext(
                "One question has to be answered before anything can be proposed.",
                "%(number)d questions have to be answered before anything can be proposed.",
                questions,
            )
            % {"number": questions},
        ),
    }
    return words[status]
