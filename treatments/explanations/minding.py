"""What has to be minded with an option, and is acknowledged by whoever takes it.

Each point has a code that says what it is: ``rule:S-08``, ``warning:…`` or ``notice:…``.
"""

from collections.abc import Iterable
from typing import Final

from treatments.enums import EffectKind
from treatments.explanations.wording import Row, Wording

# An option only stands where what could be overridden or asked for has been.
MINDED: Final = frozenset(
    {EffectKind.CAUTION, EffectKind.EXCLUDE_OVERRIDABLE, EffectKind.ASK_PRESCRIBER}
)


def effects_on(finding: Row, treatment: str | None) -> set[str]:
    """The rule's effects on a treatment; all of them where none is on it."""
    every: list[Row] = finding["effects"]
    own = {one["effect"] for one in every if one["treatment"] in (None, treatment)}
    return own or {one["effect"] for one in every}


def is_minded(finding: Row, treatment: str | None) -> bool:
    return not MINDED.isdisjoint(effects_on(finding, treatment))


def to_acknowledge(response: Row, area: Row, option: Row) -> tuple[str, ...]:
    """The codes of all that an option of an area carries, each once."""
    return tuple(
        dict.fromkeys(
            [
                *(f"warning:{code}" for code in option["warnings"]),
                *(f"rule:{code}" for code in _rules(response, area, option)),
                *(f"notice:{code}" for code in option["notices"]),
            ]
        )
    )


def text_of(wording: Wording, code: str) -> str:
    """What a code stands for, in the release's words."""
    kind, _colon, name = code.partition(":")
    if kind == "rule":
        message: str = wording.rules[name]["message"] if name in wording.rules else name
        return message
    return str(wording.row(f"{kind}s", name).get("text", name))


def spoken_of(wording: Wording, option: Row, code: str) -> frozenset[str]:
    """The treatments of an option that a warning or notice of it speaks of; all of them where the
    release ties it to none."""
    kind, _colon, name = code.partition(":")
    if kind == "notice":
        named = {wording.row("notices", name).get("treatment")}
    else:
        named = {one["treatment"] for one in option["courses"] if _brings(wording, one, name)}
        named |= {
            row.get("treatment") for row in wording.rules.values() if row.get("warning") == name
        }
    every = frozenset(option["treatments"])
    return every if not named or None in named else every & named


def _brings(wording: Wording, course: Row, warning: str) -> bool:
    """Whether a formula of the course, or an ingredient in it, carries the warning."""
    used = {
        *(("formulas", one["formula"]) for one in course["formulas"]),
        *(("ingredients", code) for one in course["formulas"] for code in one["ingredients"]),
    }
    return any(wording.row(section, code).get("warning") == warning for section, code in used)


def _rules(response: Row, area: Row, option: Row) -> Iterable[str]:
    standing = [one for one in area["treatments"] if one["treatment"] in option["treatments"]]
    return (
        finding["rule"]
        for finding in response["findings"]
        for one in standing
        if finding["rule"] in one["findings"] and is_minded(finding, one["treatment"])
    )
