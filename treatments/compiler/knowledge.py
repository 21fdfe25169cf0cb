"""What a release cites, and where its sources disagree: for explanations, not for the engine."""

from collections.abc import Iterable, Iterator
from typing import Any

from treatments.compiler.rows import Row, sorted_codes
from treatments.models import Conflict, Source, Statement


def cited_codes(value: Any) -> Iterator[str]:
    """Every statement that a part of the document names, however deep."""
    if isinstance(value, dict):
        yield from value.get("sources", ())
        yield from (code for held in value.values() for code in cited_codes(held))
    elif isinstance(value, list):
        yield from (code for one in value for code in cited_codes(one))


def statement_rows(codes: set[str]) -> dict[str, Row]:
    """The statements that the release names, by code."""
    rows = Statement.objects.filter(code__in=codes).prefetch_related("citations__source")
    return {row.code: _statement(row) for row in sorted(rows, key=lambda row: row.code)}


def _statement(row: Any) -> Row:
    citations = row.citations.all()
    grades = sorted(one.source.grade for one in citations if one.source.grade)
    return {
        "text": row.text,
        "claim": row.claim,
        "grade": next(iter(grades), None),  # that of its strongest source
        "citations": [
            {
                "source": one.source.code,
                "title": one.source.title,
                "locator": one.locator,
                "url": one.source.url,
            }
            for one in citations
        ],
    }


def source_rows(statements: Iterable[Row]) -> list[Row]:
    """The sources that these statements stand in, with what is known of each."""
    codes = {one["source"] for row in statements for one in row["citations"]}
    rows = Source.objects.filter(code__in=codes)
    return [
        {
            "code": row.code,
            "title": row.title,
            "kind": row.kind,
            "grade": row.grade or None,
            "url": row.url,
            "verified": row.verified,
            "machine_written": row.machine_written,
            "note": row.note,
        }
        for row in sorted(rows, key=lambda row: row.code)
    ]


def conflict_rows() -> list[Row]:
    rows = Conflict.objects.prefetch_related("sides__statement", "rules")
    return [_conflict(row) for row in sorted(rows, key=_by_number)]


def _conflict(row: Any) -> Row:
    return {
        "code": row.code,
        "topic": row.topic,
        "sides": [
            {
                "statement": side.statement.code,
                "position": side.position,
                "followed": side.followed,
            }
            for side in row.sides.all()
        ],
        "resolution": row.resolution,
        "principle": row.principle,
        "why": row.why,
        "rules": sorted_codes(rule for rule in row.rules.all() if rule.active),
    }


def _by_number(row: Any) -> tuple[int, str]:
    """C2 before C10."""
    return len(row.code), row.code
