"""Rules that nothing can make fire.

For each way in which a rule's trigger can come true, requests are made to fit it and evaluated by
the engine itself. What fires in none of them is unreachable: its lines exclude each other, it
reads what is out of use, or something else always decides first.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from clinic.text import with_commas
from treatments.engine import Catalogue, Facts, InvalidRequest, evaluate, parse_facts
from treatments.engine.judgement import judge
from treatments.lint.findings import Check, Finding, Severity
from treatments.lint.literals import alternatives
from treatments.lint.requests import Candidates, Request, Row

_MOST_TRIES: Final = 3000  # with one rule; beyond them the question is left open
_FEW_TRIES: Final = 100  # where it will be left open anyway
_MOST_ANSWERS: Final = 40  # ways to answer the conditions that the rule does not read
_BY_ALLERGENS: Final = frozenset({"cross-reactivity", "allergen-warning"})
_BY_ANY_ALLERGEN: Final = frozenset({"ingredient-allergy", "activator-allergy"})
_PATH: Final = "conditions."


@dataclass(slots=True)
class Search:
    """What became of one rule. `ahead`: what decided where the rule was true and not listed;
    `idle`: it was true, and bore on no treatment that covers anything.
    """

    code: str
    fired: bool = False
    effective: bool = False
    left: int = _MOST_TRIES
    cut_short: bool = False
    idle: bool = False
    ahead: set[str] = field(default_factory=set)


def unreachable(catalogue: Catalogue) -> Iterator[Finding]:
    if not catalogue.vocabulary.areas or not catalogue.vocabulary.referrals:
        return
    candidates = Candidates(catalogue)
    for row in catalogue.document["rules"]:
        trigger = _trigger(catalogue, row)
        if trigger is not None:
            yield from _findings("rules", _searched(candidates, row["code"], trigger))
    for row in catalogue.document["input_conflicts"]:
        found = _searched(candidates, row["code"], row["trigger"])
        yield from _findings("input_conflicts", found)


def _trigger(catalogue: Catalogue, row: Row) -> Row | None:
    """What makes the rule fire; None for one that only explains."""
    if row["kind"] in _BY_ALLERGENS:
        return {"kind": "allergy", "allergens": row["allergens"]}
    if row["kind"] in _BY_ANY_ALLERGEN:
        return {"kind": "allergy", "allergens": sorted(catalogue.vocabulary.allergens)}
    trigger: Row | None = row.get("trigger")
    return trigger


def _findings(section: str, found: Search) -> Iterator[Finding]:
    if found.effective:
        return
    check, severity = Check.UNREACHABLE_RULE, Severity.ERROR
    if found.cut_short:
        check, severity = Check.REACH_NOT_SHOWN, Severity.WARNING
        message = _("No request was found that makes it fire; please look whether one can.")
    elif found.fired:
        check = Check.DELAY_WITHOUT_EFFECT
        message = _("Its delay never ends after the start of treatment, so it delays nothing.")
    elif found.ahead:
        texts = {"rules": with_commas(sorted(found.ahead))}
        message = _("Nothing can make it fire: where it is true, %(rules)s decides first.") % texts
    elif found.idle:
        message = _("Nothing can make it fire: its treatments cover no concern.")
    else:
        message = _("Nothing can make it fire: no facts fit its lines.")
    yield Finding(check=check, severity=severity, section=section, code=found.code, message=message)


def _searched(candidates: Candidates, code: str, trigger: Row) -> Search:
    search = Search(code)
    for way in alternatives(trigger):
        fixed = {
            line.leaf["condition"]: "yes" if line.holds else "no"
            for line in way
            if line.kind == "condition"
        }
        for core in candidates.cores(way):
            search.left -= 1
            if _is_true(candidates.catalogue, code, {**core, "conditions": fixed}):
                _try(candidates, search, candidates.settings(core, way), fixed)
            if search.effective:
                return search
            if search.left <= 0:
                search.cut_short = True
                return search
    return search


def _is_true(catalogue: Catalogue, code: str, request: Request) -> bool:
    """Whether the rule's own trigger is true; one that reads allergies alone always is here."""
    try:
        facts = parse_facts(catalogue, request)
    except InvalidRequest:
        return False
    rule = catalogue.rulebook.rules.get(code)
    if rule is not None:
        nears = [catalogue.vocabulary.areas[area].near for area in facts.areas]
        return any(rule.trigger.judge(facts, near) for near in nears)
    conflicts = [one for one in catalogue.rulebook.conflicts if one.code == code]
    return not conflicts or any(one.trigger.judge(facts, None) for one in conflicts)


def _try(
    candidates: Candidates, search: Search, requests: Iterable[Request], fixed: Mapping[str, str]
) -> None:
    """With every other condition denied, then left open, then as what decided first would have it.

    Once the patient may be treated at all, nothing more depends on what the rule does not read.
    """
    others = sorted(candidates.catalogue.vocabulary.conditions - set(fixed))
    for request in requests:
        waiting: list[dict[str, str]] = [dict.fromkeys(others, "no"), {}]
        seen = {tuple(sorted(one.items())) for one in waiting}
        while waiting and search.left > 0:
            answers = waiting.pop(0)
            search.left -= 1
            blamed = _attempt(candidates, search, {**request, "conditions": {**answers, **fixed}})
            if blamed is None:
                return
            for other in _otherwise(answers, sorted(blamed & set(others))):
                if tuple(sorted(other.items())) not in seen:
                    seen.add(tuple(sorted(other.items())))
                    waiting.append(other)
            if len(seen) > _MOST_ANSWERS:
                search.cut_short = True
                break


def _otherwise(answers: dict[str, str], blamed: Iterable[str]) -> Iterator[dict[str, str]]:
    for code in blamed:
        for answer in ("no", "yes", "unknown"):
            yield {**answers, code: answer}


def _attempt(candidates: Candidates, search: Search, request: Request) -> set[str] | None:
    """Notes whether the rule fired. The conditions on which something else decided, if it did."""
    catalogue = candidates.catalogue
    try:
        facts = parse_facts(catalogue, request)
        response = evaluate(catalogue, facts)
    except InvalidRequest:
        return set()
    conflicts = {one["code"] for one in response["conflicts"]}
    listed = {one["rule"] for one in response["findings"]} | conflicts
    if search.code in listed:
        search.fired = True
        search.effective |= _takes_effect(catalogue, facts, search.code)
        return None
    if response["status"] == "evaluated":
        search.idle = True
        return None
    search.ahead |= listed
    if candidates.turned:
        search.cut_short = True
        search.left = min(search.left, _FEW_TRIES)
    return _blamed(response)


def _takes_effect(catalogue: Catalogue, facts: Facts, code: str) -> bool:
    """A delay that is over at the start delays nothing."""
    fired = judge(catalogue, facts).fired.get(code)
    if fired is None or not fired.rule.delays:
        return True
    return any(hit.until is None or hit.until > facts.start_on for hit in fired.hits.values())


def _blamed(response: dict[str, Any]) -> set[str]:
    paths = [
        *(path for one in response["findings"] for path in one["because"]),
        *(path for one in response["conflicts"] for path in one["facts"]),
    ]
    named = {path.removeprefix(_PATH) for path in paths if path.startswith(_PATH)}
    return named | set(response["missing"])
