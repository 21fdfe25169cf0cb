"""The whole proposal, explained."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from treatments.engine import Catalogue
from treatments.explanations.changes import Case, budget_for
from treatments.explanations.edits import Agreement, Override
from treatments.explanations.options import OptionText, option_text
from treatments.explanations.patients import PatientAnswer, patient_answer
from treatments.explanations.questions import Coverage, coverage
from treatments.explanations.reasons import CLOSED, TreatmentAnswer, treatment_answer
from treatments.explanations.wording import Row, wording_of


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaAnswer:
    code: str
    name: str
    concerns: tuple[str, ...]
    status: str
    status_label: str
    refer_to: str | None
    options: tuple[OptionText, ...]
    treatments: tuple[TreatmentAnswer, ...]

    @property
    def refer_to_name(self) -> str:
        """A release names departments by their codes alone."""
        return (self.refer_to or "").replace("-", " ")

    @property
    def held_back(self) -> tuple[TreatmentAnswer, ...]:
        """What is not on offer as it was wished: the subject of “why not”."""
        return tuple(one for one in self.treatments if not one.available or one.waits or one.lost)

    @property
    def is_only_later(self) -> bool:
        """Nothing is refused: what is held back stands among the options, on its later day."""
        return all(one.waits and not one.lost for one in self.held_back)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    status: str
    patient: PatientAnswer | None
    areas: tuple[AreaAnswer, ...]
    coverage: Coverage


def explain(
    catalogue: Catalogue,
    request: Row,
    response: Row,
    *,
    overrides: frozenset[Override] = frozenset(),
    agreements: frozenset[Agreement] = frozenset(),
) -> Explanation:
    """Everything a reader of this response may ask. Evaluates anew to say what would change it."""
    closed = [
        one for area in response["areas"] for one in area["treatments"] if one["status"] in CLOSED
    ]
    case = Case(
        wording=wording_of(catalogue),
        request=request,
        overrides=overrides,
        agreements=agreements,
        budget=budget_for(len(closed)),
    )
    return Explanation(
        status=response["status"],
        patient=patient_answer(case, response),
        areas=tuple(_area(case, response, row) for row in response["areas"]),
        coverage=coverage(case.wording, response),
    )


def _area(case: Case, response: Row, row: Row) -> AreaAnswer:
    wording = case.wording
    answers = tuple(treatment_answer(case, response, row, one) for one in row["treatments"])
    return AreaAnswer(
        code=row["area"],
        name=wording.name("areas", row["area"]),
        concerns=wording.each("concerns", row["concerns"]),
        status=row["status"],
        status_label=status_of_area(row["status"]),
        refer_to=row["refer_to"],
        options=tuple(
            option_text(wording, case.request, option, number, answers)
            for number, option in enumerate(row["options"], start=1)
        ),
        treatments=answers,
    )


def status_of_area(status: str) -> str:
    labels = {
        "proposed": _("Options"),
        "needs-prescriber": _("Waits for the prescriber"),
        "deferred": _("Put off"),
        "overridable": _("A clinician may decide to go ahead"),
        "refer": _("Refer"),
    }
    return labels[status]
