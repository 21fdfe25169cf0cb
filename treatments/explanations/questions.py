"""What was not evaluated, and which answers are still missing."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from treatments.explanations.wording import Row, Wording

_BASIS = "basis"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Something a rule reads that was not told. `path` begins with where it would be entered."""

    path: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRule:
    """A rule that could not be evaluated: not the same as one that found nothing."""

    rule: str
    title: str
    message: str
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One missing answer and the rules that wait for it, most rules first."""

    need: Need
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of the release was looked at."""

    evaluated: int
    rules: int
    not_evaluated: tuple[OpenRule, ...]
    questions: tuple[Question, ...]

    @property
    def complete(self) -> bool:
        return self.evaluated == self.rules


def coverage(wording: Wording, response: Row) -> Coverage:
    total = sum(rule["kind"] != _BASIS for rule in wording.document["rules"])
    unknown = response["not_evaluated"]
    return Coverage(
        evaluated=total - len(unknown),
        rules=total,
        not_evaluated=tuple(_open_rule(wording, row) for row in unknown),
        questions=_questions(wording, unknown),
    )


def need(wording: Wording, path: str) -> Need:
    section, _dot, code = path.removesuffix("[]").partition(".")
    if path.endswith("[]"):
        return Need(path=path, text=_("Complete: %(entry)s") % {"entry": _UNFINISHED[section]})
    if section == "conditions":
        row = wording.row("conditions", code)
        text = row.get("question") or row.get("name") or code
    elif section == "labs":
        text = _("A recent value: %(test)s") % {"test": wording.name("lab_tests", code)}
    else:
        text = str(_LISTS[section])
    return Need(path=path, text=text)


def _open_rule(wording: Wording, row: Row) -> OpenRule:
    rule = wording.rules[row["rule"]]
    return OpenRule(
        rule=row["rule"],
        title=rule["title"],
        message=rule["message"],
        needs=tuple(need(wording, path) for path in row["needs"]),
    )


def _questions(wording: Wording, unknown: list[Row]) -> tuple[Question, ...]:
    waiting: dict[str, list[str]] = {}
    for row in unknown:
        for path in row["needs"]:
            waiting.setdefault(path, []).append(row["rule"])
    found = [
        Question(need=need(wording, path), rules=tuple(rules)) for path, rules in waiting.items()
    ]
    return tuple(sorted(found, key=lambda one: (-len(one.rules), one.need.path)))


_LISTS: Mapping[str, object] = {
    "medications": gettext_lazy("The list of medicines, and that it is complete"),
    "allergies": gettext_lazy("Allergies, or that none are known"),
    "concerns": gettext_lazy("A concern, with its area"),
}
_UNFINISHED: Mapping[str, object] = {
    "concerns": gettext_lazy("an entry among the concerns"),
    "allergies": gettext_lazy("an entry among the allergies"),
    "medications": gettext_lazy("an entry among the medicines"),
    "labs": gettext_lazy("an entry among the lab values"),
    "area_findings": gettext_lazy("an entry among the findings"),
    "procedures": gettext_lazy("an entry among the past procedures"),
    "clinic": gettext_lazy("the products and days of the clinic"),
}
