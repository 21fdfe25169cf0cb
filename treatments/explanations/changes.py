"""What would change the answer: found by evaluating changed facts, never by reading texts."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations
from typing import Any

from django.utils.translation import gettext as _

from treatments.engine import InvalidRequest, canonical_json, evaluate, parse_facts
from treatments.explanations.edits import Agreement, Edit, Override, Request, drop_gaps
from treatments.explanations.labs import Level, runs, spanned
from treatments.explanations.wording import Row, Wording

MOST_EDITS = 3
MOST_EVALUATIONS = 160
MOST_IN_ALL = 400
MOST_SHOWN = 3
DOUBTS_AN_ENTRY = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`on` is the first day that a treatment is available; None where the answer has no day.

    `awaits` is what a prescriber is still to be asked: evaluated again with it agreed to.
    """

    on: date | None = None
    awaits: frozenset[Agreement] = frozenset()
    asks_more: bool = False

    @property
    def settled(self) -> bool:
        return not (self.awaits or self.asks_more)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Evaluating `request` with `overrides` and `agreements` gives `outcome`.

    `later` is its day where that lies after the wished start and the text does not say it.
    """

    text: str
    outcome: Outcome
    request: Row
    later: date | None = None
    overrides: frozenset[Override] = frozenset()
    agreements: frozenset[Agreement] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The facts that a change starts from, and how many evaluations one search may cost."""

    wording: Wording
    request: Row
    overrides: frozenset[Override]
    agreements: frozenset[Agreement] = frozenset()
    budget: int = MOST_EVALUATIONS


def budget_for(searches: int) -> int:
    """However many treatments are held back in however many areas, a page stays quick."""
    return min(MOST_EVALUATIONS, MOST_IN_ALL // max(searches, 1))


def smallest_changes(
    case: Case,
    edits: Iterable[Edit],
    reached: Callable[[Row], Outcome | None],
    *,
    area: str | None = None,
) -> tuple[Change, ...]:
    """The fewest edits that together reach what is wanted, each tried by evaluating with it.

    Areas do not bear on each other: with `area` its concerns alone are evaluated.
    """
    search = _Search(case=case, reached=reached, area=area)
    atoms = list({_identity(edit): edit for edit in edits}.values())
    for size in range(1, MOST_EDITS + 1):
        hits = search.hits(atoms, size)
        if hits:
            return tuple(_changes(case, hits)[:MOST_SHOWN])
        if search.evaluated >= case.budget:
            break
    return ()


@dataclass(frozen=True, slots=True)
class _Hit:
    edits: tuple[Edit, ...]
    request: Request
    overrides: frozenset[Override]
    agreements: frozenset[Agreement]
    outcome: Outcome

    @property
    def weight(self) -> int:
        return sum(edit.weight for edit in self.edits)


@dataclass(slots=True)
class _Search:
    case: Case
    reached: Callable[[Row], Outcome | None]
    area: str | None
    evaluated: int = field(default=0)

    def hits(self, atoms: Sequence[Edit], size: int) -> list[_Hit]:
        return [hit for edits in _sets(atoms, size) if (hit := self._tried(edits)) is not None]

    def _tried(self, edits: tuple[Edit, ...]) -> _Hit | None:
        if self.evaluated >= self.case.budget:
            return None
        self.evaluated += 1
        request: Request = json.loads(canonical_json(self.case.request))
        for edit in edits:
            edit.apply(request)
        drop_gaps(request)
        added = {edit.override for edit in edits if edit.override is not None}
        overrides = self.case.overrides | added
        agreements = self.case.agreements.union(*(edit.agreements for edit in edits))
        outcome = self._outcome(request, overrides, agreements)
        if outcome is not None and outcome.awaits:
            return self._agreed(_Hit(edits, request, overrides, agreements, outcome))
        return None if outcome is None else _Hit(edits, request, overrides, agreements, outcome)

    def _agreed(self, hit: _Hit) -> _Hit | None:
        """The same with a yes of whoever prescribes; nothing where even that does not suffice."""
        agreements = hit.agreements | hit.outcome.awaits
        outcome = self._outcome(hit.request, hit.overrides, agreements)
        if outcome is None or outcome.awaits:
            return None
        outcome = replace(outcome, awaits=hit.outcome.awaits)
        return replace(hit, agreements=agreements, outcome=outcome)

    def _outcome(
        self,
        request: Request,
        overrides: frozenset[Override],
        agreements: frozenset[Agreement],
    ) -> Outcome | None:
        catalogue = self.case.wording.catalogue
        try:
            facts = parse_facts(catalogue, {**request, "concerns": self._concerns(request)})
            response = evaluate(catalogue, facts, overrides=overrides, agreements=agreements)
            return self.reached(response)
        except InvalidRequest:
            return None

    def _concerns(self, request: Request) -> list[Row]:
        rows: list[Row] = request["concerns"]
        return [row for row in rows if self.area in (None, row["area"])]


def _sets(atoms: Sequence[Edit], size: int) -> Iterator[tuple[Edit, ...]]:
    """Sets of edits of different things, the gentlest first."""
    found = [
        edits
        for edits in combinations(atoms, size)
        if len({edit.subject for edit in edits}) == size
    ]
    return iter(sorted(found, key=lambda edits: sum(edit.weight for edit in edits)))


def _identity(edit: Edit) -> tuple[Any, ...]:
    return edit.subject, edit.text, edit.level


def _changes(case: Case, hits: list[_Hit]) -> list[Change]:
    gentle = [hit for hit in hits if all(edit.weight < DOUBTS_AN_ENTRY for edit in hit.edits)]
    direct = [hit for hit in gentle or hits if hit.outcome.settled]
    return [_worded(case, group) for group in _grouped(direct or gentle or hits)]


def _grouped(hits: list[_Hit]) -> list[list[_Hit]]:
    """Hits that differ in the level of a lab test alone are one change, told as a span."""
    groups: list[list[_Hit]] = []
    by_rest: dict[tuple[Any, ...], dict[Any, _Hit]] = {}
    for hit in hits:
        level = _level(hit)
        if level is None:
            groups.append([hit])
            continue
        rest = tuple(_identity(edit) for edit in hit.edits if edit.level is not level)
        by_rest.setdefault((level.test, rest), {})[level] = hit
    for by_level in by_rest.values():
        groups += [[by_level[level] for level in run] for run in runs(list(by_level))]
    return sorted(groups, key=lambda group: group[0].weight)


def _later(case: Case, on: date | None) -> date | None:
    wished = case.request.get("start_on", case.request["consulted_on"])
    return on if on is not None and on.isoformat() > wished else None


def _level(hit: _Hit) -> Level | None:
    return next((edit.level for edit in hit.edits if edit.level is not None), None)


def _worded(case: Case, group: list[_Hit]) -> Change:
    first = group[0]
    told = [level for hit in group if (level := _level(hit)) is not None]
    parts = [
        spanned(case.wording, told if edit.level is _level(first) else [edit.level])
        if edit.level is not None
        else edit.text
        for edit in first.edits
    ]
    if first.outcome.awaits:
        parts.append(_("if the prescriber then agrees"))
    if first.outcome.asks_more:
        parts.append(_("if the questions that are then open are answered"))
    return Change(
        text=_(" and ").join(parts),
        outcome=first.outcome,
        later=_later(case, first.outcome.on),
        request=first.request,
        overrides=first.overrides,
        agreements=first.agreements,
    )
