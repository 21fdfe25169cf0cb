"""An outcome line by line in a curator's words, and two outcomes beside each other.

Lines are matched by what they are about, so that a change is shown where it happened.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from clinic.text import with_commas, with_semicolons
from treatments.explanations.patients import words_of_status
from treatments.explanations.proposals import status_of_area
from treatments.explanations.questions import need
from treatments.explanations.reasons import effect_label, status_of_treatment
from treatments.explanations.told import day, fact
from treatments.explanations.wording import Row, Wording

NOTHING = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`key` tells what the line is about, whatever it says."""

    key: tuple[str, ...]
    section: str
    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One line on both sides. A side that has none is empty."""

    section: str
    label: str
    before: str
    after: str

    @property
    def changed(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Words:
    """The words of several releases, so that a term that one of them lost is still named."""

    wordings: Sequence[Wording]

    def name(self, section: str, code: str) -> str:
        names = (one.names.get(section, {}).get(code) for one in self.wordings)
        return next((name for name in names if name), code)

    def each(self, section: str, codes: Sequence[str]) -> str:
        return with_commas(self.name(section, code) for code in codes)

    def rule(self, code: str) -> str:
        rows = (one.rules.get(code) for one in self.wordings)
        title = next((row["title"] for row in rows if row), "")
        return f"{code}: {title}" if title else code

    def texts(self, section: str, codes: Sequence[str]) -> str:
        return " ".join(self._text(section, code) for code in codes)

    def _text(self, section: str, code: str) -> str:
        rows = (one.row(section, code) for one in self.wordings)
        return next((str(row["text"]) for row in rows if row.get("text")), code)


def compared(
    wordings: Sequence[Wording], request: Row, before: Row, after: Row
) -> tuple[Compared, ...]:
    """Both outcomes, line by line, in the order in which they are read."""
    old = {line.key: line for line in outcome_lines(wordings, request, before)}
    new = {line.key: line for line in outcome_lines(wordings, request, after)}
    return tuple(_beside(old.get(key), new.get(key)) for key in _merged(list(old), list(new)))


def _merged(old: list[tuple[str, ...]], new: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The new order; what is gone stands after what it stood behind."""
    merged = list(new)
    for index, key in enumerate(old):
        if key not in merged:
            place = merged.index(old[index - 1]) + 1 if index else 0
            merged.insert(place, key)
    return merged


def _beside(old: Line | None, new: Line | None) -> Compared:
    line = new or old
    assert line is not None  # noqa: S101 - a key comes from one of the two
    return Compared(
        section=line.section,
        label=line.label,
        before=old.text if old else "",
        after=new.text if new else "",
    )


def outcome_lines(wordings: Sequence[Wording], request: Row, outcome: Row) -> Iterator[Line]:
    """Everything that an outcome holds. Facts that could not be read are one too."""
    words = Words(wordings)
    if "errors" in outcome:
        for one in outcome["errors"]:
            label = one["path"] or _("facts")
            text = _("cannot be read (%(code)s)") % {"code": one["code"]}
            yield _line(("errors", one["path"]), _("Facts"), label, text)
        return
    yield from _patient(words, request, outcome)
    for area in outcome["areas"]:
        yield from _area(words, area)
    for row in outcome["findings"]:
        text = _finding(words, request, row)
        yield _line(("findings", row["rule"]), _("Rules that fired"), words.rule(row["rule"]), text)
    for row in outcome["not_evaluated"]:
        needs = with_semicolons(need(wordings[0], path).text for path in row["needs"])
        key = ("not_evaluated", row["rule"])
        yield _line(key, _("Rules that lack a fact"), words.rule(row["rule"]), needs)


def _line(key: tuple[str, ...], section: str, label: str, text: str) -> Line:
    return Line(key=key, section=section, label=label, text=text or NOTHING)


def _patient(words: Words, request: Row, outcome: Row) -> Iterator[Line]:
    section, status = _("The patient"), outcome["status"]
    told = _("Evaluated in each area") if status == "evaluated" else words_of_status(status)[0]
    yield _line(("status",), section, _("Outcome"), told)
    for row in outcome["conflicts"]:
        facts = with_semicolons(
            fact(words.wordings[0], request, path).text for path in row["facts"]
        )
        yield _line(("conflicts", row["code"]), section, _("Facts that disagree"), facts)
    if outcome["missing"]:
        asked = words.each("conditions", outcome["missing"])
        yield _line(("missing",), section, _("Still to be asked"), asked)


def _area(words: Words, area: Row) -> Iterator[Line]:
    section, code = words.name("areas", area["area"]), area["area"]
    told = status_of_area(area["status"])
    if area["refer_to"]:
        told += f": {area['refer_to'].replace('-', ' ')}"
    yield _line((code, "status"), section, words.each("concerns", area["concerns"]), told)
    for row in area["treatments"]:
        label = words.name("treatments", row["treatment"])
        yield _line((code, row["treatment"]), section, label, _standing(words, row))
    for number, option in enumerate(area["options"], start=1):
        yield from _option(words, (code, "option"), section, number, option)


def _standing(words: Words, row: Row) -> str:
    parts = [status_of_treatment(row["status"])]
    if row["not_before"]:
        parts[0] += " " + _("from %(day)s") % {"day": day(row["not_before"])}
    if row["covers"]:
        parts.append(_("for %(concerns)s") % {"concerns": words.each("concerns", row["covers"])})
    if row["findings"]:
        parts.append(_("rules: %(rules)s") % {"rules": with_commas(row["findings"])})
    return with_semicolons(parts)


def _option(
    words: Words, key: tuple[str, ...], section: str, number: int, option: Row
) -> Iterator[Line]:
    """What makes an option the same one is what it is of, not where it is ranked."""
    of = (*key, "+".join(option["treatments"]), option["variant"] or "")
    names = " + ".join(words.name("treatments", code) for code in option["treatments"])
    if option["variant"]:
        names += f" ({words.name('variants', option['variant'])})"
    section = _("%(area)s, option %(names)s") % {"area": section, "names": names}
    yield _line((*of, "rank"), section, _("rank"), str(number))
    for course in option["courses"]:
        about = words.name("treatments", course["treatment"])
        for name, label, text in _course(words, course):
            yield _line((*of, course["treatment"], name), section, f"{about}, {label}", text)
    for name, label, text in _remarks(words, option):
        yield _line((*of, name), section, label, text)


def _course(words: Words, course: Row) -> Iterator[tuple[str, str, str]]:
    days: Mapping[str, str] = {"planned": _("sessions"), "optional": _("optional sessions")}
    for name, label in days.items():
        if course[name]:
            listed = with_commas(day(one) for one in course[name])
            yield name, label, f"{len(course[name])}: {listed}"
    single: Mapping[str, str] = {"maintenance_on": _("maintenance"), "review_on": _("review")}
    for name, label in single.items():
        if course[name]:
            yield name, label, day(course[name])
    for row in course["formulas"]:
        parts = [words.each("ingredients", row["ingredients"]), row["product"] or ""]
        label = _("formula %(name)s") % {"name": words.name("formulas", row["formula"])}
        yield (
            f"formula {row['formula']} {row['product']}",
            label,
            with_semicolons(filter(None, parts)),
        )
    if course["activators"]:
        yield "activators", _("activators"), words.each("activators", course["activators"])


def _remarks(words: Words, option: Row) -> Iterator[tuple[str, str, str]]:
    yield "covers", _("for"), words.each("concerns", option["covers"])
    told: Sequence[tuple[str, str, str]] = (
        ("uncovered", _("leaves open"), words.each("concerns", option["uncovered"])),
        ("adjuncts", _("beside it"), words.each("adjuncts", option["adjuncts"])),
        ("warnings", _("warnings"), words.texts("warnings", option["warnings"])),
        ("notices", _("notices"), words.texts("notices", option["notices"])),
        ("basis", _("rests on"), with_commas(option["basis"])),
    )
    for name, label, text in told:
        if text:
            yield name, label, text


def _finding(words: Words, request: Row, row: Row) -> str:
    effects = with_semicolons(_effect(words, one) for one in row["effects"])
    parts = [effects]
    if row["areas"]:
        parts.append(words.each("areas", row["areas"]))
    if row["until"]:
        parts.append(_("until %(day)s") % {"day": day(row["until"])})
    facts = with_semicolons(fact(words.wordings[0], request, path).text for path in row["because"])
    return f"{with_semicolons(parts)} ({facts})" if facts else with_semicolons(parts)


def _effect(words: Words, effect: Row) -> str:
    what = words.name("treatments", effect["treatment"]) if effect["treatment"] else ""
    if effect["ingredient"]:
        what = words.name("ingredients", effect["ingredient"])
    return f"{effect_label(effect['effect'])} {what}".strip()
