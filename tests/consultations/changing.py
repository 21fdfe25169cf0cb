"""A draft of the catalogue with one change of each kind, ten plans for it, and its release."""

from django_scopes import scope, scopes_disabled

from consultations.enums import RunStatus
from consultations.models import BlastResult, PlanSession
from consultations.services import plans
from consultations.services.blast import continue_run, start_run
from tests.consultations.made import accept, proposed, sign
from tests.engine.cases import concerns, conditions, medicine
from treatments.models import FormulaIngredient, PerformerLevel, Rule, RuleEffect
from treatments.services.approvals import approve_rule
from treatments.services.drafting import draft_for_edit
from treatments.services.drafts import publish_draft, submit_for_review
from treatments.services.golden import accept_outcome
from treatments.services.linting import lint_rows, warnings_of
from treatments.services.releases import publish_release
from treatments.services.review import review_of

IBUPROFEN = {"medications": [medicine("ibuprofen", last_taken_on="2026-03-01")]}
SMOKER = {"conditions": conditions(tobacco="yes")}
AUTOIMMUNE = {"conditions": conditions(autoimmune_disease="yes")}
SPOTS = {"concerns": concerns(("hyperpigmentation", "face"))}


def draft_by(curator):
    return draft_for_edit(by=curator)


def wait_longer():
    """S-07: mesotherapy waits ten days after a painkiller and not seven."""
    Rule.objects.filter(code="S-07").update(wait_days=10)


def exclude_smokers():
    """L-28 cautioned about platelet-rich plasma; now it rules it out."""
    RuleEffect.objects.filter(rule__code="L-28").update(effect="exclude")


def allow_autoimmune():
    """L-15 kept mesotherapy back; now it is a caution."""
    RuleEffect.objects.filter(rule__code="L-15").update(effect="caution")


def brighten_without_kojic_acid():
    FormulaIngredient.objects.filter(
        formula__code="brightening", ingredient__code="kojic-acid"
    ).delete()


def change_everything():
    wait_longer()
    exclude_smokers()
    allow_autoimmune()
    brighten_without_kojic_acid()


def plan(clinic, by, *, option=1, **facts):
    """A signed plan with that option of the face: 1 both treatments, 2 plasma, 3 mesotherapy."""
    proposal = proposed(clinic, by, **facts)
    accept(proposal, by, number=option)
    return sign(proposal, by)


def ten_plans(clinic, by, other_clinic, other):
    """Their names say what the draft does to them; four are of another clinic."""
    made = {
        "healthy": plan(clinic, by),
        "healthy too": plan(other_clinic, other, option=3),
        "painkiller, both": plan(clinic, by, **IBUPROFEN),
        "painkiller, plasma": plan(clinic, by, option=2, **IBUPROFEN),
        "smoker, both": plan(clinic, by, **SMOKER),
        "smoker, mesotherapy": plan(other_clinic, other, option=3, **SMOKER),
        "smoker, plasma": plan(other_clinic, other, option=2, **SMOKER),
        "smoker, plasma is over": plan(clinic, by, **SMOKER),
        "autoimmune": plan(clinic, by, **AUTOIMMUNE),
        "spots": plan(other_clinic, other, **SPOTS),
    }
    cancel(made["smoker, plasma is over"], by, treatment="prp")
    return made


def cancel(row, by, *, treatment=None):
    """Cancel all sessions of a plan, or those in which that treatment is given."""
    with scope(clinic=row.clinic):
        sessions = PlanSession.objects.filter(plan=row)
        if treatment:
            sessions = sessions.filter(items__treatment__code=treatment).distinct()
        for session in sessions:
            plans.mark_session(session, status="cancelled", by=by)


def cancel_rest(row, by):
    with scope(clinic=row.clinic):
        for session in PlanSession.objects.filter(plan=row, status="scheduled"):
            plans.mark_session(session, status="cancelled", by=by)


def run_to_the_end(draft, by=None):
    run = continue_run(start_run(draft, by=by))
    assert run.status == RunStatus.FINISHED
    return run


def effects(run):
    """What was found, by the id of the plan or the proposal."""
    with scopes_disabled():
        rows = BlastResult.objects.filter(run=run)
        return {row.plan_id or row.proposal_id: row.effects.split() for row in rows}


def publish(draft, lead, **when):
    """The whole way: what warns is acknowledged, what changes is approved or accepted."""
    curator = draft.opened_by
    findings = warnings_of(lint_rows(draft.key))
    submit_for_review(draft, by=curator, acknowledged=[one.id for one in findings])
    draft.refresh_from_db()
    review = review_of(draft)
    for one in review.awaited:
        approve_rule(draft, one.rule.code, by=lead)
    for outcome in review.unsettled:
        accept_outcome(draft, outcome.case, by=lead, reason="Meant so.")
    return publish_draft(draft, by=lead, note="Looked at it.", **when)


def publish_as(key):
    """Without any draft."""
    return publish_release(key, by=None)


def make_unreadable():
    """A catalogue in which nobody performs anything."""
    PerformerLevel.objects.update(active=False)
