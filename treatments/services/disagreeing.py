"""Sides of a conflict as far as their weight goes."""

from collections.abc import Iterable

from treatments.models import ConflictSide, Statement
from treatments.policies import SideShape


def shapes_of(sides: Iterable[ConflictSide]) -> tuple[SideShape, ...]:
    """Each side with what its statement says and the grade of its strongest source."""
    sides = list(sides)
    rows = Statement.objects.prefetch_related("citations__source")
    statements = rows.in_bulk([side.statement_id for side in sides])
    return tuple(_shape(side, statements[side.statement_id]) for side in sides)


def _shape(side: ConflictSide, statement: Statement) -> SideShape:
    citations = statement.citations.all()
    grades = sorted(one.source.grade for one in citations if one.source.grade)
    return SideShape(followed=side.followed, claim=statement.claim, grade=next(iter(grades), None))
