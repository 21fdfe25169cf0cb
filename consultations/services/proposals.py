"""From a consultation's facts to a proposal that can be computed again, byte for byte."""

import json
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max

from clinic import audit
from clinic.models import User
from consultations import carried, policies
from consultations.errors import Fault, IncompleteFacts
from consultations.facts import request_of
from consultations.models import Consultation, Proposal, RuleOverride
from treatments.compiler import catalogue_of, current_catalogue, current_release
from treatments.engine import Catalogue, InvalidRequest, canonical_json, evaluate, parse_facts

Override = tuple[str, str | None, str]


@transaction.atomic
def propose(consultation: Consultation, *, by: User) -> Proposal:
    """Evaluate the facts as they stand with the release in force, and keep the outcome.

    Raises IncompleteFacts with every fault that stands in the way.
    """
    Consultation.objects.select_for_update().get(pk=consultation.pk)
    consultation = Consultation.objects.with_facts().get(pk=consultation.pk)
    policies.check_can_propose(consultation)
    release = current_release()
    overrides = overrides_of(consultation)
    request = request_of(consultation)
    open_marks = carried.faults(consultation)
    response = _evaluate(catalogue_of(release), request, overrides, besides=open_marks)
    number = consultation.proposals.aggregate(last=Max("number"))["last"] or 0
    proposal = Proposal.objects.create(
        clinic=consultation.clinic,
        consultation=consultation,
        number=number + 1,
        facts_version=consultation.version,
        release=release,
        status=response["status"],
        request=canonical_json(request),
        response=canonical_json(response),
        overrides=sorted([rule, area, treatment] for rule, area, treatment in overrides),
        receipt=response["receipt"],
        created_by=by,
    )
    audit.record(
        "proposal-made",
        proposal,
        by=by,
        patient=consultation.patient_id,
        detail={"release": release.key, "status": proposal.status, "receipt": proposal.receipt},
    )
    return proposal


def evaluate_now(consultation: Consultation) -> dict[str, Any]:
    """What would be proposed now; stores nothing. Raises IncompleteFacts."""
    consultation = Consultation.objects.with_facts().get(pk=consultation.pk)
    return _evaluate(
        current_catalogue(),
        request_of(consultation),
        overrides_of(consultation),
        besides=carried.faults(consultation),
    )


def replayed(proposal: Proposal) -> dict[str, Any]:
    """The response computed again from the stored request with the proposal's own release."""
    overrides = frozenset((rule, area, treatment) for rule, area, treatment in proposal.overrides)
    return _evaluate(catalogue_of(proposal.release), json.loads(proposal.request), overrides)


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


def _evaluate(
    catalogue: Catalogue,
    request: dict[str, Any],
    overrides: frozenset[Override],
    *,
    besides: Sequence[Fault] = (),
) -> dict[str, Any]:
    """``besides``: what stands in the way although the engine could read it."""
    try:
        facts = parse_facts(catalogue, request)
    except InvalidRequest as error:
        found = (Fault(path=one.path, code=one.code, message=one.message) for one in error.faults)
        raise IncompleteFacts([*found, *besides]) from error
    if besides:
        raise IncompleteFacts(besides)
    return evaluate(catalogue, facts, overrides=overrides)


def overrides_of(consultation: Consultation) -> frozenset[Override]:
    rows = RuleOverride.objects.filter(consultation=consultation).select_related(
        "area", "treatment"
    )
    return frozenset((row.rule, row.area.code, row.treatment.code) for row in rows)
