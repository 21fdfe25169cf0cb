"""Which rules clinicians go against, how often and why. Numbers only: no patient, no words."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext

from clinic.text import lowered
from consultations.enums import Seriousness
from consultations.models import Proposal, RuleOverride
from treatments.compiler import current_catalogue
from treatments.explanations import wording_of
from treatments.models import Release, Rule


@dataclass(slots=True, kw_only=True)
class Cross:
    """One rule, under one release, for one reason: how often, and what happened afterwards.

    ``events`` counts adverse events of the plans that were signed with it, by what and how serious.
    """

    release: str
    reason: str
    label: str
    number: int = 0
    events: dict[str, int] = field(default_factory=dict)
    serious: int = 0


@dataclass(slots=True, kw_only=True)
class RuleCount:
    """A rule's overrides in one clinic: all of them, and crossed by release and reason."""

    code: str
    title: str
    url: str
    total: int = 0
    crosses: list[Cross] = field(default_factory=list)

    @property
    def events(self) -> int:
        """Of all its overrides. An event after a plan with several of them stands at each."""
        return sum(number for one in self.crosses for number in one.events.values())


Key = tuple[str, str, int | None]  # rule, reason, release


def override_report() -> list[RuleCount]:
    """The rules that were overridden in this clinic, the most often first.

    An override belongs to the release of the first proposal that was made with it. One that was
    withdrawn does not count. Adverse events are those of plans whose consultation overrode the
    rule, as they stand now: neither corrected since nor recorded by mistake.
    """
    counted = _counted()
    crosses = _crosses(counted)
    _add_events(crosses)
    rules = _rules({key[0] for key in counted})
    for (code, _reason, _release), cross in crosses.items():
        rules[code].total += cross.number
        rules[code].crosses.append(cross)
    for rule in rules.values():
        rule.crosses.sort(key=lambda one: (_newest_first(one.release), -one.number, one.label))
    return sorted(rules.values(), key=lambda rule: (-rule.total, rule.code))


def _overrides() -> QuerySet:
    made_with = Proposal.objects.filter(
        consultation=OuterRef("consultation"), created_at__gte=OuterRef("made_at")
    ).order_by("number")
    rows: QuerySet = RuleOverride.objects.order_by()
    found: QuerySet = rows.annotate(release=Subquery(made_with.values("release")[:1]))
    return found


def _counted() -> dict[Key, int]:
    rows = _overrides().values_list("rule", "reason", "release").annotate(number=Count("pk"))
    return {(rule, reason, release): number for rule, reason, release, number in rows}


def _crosses(counted: Mapping[Key, int]) -> dict[Key, Cross]:
    keys = dict(Release.objects.values_list("pk", "key"))
    wording = wording_of(current_catalogue())
    return {
        (rule, reason, release): Cross(
            release=keys.get(release, "") if release else "",
            reason=reason,
            label=wording.name("decision_reasons", reason),
            number=number,
        )
        for (rule, reason, release), number in counted.items()
    }


def _add_events(crosses: Mapping[Key, Cross]) -> None:
    """Each event once in a cross, also where a plan overrode the rule in several areas."""
    found = (
        _overrides()
        .filter(
            consultation__plan__adverse_events__isnull=False,
            consultation__plan__adverse_events__correction__isnull=True,
            consultation__plan__adverse_events__withdrawn=False,
        )
        .values_list(
            "rule",
            "reason",
            "release",
            "consultation__plan__adverse_events",
            "consultation__plan__adverse_events__kind__name",
            "consultation__plan__adverse_events__seriousness",
        )
        .distinct()
    )
    for rule, reason, release, _event, kind, seriousness in found:
        cross = crosses[rule, reason, release]
        name = kind or gettext("Other")
        label = f"{name}, {lowered(Seriousness(seriousness).label)}"
        cross.events[label] = cross.events.get(label, 0) + 1
        cross.serious += seriousness == Seriousness.SERIOUS


def _newest_first(key: str) -> tuple[int, ...]:
    return tuple(-int(part) for part in key.split(".") if part.isdecimal())


def _rules(codes: set[str]) -> Mapping[str, RuleCount]:
    """A rule that is no longer in the catalogue keeps its code and has no page."""
    known = {row.code: row for row in Rule.objects.filter(code__in=codes)}
    return {
        code: RuleCount(
            code=code,
            title=known[code].title if code in known else "",
            url=reverse("admin:treatments_rule_change", args=[known[code].pk])
            if code in known
            else "",
        )
        for code in codes
    }
