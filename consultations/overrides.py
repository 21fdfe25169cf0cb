"""Which rules clinicians go against, how often and why. Numbers only: no patient, no words."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Count, OuterRef, Subquery
from django.urls import reverse

from consultations.models import Proposal, RuleOverride
from treatments.compiler import current_catalogue
from treatments.explanations import wording_of
from treatments.models import Release, Rule


@dataclass(slots=True, kw_only=True)
class RuleCount:
    """A rule's overrides in one clinic: all, by reason, and by the release they were made under."""

    code: str
    title: str
    url: str
    total: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    releases: dict[str, int] = field(default_factory=dict)


def override_report() -> list[RuleCount]:
    """The rules that were overridden in this clinic, the most often first.

    An override belongs to the release of the first proposal that was made with it. One that was
    withdrawn does not count.
    """
    made_with = Proposal.objects.filter(
        consultation=OuterRef("consultation"), created_at__gte=OuterRef("made_at")
    ).order_by("number")
    counted = (
        RuleOverride.objects.order_by()
        .annotate(release=Subquery(made_with.values("release")[:1]))
        .values_list("rule", "reason", "release")
        .annotate(number=Count("pk"))
    )
    rows = list(counted)
    keys = dict(Release.objects.values_list("pk", "key"))
    wording = wording_of(current_catalogue())
    rules = _rules({row[0] for row in rows})
    for code, reason, release, number in rows:
        rule = rules[code]
        label = wording.name("decision_reasons", reason)
        rule.total += number
        rule.reasons[label] = rule.reasons.get(label, 0) + number
        key = keys.get(release, "")
        rule.releases[key] = rule.releases.get(key, 0) + number
    return sorted(rules.values(), key=lambda rule: (-rule.total, rule.code))


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
