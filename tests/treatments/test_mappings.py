"""Codes of published systems: which are shipped, under which licence, and for what."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from tests.treatments.drafted import somebody
from treatments.compiler import compile_document
from treatments.engine import canonical_json
from treatments.models import CodeMapping, Concern, Condition, LabTest
from treatments.models.mappings import TARGETS, TERMS
from treatments.services import import_catalogue

pytestmark = pytest.mark.django_db

ICD = "http://hl7.org/fhir/sid/icd-10-cm"
LOINC = "http://loinc.org"
EXPECTED = {
    "concern": """
        hair-loss L64.9 L65.9 L63.9 L66.9; hyperpigmentation L81.4 L81.0 L81.1; active-acne L70.0;
        acne-scars L90.5; scars L90.5; stretch-marks L90.6; red-stretch-marks L90.6;
        fine-lines L57.4 L57.8 L98.7; deep-wrinkles L57.4 L57.8 L98.7;
        skin-laxity L57.4 L57.8 L98.7; skin-texture R23.4; dehydration L85.3; localized-fat E65
    """,
    "condition": """
        coagulation-disorder D68.9 D66 D68.0; thrombocytopenia D69.6; blood-disorder D69.1 D64.9;
        pregnancy Z33.1; breastfeeding Z39.1; insulin-dependent-diabetes E10.9;
        systemic-infection A41.9; keloid-tendency L91.0; autoimmune-disease M32.9 L94.0 L40.9;
        active-malignancy C44.90; haematological-malignancy C95.90; bdd-screen-positive F45.22
    """,
    "medication_class": """
        anticoagulant Z79.01; antiplatelet Z79.02; aspirin Z79.82; nsaid Z79.1;
        systemic-corticosteroid Z79.52
    """,
    "finding": "infection L08.9 B00.9; suspected-malignancy C44.90",
    "allergen": """
        egg Z91.012; soy Z91.018; bee-venom Z91.030; lidocaine Z88.4; topical-anaesthetic Z88.4;
        aspirin Z88.6; latex Z91.040
    """,
    "lab_test": "platelets 777-3; haemoglobin 718-7",
    "local": "cosmetic-reason Z41.1; fitzpatrick 66555-4",
}


def expected():
    for target, text in EXPECTED.items():
        for entry in text.split(";"):
            term, *codes = entry.split()
            yield from ((target, term, code) for code in codes)


def mapping(**fields):
    return CodeMapping(
        **{"system": LOINC, "code": "1-8", "display": "X", "licence_note": "LOINC"} | fields
    )


def test_the_shipped_codes_are_those_that_were_checked():
    shipped = {
        (target, getattr(value, "code", value), row.code)
        for row in CodeMapping.objects.select_related(*TERMS)
        for target in TARGETS
        if (value := getattr(row, target))
    }

    assert shipped == set(expected())
    assert CodeMapping.objects.count() == len(shipped)


def test_only_two_systems_are_shipped_each_with_its_notice():
    assert set(CodeMapping.objects.values_list("system", flat=True)) == {ICD, LOINC}
    for row in CodeMapping.objects.all():
        if row.system == ICD:
            assert "Centers for Disease Control and Prevention" in row.licence_note
            assert "does not imply that CDC" in row.licence_note
            assert re.fullmatch(r"[A-Z]\d[\dA-Z](\.[\dA-Z]{1,4})?", row.code)
        else:
            assert "copyright © Regenstrief Institute" in row.licence_note
            assert "http://loinc.org/license" in row.licence_note
            assert re.fullmatch(r"\d{1,5}-\d", row.code)


def test_no_cellulitis_for_cellulite():
    assert not CodeMapping.objects.filter(concern__code="cellulite").exists()
    assert not CodeMapping.objects.filter(code__startswith="L03").exists()


def test_the_engine_never_reads_them():
    before = canonical_json(compile_document("2026.9"))

    CodeMapping.objects.all().delete()

    assert canonical_json(compile_document("2026.9")) == before
    assert ICD not in before


def test_a_code_stands_for_exactly_one_term():
    concern, condition = Concern.objects.first(), Condition.objects.first()
    for wrong in (
        {},
        {"concern": concern, "condition": condition},
        {"concern": concern, "local": "fitzpatrick"},
    ):
        with pytest.raises(ValidationError, match="exactly one term"):
            mapping(**wrong).full_clean()
        with pytest.raises(IntegrityError), transaction.atomic():
            mapping(**wrong).save()
    for target in TARGETS:
        field = CodeMapping._meta.get_field(target)
        value = field.related_model.objects.first() if field.is_relation else "fitzpatrick"
        row = mapping(**{target: value})
        row.full_clean()
        row.save()
        assert str(row.term)
        with pytest.raises(IntegrityError), transaction.atomic():
            mapping(**{target: value}).save()


@pytest.mark.parametrize("field", ["system", "code", "licence_note"])
def test_no_code_without_its_system_and_licence(field):
    test = LabTest.objects.first()

    with pytest.raises(ValidationError):
        mapping(lab_test=test, **{field: ""}).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        mapping(lab_test=test, **{field: ""}).save()


@pytest.mark.parametrize("system", ["loinc", "javascript:alert(1)", "http://x y", "http://x\n"])
def test_a_system_is_an_address(system):
    with pytest.raises(ValidationError, match="address"):
        mapping(lab_test=LabTest.objects.first(), system=system).full_clean()


def test_a_term_with_codes_cannot_be_deleted():
    with pytest.raises(ProtectedError):
        CodeMapping.objects.get(code="E65").concern.delete()


def test_files_know_a_mapping_by_its_term_system_and_code():
    row = {"lab_test": "platelets", "system": LOINC, "code": "777-3", "note": "Automated count."}

    counts = import_catalogue({"x.json": {"treatments.codemapping": [row]}}, by=somebody())

    assert (counts.added, counts.changed) == (0, 1)
    assert CodeMapping.objects.get(code="777-3").note == "Automated count."


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ({"system": LOINC, "code": "1-8"}, "coded mapping “http://loinc.org 1-8”"),
        ({"lab_test": "nothing", "system": LOINC, "code": "1-8"}, "There is no lab test “nothing”"),
        ({"lab_test": "platelets", "code": "1-8"}, "a row needs its"),
        ({"lab_test": 7, "system": LOINC, "code": "1-8"}, "a row needs its"),
    ],
)
def test_unsound_mappings_in_a_file_are_refused(row, fault):
    rows = {"treatments.codemapping": [{"display": "X", "licence_note": "LOINC", **row}]}

    with pytest.raises(ValidationError) as refusal:
        import_catalogue({"x.json": rows}, by=somebody())

    assert fault in refusal.value.messages[0]
