"""What a release tells people: techniques, side effects, care, the comparison. The engine reads
none of it."""

from typing import Any

from treatments.compiler.rows import (
    Row,
    active,
    cited,
    codes,
    in_order,
    sorted_codes,
    still_meant,
    term,
)
from treatments.models import (
    CareInstruction,
    ComparisonAspect,
    ConsentText,
    DecisionReason,
    Device,
    Ingredient,
    Referral,
    SideEffect,
    Technique,
)


def for_people() -> dict[str, list[Row]]:
    return {
        "referrals": [term(row) for row in in_order(Referral.objects.active())],
        "never_proposed": _never_proposed(),
        "techniques": _techniques(),
        "devices": [
            cited(row) for row in in_order(Device.objects.active().prefetch_related("statements"))
        ],
        "side_effects": _side_effects(),
        "care_instructions": _care_instructions(),
        "comparison": _comparison(),
        "consent_texts": _consent_texts(),
        "decision_reasons": [
            term(row, reason_for=row.reason_for)
            for row in in_order(DecisionReason.objects.active())
        ],
    }


def _never_proposed() -> list[Row]:
    """Ingredients that are kept so that it can be read why none of them is ever proposed."""
    rows = Ingredient.objects.active().filter(never_proposed=True)
    return [
        cited(row, role=row.role, class_name=row.ingredient_class.name)
        for row in in_order(rows.select_related("ingredient_class").prefetch_related("statements"))
    ]


def _techniques() -> list[Row]:
    rows = Technique.objects.active().prefetch_related(
        "treatments", "devices", "areas", "statements"
    )
    return [
        cited(
            row,
            treatments=codes(active(row.treatments)),
            devices=codes(active(row.devices)),
            areas=codes(active(row.areas)),
            note=row.note,
        )
        for row in in_order(rows)
        if still_meant(row.treatments) and still_meant(row.areas)
    ]


def _side_effects() -> list[Row]:
    rows = SideEffect.objects.active().filter(treatment__active=True)
    return [
        cited(
            row,
            treatment=row.treatment.code,
            frequency=row.frequency,
            serious=row.serious,
        )
        for row in in_order(rows.select_related("treatment").prefetch_related("statements"))
    ]


def _care_instructions() -> list[Row]:
    rows = CareInstruction.objects.active().filter(treatment__active=True)
    return [
        cited(
            row,
            treatment=row.treatment.code,
            phase=row.phase,
            days=row.days,
            text=row.text,
        )
        for row in in_order(rows.select_related("treatment").prefetch_related("statements"))
    ]


def _comparison() -> list[Row]:
    rows = ComparisonAspect.objects.active().prefetch_related(
        "entries__treatment", "entries__statements"
    )
    return [term(row, entries=_entries(row)) for row in in_order(rows)]


def _entries(aspect: Any) -> list[Row]:
    entries = [one for one in aspect.entries.all() if one.treatment.active]
    return [
        {
            "treatment": one.treatment.code,
            "text": one.text,
            "sources": sorted_codes(one.statements.all()),
        }
        for one in sorted(entries, key=lambda one: (one.treatment.position, one.treatment.code))
    ]


def _consent_texts() -> list[Row]:
    rows = ConsentText.objects.active().filter(treatment__active=True)
    return [
        cited(
            row,
            treatment=row.treatment.code,
            language=row.language,
            version=row.version,
            title=row.title,
            body=row.body,
            risks=row.risks,
            alternatives=row.alternatives,
            declaration=row.declaration,
            witness=row.witness,
            approved=row.approved,
        )
        for row in in_order(rows.select_related("treatment").prefetch_related("statements"))
    ]
