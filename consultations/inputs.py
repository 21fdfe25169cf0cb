"""Unfinished input as pages list it: where it stands, whose it is, and never what it says."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from consultations import flow, policies
from consultations.forms.sections import KINDS
from consultations.models import Consultation
from consultations.unfinished import Unfinished, unfinished_in
from treatments.models import Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """``is_fact``: a proposal waits for it. ``anchor`` is its place on the consultation's page."""

    pk: UUID
    field: str
    title: Any
    label: str
    anchor: str
    message: str
    is_fact: bool


def listed(consultation: Consultation) -> list[Line]:
    """In the order of the page, in a fixed number of queries; nothing once it is closed."""
    if not policies.can_edit(consultation):
        return []
    found = unfinished_in(consultation)
    codes = [_code(one) for one in found if one.field.startswith(flow.CONDITIONS)]
    names = dict(Condition.objects.filter(code__in=codes).values_list("code", "name"))
    placed = sorted(((_place(one), one) for one in found), key=lambda pair: pair[0])
    return [_line(one, names) for _at, one in placed]


def _line(one: Unfinished, names: dict[str, str]) -> Line:
    step = flow.step_of_field(one.field)
    question = one.field.startswith(flow.CONDITIONS)
    if not one.is_fact:
        title, anchor = _("Notes on the map"), "map-notes"
    else:
        title = step.title if step else _("Consultation")
        anchor = step.key if step else ""
    return Line(
        pk=one.pk,
        field=one.field,
        title=title,
        label=names.get(_code(one), _code(one)) if question else _label(one.field, step),
        anchor=f"question-{_code(one)}" if question else anchor,
        message=one.message,
        is_fact=one.is_fact,
    )


def _code(one: Unfinished) -> str:
    return one.field.removeprefix(flow.CONDITIONS)


def _label(field: str, step: flow.Step | None) -> str:
    """The field's own name where it is one of several in its step."""
    return next(_labels(field, step), "")


def _labels(field: str, step: flow.Step | None) -> Iterator[str]:
    if step is None:
        return
    parts: Any = step.form.keywords  # type: ignore[attr-defined]
    scalars = getattr(parts["scalars"], "base_fields", {})
    if field in scalars:
        yield str(scalars[field].label)
    elif len(parts["keys"]) > 1:
        yield str(KINDS[field][1])


def _place(one: Unfinished) -> int:
    step = flow.step_of_field(one.field)
    return flow.STEPS.index(step) if step else len(flow.STEPS)
