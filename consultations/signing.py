"""What a signature of a plan stands for, and by whom it has to be given."""

from typing import Any

from clinic.models import Membership, User
from consultations.consents import Needed, accepted, needed_for
from consultations.lifted import overrides_in
from consultations.models import Consultation, Preparation, Proposal
from treatments.compiler import catalogue_of
from treatments.engine import digest_of
from treatments.explanations import wording_of


def document_of(
    consultation: Consultation, proposal: Proposal, needed: list[Needed] | None = None
) -> dict[str, Any]:
    """What is signed, apart from who: no name stands in it, so it can be checked anywhere.

    ``needed`` are the consents of this proposal where they are loaded already.
    """
    overrides = overrides_in(proposal).counted
    answers = consultation.prescriber_questions.select_related("area", "treatment")
    return {
        "receipt": proposal.receipt,
        "release": {"key": proposal.release.key, "digest": proposal.release.digest},
        "decisions": [
            {
                "area": row.area.code,
                "verdict": row.verdict,
                "option_number": row.option_number,
                "option": row.option,
                "note": row.note,
                "acknowledged": row.acknowledged,
            }
            for row in proposal.decisions.select_related("area")
        ],
        "overrides": [
            {
                "rule": row.rule,
                "area": row.area.code,
                "treatment": row.treatment.code,
                "reason": row.reason,
                "text": row.text,
            }
            for row in overrides
        ],
        "prescriber_answers": [
            {
                "rule": row.rule,
                "area": row.area.code,
                "treatment": row.treatment.code,
                "grounds": row.grounds.split(),
                "question": row.text,
                "answer": row.answer,
                "prescriber": row.prescriber,
                "answered_on": row.answered_on.isoformat() if row.answered_on else None,
                "conditions": row.conditions,
            }
            for row in answers
        ],
        "map_notes": [
            {
                "number": row.number,
                "view": row.view,
                "x": str(row.x),
                "y": str(row.y),
                "area": row.area.code if row.area else None,
                "text": row.text,
            }
            for row in consultation.map_notes.select_related("area")
        ],
        "accepted": [row.area.code for row in accepted(proposal)],
        "consents": [
            {
                "treatment": one.treatment,
                "language": one.consent.language,
                "version": one.consent.version,
                "digest": one.consent.digest,
            }
            for one in (needed_for(proposal) if needed is None else needed)
            if one.consent is not None
        ],
    }


def performers_asked(proposal: Proposal) -> list[str]:
    """The levels that the accepted combinations ask for, where somebody else is to perform.

    The catalogue says which: a combination's warning stands on an option when its performer is
    another than the one that the facts name.
    """
    warned = {code for one in accepted(proposal) for code in one.option["warnings"]}
    combinations = catalogue_of(proposal.release).document["combinations"]
    return sorted(
        {one["performer"] for one in combinations if one["warning"] in warned and one["performer"]}
    )


def names_of_performers(proposal: Proposal) -> str:
    wording = wording_of(catalogue_of(proposal.release))
    return ", ".join(wording.each("performers", performers_asked(proposal)))


def preparation_of(
    consultation: Consultation, proposal: Proposal, needed: list[Needed] | None = None
) -> Preparation | None:
    """Who signed the preparation of the plan as it stands; None once anything in it changed."""
    rows = Preparation.objects.filter(consultation=consultation, proposal=proposal)
    last: Preparation | None = rows.select_related("signed_by").order_by("-signed_at").first()
    if last is None or last.digest != digest_of(document_of(consultation, proposal, needed)):
        return None
    return last


def performs_as(person: User, consultation: Consultation) -> str:
    """The performer level of the catalogue that a person works at in the clinic, or nothing."""
    rows = Membership.objects.filter(user=person, clinic=consultation.clinic_id, is_active=True)
    return rows.values_list("performer", flat=True).first() or ""
