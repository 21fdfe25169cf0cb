"""What changes for a patient, told side by side in lines of words: before, and with the release.

Only lines that differ are told. Days are told by the caller's function, so that whoever may not
see a patient's dates is told how many days after the consultation they are.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.dates import long_day
from clinic.text import with_commas, with_semicolons
from treatments.explanations import Wording

Row = Mapping[str, Any]
Told = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One area; without a name, the patient as a whole."""

    name: str
    lines: tuple[Line, ...]


def as_dates(text: str) -> str:
    return long_day(date.fromisoformat(text))


def as_days_from(day: date) -> Told:
    """Sessions counted from a day, so that no date of a patient is shown."""

    def told(text: str) -> str:
        number = (date.fromisoformat(text) - day).days
        return ngettext("day %(number)d", "day %(number)d", number) % {"number": number}

    return told


def groups(wording: Wording, before: Row, after: Row, *, day: Told) -> list[Group]:
    """The patient as a whole and each area, as far as something differs there."""
    words = _Words(wording=wording, day=day)
    names = dict.fromkeys(one["area"] for one in (*before["areas"], *after["areas"]))
    found = [Group(name="", lines=_differing(words.whole(before), words.whole(after)))]
    for name in names:
        old, new = _area(before, name), _area(after, name)
        both = _keys(old) & _keys(new)
        lines = _differing(words.area(old, both), words.area(new, both))
        found.append(Group(name=wording.name("areas", name), lines=lines))
    return [group for group in found if group.lines]


def _area(answer: Row, name: str) -> Row | None:
    return next((one for one in answer["areas"] if one["area"] == name), None)


def _key(option: Row) -> tuple[Any, ...]:
    return (*option["treatments"], option["variant"])


def _keys(area: Row | None) -> set[tuple[Any, ...]]:
    return {_key(one) for one in area["options"]} if area else set()


def _differing(
    before: Iterable[tuple[str, str]], after: Iterable[tuple[str, str]]
) -> tuple[Line, ...]:
    old, new = dict(before), dict(after)
    return tuple(
        Line(label=label, before=old.get(label, ""), after=new.get(label, ""))
        for label in dict.fromkeys((*old, *new))
        if old.get(label, "") != new.get(label, "")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    wording: Wording
    day: Told

    def whole(self, answer: Row) -> Iterator[tuple[str, str]]:
        if "errors" in answer:
            paths = with_commas(one["path"] for one in answer["errors"])
            yield _("Facts"), _("Cannot be read any more: %(paths)s") % {"paths": paths}
            return
        yield _("Patient"), _patient_status(answer["status"])
        if answer["missing"]:
            yield _("Still to be asked"), with_commas(self._each("conditions", answer["missing"]))

    def area(
        self, area: Row | None, both: Collection[tuple[Any, ...]]
    ) -> Iterator[tuple[str, str]]:
        """Options of both sides (``both``) line by line, those of one side in a single line."""
        if area is None:
            return
        yield _("Outcome"), _area_status(area["status"])
        if area["refer_to"]:
            code = area["refer_to"]
            yield _("Refer to"), self.wording.row("referrals", code).get("name", code)
        for one in area["treatments"]:
            yield self.wording.name("treatments", one["treatment"]), self._standing(one)
        for option in area["options"]:
            if _key(option) in both:
                yield from self._option(option, many=len(both) > 1)
            else:
                label = _("Option %(name)s") % {"name": self._name(option)}
                yield label, with_semicolons(map(self._shortly, option["courses"]))

    def _standing(self, treatment: Row) -> str:
        status = _treatment_status(treatment["status"])
        if treatment["not_before"]:
            since = _("%(status)s, from %(day)s")
            status = since % {"status": status, "day": self.day(treatment["not_before"])}
        return " · ".join([status, *treatment["findings"]])

    def _shortly(self, course: Row) -> str:
        treatment = self.wording.name("treatments", course["treatment"])
        return f"{treatment}: {', '.join(map(self.day, course['planned']))}"

    def _option(self, option: Row, *, many: bool) -> Iterator[tuple[str, str]]:
        name = self._name(option)
        for course in option["courses"]:
            treatment = self.wording.name("treatments", course["treatment"])
            whose = f"{name} · {treatment}" if many and name != treatment else treatment
            for label, text in self._course(course):
                yield f"{whose}: {label}", text
        for label, text in self._around(option):
            yield (f"{name}: {label}" if many else label), text

    def _name(self, option: Row) -> str:
        names = " + ".join(self._each("treatments", option["treatments"]))
        if not option["variant"]:
            return names
        return f"{names} ({self.wording.name('variants', option['variant'])})"

    def _course(self, course: Row) -> Iterator[tuple[str, str]]:
        yield _("sessions"), with_commas(map(self.day, course["planned"]))
        yield _("optional sessions"), with_commas(map(self.day, course["optional"]))
        for label, key in ((_("maintenance"), "maintenance_on"), (_("review"), "review_on")):
            yield label, self.day(course[key]) if course[key] else ""
        yield _("ingredients"), with_semicolons(map(self._mixture, course["formulas"]))
        yield _("activators"), with_commas(self._each("activators", course["activators"]))

    def _mixture(self, formula: Row) -> str:
        name = self.wording.name("formulas", formula["formula"])
        parts = with_commas(self._each("ingredients", formula["ingredients"]))
        return f"{name}: {parts}" if parts else name

    def _around(self, option: Row) -> Iterator[tuple[str, str]]:
        for label, keys in (
            (_("warnings"), ("warnings", "notices")),
            (_("besides"), ("adjuncts",)),
        ):
            yield label, " ".join(text for key in keys for text in self._texts(key, option[key]))
        yield _("covers"), with_commas(self._each("concerns", option["covers"]))

    def _texts(self, section: str, codes: Sequence[str]) -> list[str]:
        rows = (self.wording.row(section, code) for code in codes)
        return [
            row.get("text") or row.get("name", code) for code, row in zip(codes, rows, strict=True)
        ]

    def _each(self, section: str, codes: list[str]) -> tuple[str, ...]:
        return self.wording.each(section, codes)


def _patient_status(status: str) -> str:
    return {
        "evaluated": _("Evaluated"),
        "input-conflict": _("Facts contradict each other"),
        "not-eligible": _("Not eligible"),
        "refer": _("Refer"),
        "deferred": _("Put off"),
        "needs-data": _("A question is still open"),
    }.get(status, status)


def _area_status(status: str) -> str:
    return {
        "proposed": _("Options"),
        "needs-prescriber": _("Waits for the prescriber"),
        "deferred": _("Put off"),
        "overridable": _("A clinician may decide to go ahead"),
        "refer": _("Refer"),
    }.get(status, status)


def _treatment_status(status: str) -> str:
    return {
        "eligible": _("Available"),
        "unsupported": _("Not for these concerns"),
        "no-formula": _("No formula left"),
        "excluded": _("Ruled out"),
        "overridable": _("Ruled out unless overridden"),
        "needs-prescriber": _("Ask the prescriber first"),
        "deferred": _("Put off"),
    }.get(status, status)
