"""Suitabilities, protocols, combinations, variants, adjuncts and notices of a release."""

from typing import Any

from treatments.compiler.rows import (
    Row,
    active,
    code_of,
    codes,
    in_order,
    sorted_codes,
    still_meant,
    term,
)
from treatments.models import Adjunct, Combination, Notice, Protocol, Suitability, Variant


def _basis(row: Any) -> list[str]:
    return sorted_codes(rule for rule in row.rules.all() if rule.active)


def suitability_rows() -> list[Row]:
    rows = (
        Suitability.objects.filter(active=True, concern__active=True, treatment__active=True)
        .select_related("concern", "treatment", "formula")
        .prefetch_related("statements")
    )
    return [
        {
            "concern": row.concern.code,
            "treatment": row.treatment.code,
            "rating": row.rating,
            "formula": code_of(row.formula),
            "sources": sorted_codes(row.statements.all()),
        }
        for row in sorted(rows, key=_by_concern)
    ]


def _by_concern(row: Suitability) -> tuple[int, str, int, str]:
    concern, treatment = row.concern, row.treatment
    return concern.position, concern.code, treatment.position, treatment.code


def protocol_rows() -> list[Row]:
    rows = Protocol.objects.active().filter(treatment__active=True).select_related("treatment")
    return [
        {
            "code": row.code,
            "name": row.name,
            "treatment": row.treatment.code,
            "concerns": codes(active(row.concerns)),
            "planned": row.planned,
            "optional": row.optional,
            "interval_days": row.interval_days,
            "min_interval_days": row.min_interval_days,
            "max_interval_days": row.max_interval_days,
            "maintenance_days": row.maintenance_days,
            "review_days": row.review_days,
            "basis": _basis(row),
        }
        for row in in_order(rows.prefetch_related("concerns", "rules"))
        if still_meant(row.concerns)
    ]


def combination_rows() -> list[Row]:
    rows = Combination.objects.filter(lead__active=True, follow__active=True)
    related = rows.select_related("lead", "follow", "performer", "warning")
    return [
        {
            "mode": row.mode,
            "lead": row.lead.code,
            "follow": row.follow.code,
            "gap_days": row.gap_days,
            "visit_days": row.visit_days,
            "lead_every": row.lead_every,
            "follow_every": row.follow_every,
            "performer": code_of(row.performer),
            "warning": code_of(row.warning),
            "basis": _basis(row),
        }
        for row in related.prefetch_related("rules")
    ]


def variant_rows() -> list[Row]:
    rows = Variant.objects.active().filter(treatment__active=True)
    related = rows.select_related("treatment", "area", "blocked_by")
    return [
        term(
            row,
            treatment=row.treatment.code,
            preference=row.preference,
            area=row.area.code,
            blocked_by=code_of(row.blocked_by),
            basis=_basis(row),
        )
        for row in in_order(related.prefetch_related("rules"))
    ]


def adjunct_rows() -> list[Row]:
    rows = Adjunct.objects.active().filter(treatment__active=True, concern__active=True)
    return [
        term(
            row,
            text=row.text,
            concern=row.concern.code,
            treatment=row.treatment.code,
            basis=_basis(row),
        )
        for row in in_order(rows.select_related("treatment", "concern").prefetch_related("rules"))
    ]


def notice_rows() -> list[Row]:
    rows = Notice.objects.active().filter(treatment__active=True)
    related = rows.select_related("treatment", "rule").prefetch_related("concerns", "areas")
    return [
        {
            "code": row.code,
            "text": row.text,
            "treatment": row.treatment.code,
            "concerns": codes(active(row.concerns)),
            "areas": codes(active(row.areas)),
            "rule": row.rule.code,
        }
        for row in in_order(related)
        if still_meant(row.concerns) and still_meant(row.areas)
    ]
