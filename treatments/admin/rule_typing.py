"""A rule as it stands in a form, also one that is not whole yet, so that it can be read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from treatments.models import Rule, RuleClause, RuleEffect
from treatments.sentences import clause_phrase, rule_sentence, trigger_groups
from treatments.services.wording import linked_fields

UNSAVED = -1  # stands in for a key, so that lists that were never stored can be read


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The rule as a sentence, its trigger by groups, and each line by the form it stands in."""

    sentence: str
    groups: list[list[str]]
    lines: dict[str, str]


def typed(form: Any, formsets: Iterable[Any]) -> Typed:
    rule = _with_lists(form)
    lines = [(one.prefix, _with_lists(one)) for one in _kept(formsets)]
    clauses = [(prefix, row) for prefix, row in lines if isinstance(row, RuleClause)]
    effects = [row for _prefix, row in lines if isinstance(row, RuleEffect)]
    _hold(rule, clauses=[row for _prefix, row in clauses], effects=effects)
    return Typed(
        sentence=rule_sentence(rule),
        groups=trigger_groups(rule),
        lines={prefix: clause_phrase(row) for prefix, row in clauses},
    )


def _kept(formsets: Iterable[Any]) -> Iterator[Any]:
    """Lines that were not taken out and in which something stands."""
    for formset in formsets:
        formset.is_valid()
        for form in formset.forms:
            data = getattr(form, "cleaned_data", {})
            if not data.get("DELETE") and (form.has_changed() or form.instance.pk):
                yield form


def _with_lists(form: Any) -> Any:
    """The row as far as its form is sound, with the lists that the form holds."""
    form.is_valid()
    row: Model = form.instance
    lists = {
        link.name: list(form.cleaned_data.get(link.name) or ()) for link in linked_fields(type(row))
    }
    row.pk = row.pk or UNSAVED
    _hold(row, **lists)
    if isinstance(row, Rule | RuleClause):
        _clear_gaps(form, row)
    return row


def _clear_gaps(form: Any, row: Model) -> None:
    """A field that was emptied or is wrong must not be read as it was stored."""
    for name in form.errors:
        field = next((one for one in row._meta.concrete_fields if one.name == name), None)
        if field is not None and (field.null or field.blank):
            setattr(row, name, field.get_default())


def _hold(row: Any, **lists: list[Any]) -> None:
    held: dict[str, Any] = {**getattr(row, "_prefetched_objects_cache", {}), **lists}
    row._prefetched_objects_cache = held  # noqa: SLF001 - as Django's own prefetching keeps them
