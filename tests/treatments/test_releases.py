import json
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from clinic.models import AuditEvent
from treatments.compiler import catalogue_of, current_release
from treatments.engine import digest_of, evaluate, parse_facts
from treatments.models import (
    Area,
    CatalogueChange,
    Citation,
    Condition,
    EngineParameter,
    Formula,
    Ingredient,
    IngredientClass,
    LabUnit,
    MedicationClass,
    OptionWarning,
    PerformerLevel,
    Protocol,
    Release,
    ReleaseActivation,
    Rule,
    RuleClause,
    RuleEffect,
    Source,
    Statement,
    Suitability,
)
from treatments.services import activate_release, publish_release, releases

pytestmark = pytest.mark.django_db

REQUEST = {
    "consulted_on": "2026-01-12",
    "patient": {"sex": "male", "age": 45},
    "concerns": [{"concern": "fine-lines", "area": "face"}],
    "medications": [{"medication": "ibuprofen", "prescribed": False, "ongoing": True}],
}


@pytest.fixture
def lead(django_user_model):
    return django_user_model.objects.create_user("lead")


def answer(release):
    catalogue = catalogue_of(release)
    return evaluate(catalogue, parse_facts(catalogue, REQUEST))


def test_release_freezes_the_catalogue_and_comes_into_force(lead):
    Rule.objects.filter(code="S-07").update(wait_days=10)

    release = publish_release("2026.2", by=lead, note="Longer wait")

    document = json.loads(release.body)
    assert document["key"] == release.key == "2026.2"
    assert next(row for row in document["rules"] if row["code"] == "S-07")["wait_days"] == 10
    assert release.digest == digest_of(document)
    assert (release.note, release.published_by) == ("Longer wait", lead)
    assert current_release() == release


def test_publishing_and_activating_are_audited(lead):
    release = publish_release("2026.2", by=lead)

    events = AuditEvent.objects.filter(subject=str(release.pk)).order_by("pk")
    assert [(event.action, event.actor) for event in events] == [
        ("release-published", lead.pk),
        ("release-activated", lead.pk),
    ]
    assert events[0].detail == {"key": "2026.2", "digest": release.digest}


def test_retired_release_answers_as_it_did(lead):
    first = Release.objects.get(key="2026.1")
    before = answer(first)
    Rule.objects.filter(code="S-07").update(wait_days=10)

    after = answer(publish_release("2026.2", by=lead))

    assert answer(Release.objects.get(key="2026.1")) == before
    assert after["findings"][1]["until"] != before["findings"][1]["until"]
    assert after["receipt"] != before["receipt"]


def test_activating_an_older_release_rolls_back(lead):
    publish_release("2026.2", by=lead)
    first = Release.objects.get(key="2026.1")

    activation = activate_release(first, by=lead, note="Second was wrong")

    assert current_release() == first
    assert (activation.activated_by, activation.note) == (lead, "Second was wrong")


def test_release_can_come_into_force_later(lead, monkeypatch):
    tomorrow = timezone.now() + timedelta(days=1)

    release = publish_release("2026.2", by=lead, effective_at=tomorrow)

    assert current_release().key == "2026.1"
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    assert current_release() == release


def test_minute_that_is_running_means_now(lead):
    minute = timezone.now().replace(second=0, microsecond=0)

    publish_release("2026.2", by=lead, effective_at=minute)

    assert current_release().key == "2026.2"


@pytest.mark.parametrize("days", [-1, 3660])
def test_a_release_is_neither_of_the_past_nor_of_another_age(lead, days):
    moment = timezone.now() + timedelta(days=days)

    with pytest.raises(ValidationError) as refusal:
        publish_release("2026.2", by=lead, effective_at=moment)

    assert "effective_at" in refusal.value.message_dict
    assert not Release.objects.filter(key="2026.2").exists()


@pytest.mark.parametrize("key", ["", "2026", "2026.1\n", "next", "2026.1"])
def test_key_must_be_new_and_well_formed(key, lead):
    with pytest.raises(ValidationError) as refusal:
        publish_release(key, by=lead)

    assert "key" in refusal.value.message_dict


def test_key_taken_meanwhile_is_refused_too(lead, monkeypatch):
    monkeypatch.setattr(Release, "full_clean", lambda _self, exclude=None: None)

    with pytest.raises(ValidationError) as refusal:
        publish_release("2026.1", by=lead)

    assert refusal.value.message_dict == {"key": ["There is already a release “2026.1”."]}


def out_of_use(model, code):
    return lambda: model.objects.filter(code=code).update(active=False)


def of_rule(model, code, **values):
    return lambda: model.objects.filter(rule__code=code).update(**values)


def a_rule(code, **values):
    return lambda: Rule.objects.filter(code=code).update(**values)


def without(name, *, of):
    """Empty one of a rule's lists; nested rows are deleted, links are cleared."""

    def spoil():
        rows = getattr(Rule.objects.get(code=of), name)
        rows.clear() if hasattr(rows, "clear") else rows.all().delete()

    return spoil


def no_medication():
    RuleClause.objects.get(rule__code="S-08").medication_classes.clear()


def only_no_risk():
    claims = Statement.objects.filter(code="A093")
    claims.update(claim="no-risk")
    Rule.objects.get(code="S-06").statements.set(claims)


def only_machine_written():
    source = Source.objects.create(code="machine", title="M", kind="vendor", machine_written=True)
    statement = Statement.objects.create(code="N1", text="x", claim="risk")
    Citation.objects.create(statement=statement, source=source, locator="1")
    Rule.objects.get(code="S-06").statements.set([statement])


def area_in_itself():
    Area.objects.filter(code="face").update(parent=Area.objects.get(code="cheeks"))


def two_standards():
    Protocol.objects.get(code="prp-acne-scars").concerns.clear()


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (without("statements", of="S-06"), "S-06: name at least one stat"),
        (only_no_risk, "S-06: it rests only on statements that there is no risk."),
        (only_machine_written, "S-06: it rests only on pages written by a machine."),
        (a_rule("L-20", wait_days=None), "L-20: A delay needs its days"),
        (a_rule("S-06", wait_days=3), "S-06: “Wait, days” is for a delay only"),
        (
            lambda: RuleClause.objects.filter(rule__code="S-06").delete(),
            "S-06: Add at least one tr",
        ),
        (without("clauses", of="I-01"), "sex: Add at least one trigger"),
        (
            lambda: RuleEffect.objects.filter(rule__code="S-06").delete(),
            "S-06: Add at least one ef",
        ),
        (a_rule("S-06", scope="area"), "S-06: A rule on an area needs a line about that area"),
        (a_rule("S-06", scope="all"), "S-06: A rule on the whole patient names no treatment"),
        (a_rule("L-04", scope="treatment"), "L-04: Name the treatment of each effect."),
        (of_rule(RuleEffect, "S-06", effect="refer"), "S-06: “Refer” is for a rule on the whole"),
        (without("allergens", of="L-16"), "L-16: name at least one allergen"),
        (no_medication, "S-08: a line on medication must name a class or a medication."),
        (
            of_rule(RuleClause, "S-06", kind="allergy", condition=None),
            "S-06: a line on allergy must name an allergen.",
        ),
        (
            lambda: (
                Suitability.objects.filter(treatment__code="mesotherapy", concern__code="scars")
                or Suitability.objects.filter(formula__code="hydration").update(formula=None)
            ),
            "dehydration / mesotherapy: choose the formula.",
        ),
        (
            lambda: Suitability.objects.filter(treatment__code="prp", concern__code="scars").update(
                formula=Formula.objects.first()
            ),
            "scars / prp: this treatment takes no formula.",
        ),
        (
            lambda: Formula.objects.get(code="firming").parts.all().delete(),
            "firming: it has no ingredient that is in use.",
        ),
        (
            lambda: Formula.objects.filter(code="firming").update(clinician_selects=True),
            "firming: the clinician selects, so it must list no ingredients.",
        ),
        (out_of_use(Formula, "hydration"), "dehydration / mesotherapy: it names “hydration”"),
        (out_of_use(Ingredient, "hyaluronic-acid"), "hydration: it names “hyaluronic-acid”"),
        (out_of_use(IngredientClass, "acids"), "kojic-acid: it names “acids”, which is not in use"),
        (out_of_use(Condition, "blood-disorder"), "S-06: it names “blood-disorder”"),
        (out_of_use(Condition, "pregnancy"), "sex: it names “pregnancy”"),
        (out_of_use(MedicationClass, "retinoid"), "L-26: it names “retinoid”"),
        (out_of_use(OptionWarning, "check-allergens"), "clinician-selects: it names “check-aller"),
        (out_of_use(PerformerLevel, "specialist-physician"), "alternating: it names “specialist"),
        (out_of_use(Rule, "L-26"), "total-plasma-lift: it names “L-26”, which is not in use."),
        (out_of_use(Rule, "L-25"), "vision-loss: it names “L-25”, which is not in use."),
        (out_of_use(Area, "face"), "cheeks: it names “face”, which is not in use."),
        (area_in_itself, "face: this area lies in itself."),
        (lambda: LabUnit.objects.filter(unit="g/dL").update(divisor=2), "haemoglobin: the unit of"),
        (out_of_use(Protocol, "prp-standard"), "prp: it needs exactly one protocol without"),
        (two_standards, "prp: it needs exactly one protocol without concerns"),
        (
            lambda: EngineParameter.objects.filter(code="age_max").delete(),
            "age_max: this number of the engine is missing.",
        ),
        (
            lambda: PerformerLevel.objects.update(active=False),
            "performers: at least one must be in use.",
        ),
    ],
)
def test_what_a_curator_can_mend_is_refused_by_name(spoil, fault, lead):
    spoil()

    with pytest.raises(ValidationError) as refusal:
        publish_release("2026.2", by=lead)

    assert any(message.startswith(fault) for message in refusal.value.messages), (
        refusal.value.messages
    )
    assert not Release.objects.filter(key="2026.2").exists()
    assert current_release().key == "2026.1"


def test_what_the_engine_refuses_is_a_refusal_too(lead, monkeypatch):
    monkeypatch.setattr(releases, "faults_of", lambda _document: [])
    out_of_use(Protocol, "prp-standard")()

    with pytest.raises(ValidationError, match="prp has no protocol of its own"):
        publish_release("2026.2", by=lead)


def test_delay_without_a_date_needs_no_days():
    assert Rule.objects.get(code="L-05").wait_days is None
    assert publish_release("2026.2", by=None)


def row_of(model):
    """A row of each table that only grows."""
    if model is CatalogueChange:
        return CatalogueChange.objects.create(kind="changed", model="x", row="1", label="x")
    return model.objects.first()


GUARDED = [Release, ReleaseActivation, CatalogueChange, AuditEvent]


@pytest.mark.parametrize("model", GUARDED)
@pytest.mark.parametrize("attack", ["update", "delete", "replace", "truncate"])
def test_history_withstands_raw_sql(model, attack):
    row = row_of(model)
    table, column = model._meta.db_table, model._meta.concrete_fields[1].column
    statements = {
        "update": f"UPDATE {table} SET {column} = {column} WHERE id = {row.pk}",
        "delete": f"DELETE FROM {table} WHERE id = {row.pk}",
        "replace": (
            f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE id = {row.pk}"
            if connection.vendor == "sqlite"
            else f"INSERT INTO {table} SELECT * FROM {table} WHERE id = {row.pk}"
            f" ON CONFLICT (id) DO UPDATE SET {column} = EXCLUDED.{column}"
        ),
        # SQLite has no TRUNCATE; emptying the table without a condition is its nearest.
        "truncate": f"DELETE FROM {table}"
        if connection.vendor == "sqlite"
        else f"TRUNCATE {table} CASCADE",
    }
    before = list(model.objects.order_by("pk").values())
    connection.check_constraints()  # PostgreSQL truncates no table with checks outstanding

    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        connection.cursor().execute(statements[attack])

    assert list(model.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("model", GUARDED)
def test_history_withstands_the_orm(model):
    row = row_of(model)

    for attack in (row.delete, row.save, lambda: model.objects.filter(pk=row.pk).delete()):
        with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
            attack()

    assert model.objects.filter(pk=row.pk).exists()
