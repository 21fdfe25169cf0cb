"""How one field went from one value to another, in sentences.

A document that was never published may hold anything. What cannot be read as the field it stands
in is shown as it was written, so that no difference goes untold.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from clinic.text import with_commas
from treatments.diffing.comparison import FieldChange
from treatments.diffing.fields import WORDS, choice, label_of, one_of
from treatments.diffing.matching import match, same
from treatments.diffing.names import Names
from treatments.diffing.sections import LINES, REFERENCES, line_known_by
from treatments.diffing.triggers import trigger_phrase
from treatments.engine import canonical_json

_UNREADABLE = (AttributeError, KeyError, TypeError, ValueError)
ABSENT: Final = object()  # the row has no such field, which is not the same as an empty one


def field_changes(
    old: Mapping[str, Any], new: Mapping[str, Any], names: Names
) -> Iterator[FieldChange]:
    """A sentence or more on every field in which two rows differ, in the new row's order."""
    for field in dict.fromkeys([*new, *old]):
        before, now = old.get(field, ABSENT), new.get(field, ABSENT)
        if before is ABSENT or now is ABSENT or not same(before, now):
            for sentence in _sentences(field, before, now, names):
                yield FieldChange(field=field, sentence=sentence, old=_held(before), new=_held(now))


def contents(row: Mapping[str, Any], names: Names) -> Iterator[tuple[str, str]]:
    """Each field of a row that holds something, said as “label: value”."""
    for field, value in row.items():
        if value not in (None, "", [], {}):
            texts = {"label": label_of(field), "value": value_in_words(field, value, names)}
            yield field, _("%(label)s: %(value)s") % texts


def moved(after: str | None) -> str:
    return _("now comes after %(other)s") % {"other": after} if after else _("now comes first")


def _held(value: Any) -> Any:
    return None if value is ABSENT else value


def _sentences(field: str, old: Any, new: Any, names: Names) -> list[str]:
    try:
        if isinstance(old, list) and isinstance(new, list):
            return list(_list_sentences(field, old, new, names)) or [_as_written(field, old, new)]
        return [_from_to(field, old, new, names)]
    except _UNREADABLE:
        return [_as_written(field, old, new)]


def _from_to(field: str, old: Any, new: Any, names: Names) -> str:
    before, now = value_in_words(field, old, names), value_in_words(field, new, names)
    if before == now:
        return _as_written(field, old, new)
    texts = {"label": label_of(field), "old": before, "new": now}
    if field.endswith("_days") and _is_number(old) and _is_number(new):
        texts["old"] = str(old)  # the days are said once
    if field == "trigger" or field in WORDS:
        return _("%(label)s: %(old)s → %(new)s") % texts
    return _("%(label)s %(old)s → %(new)s") % texts


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _as_written(field: str, old: Any, new: Any) -> str:
    texts = {"label": label_of(field), "old": _written(old), "new": _written(new)}
    return _("%(label)s: %(old)s → %(new)s") % texts


def _written(value: Any) -> str:
    return _("not given") if value is ABSENT else canonical_json(value)


def _list_sentences(field: str, old: list[Any], new: list[Any], names: Names) -> Iterator[str]:
    noun = one_of(field)
    found = match(old, new, lambda one: line_known_by(field, one))
    for one in found.added:
        texts = {"noun": noun, "name": _line_in_words(field, one, names)}
        yield _("%(noun)s added: %(name)s") % texts
    for one in found.removed:
        texts = {"noun": noun, "name": _line_in_words(field, one, names)}
        yield _("%(noun)s removed: %(name)s") % texts
    for key, before, now in found.pairs:
        name = line_name(field, now, names)
        differ = not same(before, now)
        told = [one.sentence for one in field_changes(before, now, names)] if differ else []
        if key in found.after:
            after = found.after[key]
            told.append(moved(None if after is None else line_name(field, after, names)))
        for sentence in told:
            texts = {"noun": noun, "name": name, "sentence": sentence}
            yield _("%(noun)s %(name)s: %(sentence)s") % texts


def line_name(field: str, line: Any, names: Names) -> str:
    """What a line of a row is called among its fellows."""
    if not isinstance(line, Mapping):
        return value_in_words(field, line, names)
    if field == "effects" and line.get("treatment", ABSENT) is None:
        return _("any treatment")
    known = LINES.get(field, ())
    return " / ".join(value_in_words(one, line.get(one), names) for one in known) or _written(line)


def _line_in_words(field: str, line: Any, names: Names) -> str:
    """A line with all that it says."""
    name = line_name(field, line, names)
    if not isinstance(line, Mapping):
        return name
    known = LINES.get(field, ())
    rest = [text for one, text in contents(line, names) if one not in known]
    return f"{name} ({', '.join(rest)})" if rest else name


def value_in_words(field: str, value: Any, names: Names) -> str:
    if isinstance(value, list):
        return _list_in_words(field, value, names)
    if isinstance(value, Mapping):
        return _mapping_in_words(field, value, names)
    if isinstance(value, str) and value:
        return _text_in_words(field, value, names)
    if value is ABSENT:
        return _("not given")
    return _plain_in_words(field, value)


def _plain_in_words(field: str, value: object) -> str:
    if value is None or value == "":
        return _("none")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field.endswith("_days"):
        return _("%(days)s days") % {"days": value}
    return str(value)


def _list_in_words(field: str, value: list[Any], names: Names) -> str:
    return with_commas(_line_in_words(field, one, names) for one in value) or _("none")


def _mapping_in_words(field: str, value: Mapping[str, Any], names: Names) -> str:
    if field == "trigger":
        try:
            return _("when %(trigger)s") % {"trigger": trigger_phrase(value, names)}
        except _UNREADABLE:
            return canonical_json(value)
    return canonical_json(value)


def _text_in_words(field: str, value: str, names: Names) -> str:
    if field in WORDS:
        return _("“%(text)s”") % {"text": value}
    if field in REFERENCES:
        return names.name(REFERENCES[field], value)
    return choice(field, value) or value
