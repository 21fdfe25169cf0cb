"""Who stands behind what: rules of literature or policy, and whole releases."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import Clinic, User
from treatments.compiler import NoReleaseInForce, catalogue_of, compile_document, current_release
from treatments.engine import digest_of
from treatments.enums import DraftStatus, RuleKind, RuleOrigin, SourceKind
from treatments.models import Draft, Release, ReleaseApproval, Rule, RuleApproval
from treatments.services.drafting import check_not_editor, locked

Place = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitedRule:
    """A rule that needs a named approver, and the approval of what it now says, once given."""

    rule: Rule
    digest: str
    approval: RuleApproval | None


def awaited_rules(draft: Draft, document: Mapping[str, Any]) -> list[AwaitedRule]:
    """Rules of literature or policy that the draft adds or changes.

    A rule that was of literature or policy before the draft counts, whatever it is called now;
    and a new one is of the source articles only when they alone are what it rests on.
    """
    base = catalogue_of(draft.base).document
    then, now = _digests(base), _digests(document)
    relabelled, articles = _relabelled(draft), _of_articles(base, document)
    changed = [
        (rule, digest)
        for rule in Rule.objects.active().order_by("code").prefetch_related("statements")
        if (digest := now.get(_place(rule)))
        and digest != then.get(_place(rule))
        and (
            rule.origin != RuleOrigin.SEED
            or rule.code in relabelled
            or not (_was_there(rule, then) or _rests_on(rule, articles))
        )
    ]
    approvals = RuleApproval.objects.filter(rule__in=[rule for rule, _digest in changed])
    given = {(one.rule_id, one.digest): one for one in approvals.select_related("approved_by")}
    return [
        AwaitedRule(rule=rule, digest=digest, approval=given.get((rule.pk, digest)))
        for rule, digest in changed
    ]


def _relabelled(draft: Draft) -> set[str]:
    """By code and not by row: what is deleted and added again is the same rule."""
    changes = draft.changes.filter(model=Rule._meta.label_lower, before__isnull=False)
    codes = {
        change.row: str(change.before["code"])
        for change in changes
        if change.before and change.before.get("origin", RuleOrigin.SEED) != RuleOrigin.SEED
    }
    renamed = Rule.objects.filter(pk__in=codes).values_list("code", flat=True)
    return {*codes.values(), *renamed}


def _of_articles(base: Mapping[str, Any], document: Mapping[str, Any]) -> set[str]:
    """Statements that some source article makes, as the release below the draft has them."""
    kinds = {one["code"]: one["kind"] for one in base.get("sources", ())}
    now = document["statements"]
    return {
        code
        for code, row in base.get("statements", {}).items()
        if row == now.get(code)
        and any(kinds.get(one["source"]) == SourceKind.ARTICLE for one in row["citations"])
    }


def _was_there(rule: Rule, then: Mapping[Place, str]) -> bool:
    """Under a conflict that was there a rule may be new: of those a release keeps no codes."""
    return rule.kind != RuleKind.INPUT_CONFLICT and _place(rule) in then


def _rests_on(rule: Rule, articles: set[str]) -> bool:
    codes = {one.code for one in rule.statements.all()}
    return bool(codes) and codes <= articles


def _place(rule: Rule) -> Place:
    """Where a rule stands in a release document. Those on one conflict stand there as one."""
    if rule.kind == RuleKind.INPUT_CONFLICT:
        return "input_conflicts", rule.conflict_code
    return "rules", rule.code


def _digests(document: Mapping[str, Any]) -> dict[Place, str]:
    return {
        (section, row["code"]): digest_of(row)
        for section in ("rules", "input_conflicts")
        for row in document[section]
    }


@transaction.atomic
def approve_rule(draft: Draft, code: str, *, by: User, note: str = "") -> RuleApproval:
    """Stand behind one rule as it now reads. Who edited the draft cannot."""
    draft = locked(draft, DraftStatus.IN_REVIEW)
    check_not_editor(draft, by)
    awaited = {one.rule.code: one for one in awaited_rules(draft, compile_document(draft.key))}
    if code not in awaited:
        raise ValidationError({"rule": _("No rule of this code awaits an approval.")})
    found = awaited[code]
    if found.approval is not None:
        raise ValidationError(_("Somebody has approved this rule already."), code="approved")
    approval = RuleApproval(rule=found.rule, digest=found.digest, approved_by=by, note=note)
    approval.full_clean()
    approval.save()
    audit.record("rule-approved", found.rule, by=by, detail={"code": code, "draft": draft.key})
    return approval


@transaction.atomic
def approve_release(release: Release, *, clinic: Clinic, by: User, note: str) -> ReleaseApproval:
    """Say in the clinic's name that its medical lead stands behind a release."""
    Clinic.objects.select_for_update().get(pk=clinic.pk)  # two at once give one approval
    if ReleaseApproval.objects.filter(release=release, clinic=clinic).exists():
        raise ValidationError(_("The clinic has approved this release already."), code="approved")
    approval = ReleaseApproval(release=release, clinic=clinic, approved_by=by, note=note.strip())
    approval.full_clean()
    approval.save()
    audit.record("release-approved", release, by=by, clinic=clinic.pk, detail={"key": release.key})
    return approval


def release_awaits_approval(clinic: Clinic | None, release: Release | None = None) -> bool:
    """True until the clinic's medical lead has approved the release, or the one in force."""
    if clinic is None:
        return False
    try:
        release = release or current_release()
    except NoReleaseInForce:
        return False
    return not ReleaseApproval.objects.filter(release=release, clinic=clinic).exists()
