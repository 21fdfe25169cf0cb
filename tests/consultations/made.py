"""Consultations in later states, put there by the services that put them there for real."""

import json
from itertools import count

from django_scopes import scope

from consultations.consents import needed_for
from consultations.models import Consultation
from consultations.services import consents, decisions, intake, plans, proposals
from consultations.services.patients import register_patient
from consultations.services.proposals import latest
from tests.engine.cases import DAY, lab, request
from treatments.engine import digest_of
from treatments.explanations.minding import to_acknowledge

_numbers = count(1)
LOW_PLATELETS = {"labs": [lab("platelets", 80, "10*9/L")]}


def consulted(clinic, by, /, **facts):
    """A consultation with the facts of an engine request; a woman of 44 with fine lines."""
    asked = request(**facts)
    with scope(clinic=clinic):
        patient = register_patient(
            by=by,
            clinic=clinic,
            family_name=f"Family{next(_numbers)}",
            given_name="Given",
            sex=asked["patient"]["sex"],
        )
        row = intake.start_consultation(patient, by=by, consulted_on=DAY)
        return intake.replace_facts(row, asked, by=by, version=row.version)


def proposed(clinic, by, /, **facts):
    row = consulted(clinic, by, **facts)
    with scope(clinic=clinic):
        return proposals.propose(row, by=by)


def points_of(proposal, area="face", number=1):
    """The codes of what has to be minded with an option; none where there is no such option."""
    response = json.loads(proposal.response)
    for one in response["areas"]:
        if one["area"] == area and 1 <= number <= len(one["options"]):
            return to_acknowledge(response, one, one["options"][number - 1])
    return ()


def accept(proposal, by, *, area="face", number=1, **more):
    """Take an option and acknowledge what it carries; `more` may say otherwise."""
    verdict = more.pop("verdict", "accepted")
    if number is not None:
        more.setdefault("acknowledged", points_of(proposal, area, number))
    with scope(clinic=proposal.clinic):
        return decisions.decide(
            proposal, area=area, verdict=verdict, option_number=number, by=by, **more
        )


def decided(clinic, by, /, **facts):
    proposal = proposed(clinic, by, **facts)
    accept(proposal, by)
    return proposal


def consent(proposal, by, treatment, *, language="en", name="Given Patient", **more):
    """The patient signs one treatment's consent, reading it first."""
    with scope(clinic=proposal.clinic):
        document = consents.document_to_sign(latest(proposal.consultation), treatment, language)
        return consents.give_consent(
            proposal.consultation,
            treatment=treatment,
            language=language,
            read=digest_of(document),
            signature=consents.Signature(name=name, **more),
            by=by,
        )


def consented(proposal, by):
    """Every consent that the decisions need and that is not given yet."""
    with scope(clinic=proposal.clinic):
        waiting = [one.treatment for one in needed_for(proposal) if not one.given]
    return [consent(proposal, by, treatment) for treatment in waiting]


def ready(clinic, by, /, **facts):
    """Decided and consented to: all that is left is the signature."""
    proposal = decided(clinic, by, **facts)
    consented(proposal, by)
    return proposal


def sign(proposal, by):
    """The one door: the patient consents, then the plan is signed."""
    consented(proposal, by)
    with scope(clinic=proposal.clinic):
        return plans.sign(proposal.consultation, by=by, past_sessions=True)


def signed(clinic, by, /, **facts):
    return sign(decided(clinic, by, **facts), by)


def again(row):
    """The row as it is stored now."""
    with scope(clinic=row.clinic):
        return type(row).objects.get(pk=row.pk)


def facts_of(consultation):
    with scope(clinic=consultation.clinic):
        return Consultation.objects.with_facts().get(pk=consultation.pk)
