"""A consultation with a row in every table that can hold one, signed or still open."""

from decimal import Decimal

from django.apps import apps
from django.db import connection
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from clinic.guards import guards_of, lay, lift
from consultations.models import (
    BlastResult,
    BlastRun,
    ConsentWithdrawal,
    Consultation,
    DraftInput,
    ItemNotGiven,
    Preparation,
    SeenResult,
)
from consultations.services import (
    amendments,
    consents,
    decisions,
    editing,
    events,
    notes,
    prescribers,
)
from consultations.unfinished import unfinished_in
from tests.consultations.made import LOW_PLATELETS, accept, consented, proposed, sign
from tests.engine.cases import medicine
from treatments.models import Draft, Release

FULL = {
    "medications": [medicine("warfarin", prescribed=True, ongoing=True)],
    "labs": LOW_PLATELETS["labs"],
    "conditions": {"pregnancy": "no", "breastfeeding": "no", "atopy": "yes"},
    "no_known_allergies": False,
    "allergies": [{"allergen": "latex"}],
    "area_findings": [{"finding": "infection", "area": "back"}],
    "procedures": [{"procedure": "chemical-peel", "area": "back", "performed_on": "2026-01-05"}],
    "clinic": {
        "closed_on": ["2026-05-01"],
        "products": [{"product": "mix", "ingredients": ["hyaluronic-acid", "peptides"]}],
    },
}


def models_of_the_record():
    """Every model from whose rows keys lead to a consultation, and the consultation."""
    return [
        model
        for model in apps.get_models()
        if model is Consultation or _leads_to_a_consultation(model, frozenset())
    ]


def _leads_to_a_consultation(model, seen):
    above = {
        field.related_model
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model not in seen
    }
    return Consultation in above or any(
        _leads_to_a_consultation(one, seen | above | {model}) for one in above
    )


def full_record(clinic, by):
    """Everything that is told, asked, answered, decided and agreed to; all but the signature."""
    with scope(clinic=clinic):
        first = proposed(clinic, by, **FULL)
        decisions.override_rule(
            first.consultation,
            rule="L-08b",
            area="face",
            treatment="prp",
            reason="specialist-agrees",
            text="Agreed.",
            by=by,
        )
        (question,) = prescribers.ask_prescriber(
            first.consultation,
            rule="S-08",
            places=[("face", "mesotherapy")],
            text="Anything against it?",
            by=by,
        )
        proposal = prescribers.record_answer(
            question,
            answer="agreed",
            prescriber="Dr Arslan",
            answered_on=timezone.localdate(),
            by=by,
        )
        notes.pin_note(
            proposal.consultation,
            by=by,
            view="face",
            x=Decimal("0.4"),
            y=Decimal("0.5"),
            text="Spot.",
        )
        accept(proposal, by)
        consented(proposal, by)
        editing.note_changes(proposal.consultation, ["goals"], by=by)
        consultation = proposal.consultation
        _add(Preparation, consultation, proposal=proposal, digest="sha256:0", signed_by=by)
        _add_input(consultation, by)
        return proposal


def signed_record(clinic, by):
    """The same, signed, with what comes after a signature. No service leaves unfinished input
    under a signed consultation; here some is, for an attack to have something to change."""
    proposal = full_record(clinic, by)
    with scope(clinic=clinic):
        keys = [one.pk for one in unfinished_in(proposal.consultation)]
        editing.discard_inputs(proposal.consultation, keys, by=by)
    plan = sign(proposal, by)
    with scope(clinic=clinic):
        amendments.amend(plan.consultation, reason="clarified", text="Said once more.", by=by)
        given = plan.consultation.consents.first()
        consents.withdraw_consent(given, told_by="The patient", reason="", by=by)
        add_events(plan, by)
        _add_not_given(plan, by)
        _add_seen(plan, by)
        unguarded(lambda: _add_input(plan.consultation, by))
    return plan


def unguarded(act):
    """Do it as if there were no guards."""
    connection.check_constraints()  # PostgreSQL alters no table with checks outstanding
    guards = guards_of("consultations")
    lift(guards, using="default")
    try:
        return act()
    finally:
        connection.check_constraints()
        lay(guards, using="default")


def stored():
    """Every table of the record, byte for byte."""
    return {model: rows_of(model) for model in models_of_the_record()}


def rows_of(model):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {model._meta.db_table} ORDER BY id")
        return repr(cursor.fetchall())


def keys_of(model):
    with scopes_disabled():
        return set(model.objects.values_list("pk", flat=True))


def _add(model, consultation, **fields):
    model.objects.create(clinic=consultation.clinic, consultation=consultation, **fields)


def _add_input(consultation, by):
    typed = {"field": "goals", "value": '"S"', "base": '""', "saved_at": timezone.now()}
    _add(DraftInput, consultation, user=by, **typed)


def add_events(plan, by):
    """An event, and what it was corrected to."""
    item = plan.sessions.first().items.first()
    told = events.Told(
        treatment=item.treatment.code,
        area=item.area.code,
        what="Swelling.",
        seriousness="mild",
        onset_on=timezone.localdate(),
        outcome="recovered",
    )
    first = events.record_event(plan, told, by=by)
    events.correct_event(first, told, by=by)


def _add_not_given(plan, by):
    item = plan.sessions.last().items.first()
    withdrawal = ConsentWithdrawal.objects.get(consent__consultation=plan.consultation)
    ItemNotGiven.objects.create(clinic=plan.clinic, item=item, withdrawal=withdrawal, by=by)


def _add_seen(plan, by):
    base = Release.objects.first()
    draft = Draft.objects.open().first() or Draft.objects.create(key="2030.1", base=base)
    run = BlastRun.objects.create(draft=draft, base=base, digest="sha256:0")
    result = BlastResult.objects.create(
        run=run,
        clinic=plan.clinic,
        plan=plan,
        effect="blocked",
        rank=1,
        effects="blocked",
        before={},
        after={},
        counted_from="2026-01-01",
        digest="sha256:0",
    )
    SeenResult.objects.create(clinic=plan.clinic, result=result, seen_by=by)
