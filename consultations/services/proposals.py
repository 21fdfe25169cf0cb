"""From a consultation's facts to a proposal that can be computed again, byte for byte."""

import json
from typing import Any

from django.db import transaction

from clinic import audit
from clinic.models import User
from consultations import carried, policies, unfinished
from consultations.agreements import agreements_of, lifted_by, newest_answers
from consultations.errors import Fault, IncompleteFacts
from consultations.facts import request_of
from consultations.models import Consultation, Proposal, RuleOverride
from consultations.services.keeping import keep_decisions
from treatments.compiler import catalogue_of, current_release
from treatments.engine import (
    Catalogue,
    Facts,
    InvalidRequest,
    canonical_json,
    evaluate,
    parse_facts,
)

Override = tuple[str, str | None, str]
Lifted = dict[str, frozenset[Override]]


@transaction.atomic
def propose(consultation: Consultation, *, by: User) -> Proposal:
    """Evaluate the facts as they stand with the release in force, and keep the outcome.

    Decisions on the former proposal stay where nothing that they rest on has changed. Raises
    IncompleteFacts with every fault that stands in the way.
    """
    Consultation.objects.select_for_update().get(pk=consultation.pk)
    consultation = Consultation.objects.with_facts().get(pk=consultation.pk)
    policies.check_can_edit(consultation)
    release = current_release()
    request, lifted, response = _evaluated(consultation, catalogue_of(release))
    former = consultation.proposals.order_by("-number").first()
    proposal = Proposal.objects.create(
        clinic=consultation.clinic,
        consultation=consultation,
        number=former.number + 1 if former else 1,
        facts_version=consultation.version,
        release=release,
        status=response["status"],
        request=canonical_json(request),
        response=canonical_json(response),
        overrides=sorted(map(list, lifted["overrides"])),
        agreements=sorted(map(list, lifted["agreements"])),
        receipt=response["receipt"],
        created_by=by,
    )
    kept = keep_decisions(former, proposal) if former else []
    audit.record(
        "proposal-made",
        proposal,
        by=by,
        patient=consultation.patient_id,
        detail={
            "release": release.key,
            "status": proposal.status,
            "receipt": proposal.receipt,
            **({"decisions-kept": kept} if kept else {}),
        },
    )
    return proposal


def replayed(proposal: Proposal) -> dict[str, Any]:
    """The response computed again from the stored request with the proposal's own release."""
    catalogue = catalogue_of(proposal.release)
    try:
        facts = parse_facts(catalogue, json.loads(proposal.request))
        return evaluate(catalogue, facts, **lifted_by(proposal))
    except InvalidRequest as error:
        raise IncompleteFacts(_told(error)) from error


def latest(consultation: Consultation) -> Proposal | None:
    return (
        consultation.proposals.select_related("consultation__patient", "release")
        .defer("release__body")
        .order_by("-number")
        .first()
    )


def data_of(proposal: Proposal) -> dict[str, Any]:
    response: dict[str, Any] = json.loads(proposal.response)
    return response


def _evaluated(
    consultation: Consultation, catalogue: Catalogue
) -> tuple[dict[str, Any], Lifted, dict[str, Any]]:
    """Request, what was lifted, and response. What was carried forward and not confirmed, or typed
    and not finished, stands in the way although the engine could do without."""
    request = request_of(consultation)
    besides = [*carried.faults(consultation), *unfinished.faults(consultation)]
    try:
        facts = parse_facts(catalogue, request)
        lifted = lifted_now(consultation, catalogue, facts)
        response = evaluate(catalogue, facts, **lifted)
    except InvalidRequest as error:
        raise IncompleteFacts([*_told(error), *besides]) from error
    if besides:
        raise IncompleteFacts(besides)
    return request, lifted, response


def _told(error: InvalidRequest) -> list[Fault]:
    return [Fault(path=one.path, code=one.code, message=one.message) for one in error.faults]


def lifted_now(consultation: Consultation, catalogue: Catalogue, facts: Facts) -> Lifted:
    """Overrides, and the agreements of prescribers that still fit: to see which do, the facts are
    evaluated once without any. Raises InvalidRequest."""
    overrides, answers = overrides_of(consultation), newest_answers(consultation)
    agreements: frozenset[Override] = frozenset()
    if answers:
        response = evaluate(catalogue, facts, overrides=overrides)
        agreements = agreements_of(answers, facts.request, response)
    return {"overrides": overrides, "agreements": agreements}


def overrides_of(consultation: Consultation) -> frozenset[Override]:
    rows = RuleOverride.objects.filter(consultation=consultation).select_related(
        "area", "treatment"
    )
    return frozenset((row.rule, row.area.code, row.treatment.code) for row in rows)
