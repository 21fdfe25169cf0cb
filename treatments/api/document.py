"""The evaluation's request and response, for the API document only: the engine reads them."""

from typing import Any

from rest_framework.serializers import (
    BooleanField,
    CharField,
    ChoiceField,
    DateField,
    DictField,
    FloatField,
    IntegerField,
    ListField,
    Serializer,
)

ANSWERS = ("yes", "no", "unknown")


def codes(**kwargs: Any) -> ListField:
    return ListField(child=CharField(), **kwargs)


def dates(**kwargs: Any) -> ListField:
    return ListField(child=DateField(), **kwargs)


class FactsPatient(Serializer):
    sex = ChoiceField(choices=["female", "male", "other"])
    birth_date = DateField(required=False, help_text="This or an age.")
    age = IntegerField(required=False, min_value=0, max_value=130)


class FactsConcern(Serializer):
    concern = CharField()
    area = CharField()
    severity = IntegerField(required=False, min_value=1, max_value=3)


class FactsAllergy(Serializer):
    allergen = CharField()


class FactsMedication(Serializer):
    medication = CharField()
    prescribed = BooleanField()
    ongoing = BooleanField(required=False)
    last_taken_on = DateField(required=False)


class FactsLab(Serializer):
    test = CharField()
    value = FloatField(help_text="Above 0.")
    unit = CharField()
    taken_on = DateField()


class FactsFinding(Serializer):
    finding = CharField()
    area = CharField()
    clears_on = DateField(required=False)


class FactsProcedure(Serializer):
    procedure = CharField()
    area = CharField()
    performed_on = DateField()


class FactsPreferences(Serializer):
    combination = CharField(required=False)
    laser = BooleanField(required=False)


class FactsProduct(Serializer):
    product = CharField(max_length=200)
    ingredients = codes()
    separable = BooleanField(required=False)


class FactsClinic(Serializer):
    closed_weekdays = ListField(
        child=IntegerField(min_value=1, max_value=7), required=False, max_length=6
    )
    closed_on = dates(required=False)
    performer = CharField(required=False)
    products = FactsProduct(many=True, required=False)


class Facts(Serializer):
    """What is known, in the codes of the catalogue. What is left out is not known.

    A list has at most 300 lines; `clinic.closed_on` at most 3660.
    """

    consulted_on = DateField()
    start_on = DateField(required=False)
    patient = FactsPatient()
    concerns = FactsConcern(many=True, allow_empty=False)
    conditions = DictField(child=ChoiceField(choices=ANSWERS), required=False)
    no_known_allergies = BooleanField(required=False)
    allergies = FactsAllergy(many=True, required=False)
    medications_reviewed = BooleanField(required=False)
    medications = FactsMedication(many=True, required=False)
    labs = FactsLab(many=True, required=False)
    area_findings = FactsFinding(many=True, required=False)
    procedures = FactsProcedure(many=True, required=False)
    preferences = FactsPreferences(required=False)
    clinic = FactsClinic(required=False)


class ProposedFormula(Serializer):
    formula = CharField()
    ingredients = codes()
    product = CharField(allow_null=True)


class ProposedCourse(Serializer):
    treatment = CharField()
    planned = dates()
    optional = dates()
    maintenance_on = DateField(allow_null=True)
    review_on = DateField(allow_null=True)
    formulas = ProposedFormula(many=True)
    activators = codes()


class ProposedOption(Serializer):
    treatments = codes()
    variant = CharField(allow_null=True)
    covers = codes()
    uncovered = codes()
    courses = ProposedCourse(many=True)
    adjuncts = codes()
    warnings = codes()
    notices = codes()
    basis = codes()


class ProposedTreatment(Serializer):
    treatment = CharField()
    status = CharField()
    not_before = DateField(allow_null=True)
    covers = codes()
    findings = codes()


class ProposedArea(Serializer):
    area = CharField()
    concerns = codes()
    status = CharField()
    refer_to = CharField(allow_null=True)
    treatments = ProposedTreatment(many=True)
    options = ProposedOption(many=True)


class FindingEffect(Serializer):
    treatment = CharField(allow_null=True)
    ingredient = CharField(allow_null=True)
    effect = CharField()


class EvaluationFinding(Serializer):
    rule = CharField()
    areas = codes()
    effects = FindingEffect(many=True)
    because = codes()
    until = DateField(allow_null=True)
    message = CharField()
    sources = codes()


class EvaluationConflict(Serializer):
    code = CharField()
    facts = codes()


class NotEvaluated(Serializer):
    rule = CharField()
    needs = codes()


class ReleaseName(Serializer):
    key = CharField()
    digest = CharField()


class Evaluation(Serializer):
    """Ranked options, what speaks against others, and what was not evaluated."""

    status = CharField()
    conflicts = EvaluationConflict(many=True)
    missing = codes()
    areas = ProposedArea(many=True)
    findings = EvaluationFinding(many=True)
    not_evaluated = NotEvaluated(many=True)
    release = ReleaseName()
    receipt = CharField()
