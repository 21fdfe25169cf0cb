"""Rules: what a fact about the patient means for the treatments."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from treatments.admin.conflicts import ShowsConflicts
from treatments.admin.filters import having, presence, question
from treatments.admin.rows import (
    Autocompletes,
    CatalogueAdmin,
    CatalogueGate,
    LineInline,
    missing_mark,
)
from treatments.admin.rule_forms import ClauseForm, ClauseLines, EffectLines, RuleForm
from treatments.admin.rule_trial import TrialPages
from treatments.enums import SourceKind
from treatments.models import Rule, RuleClause, RuleEffect, Statement
from treatments.sentences import rule_sentence

CLAUSES = Prefetch(
    "clauses",
    RuleClause.objects.select_related(
        "condition", "lab_test", "finding", "procedure"
    ).prefetch_related("medication_classes", "medications", "allergens"),
)
EFFECTS = Prefetch("effects", RuleEffect.objects.select_related("treatment"))
STATEMENTS = Prefetch("statements", Statement.objects.prefetch_related("citations__source"))
BEYOND_POLICY = [kind for kind in SourceKind.values if kind != SourceKind.POLICY]


def stated(rules: QuerySet) -> QuerySet:
    return rules.filter(having(Rule, "statements"))


def sourced(rules: QuerySet) -> Any:
    """Rules with a statement that stands in more than the clinic's own policy."""
    source = "statements__citations__source"
    return having(rules.model, source, **{f"{source}__kind__in": BEYOND_POLICY})


EVIDENCE = question(
    "evidence",
    _("evidence"),
    (
        ("none", _("No statement"), lambda rows: rows.exclude(having(Rule, "statements"))),
        ("policy", _("Clinic policy only"), lambda rows: stated(rows).exclude(sourced(rows))),
        ("sourced", _("With a source"), lambda rows: rows.filter(sourced(rows))),
    ),
)


class ClauseInline(CatalogueGate, Autocompletes, admin.StackedInline):  # type: ignore[misc]
    """One fact a line. Only the fields of the chosen kind of fact are shown."""

    model = RuleClause
    form = ClauseForm
    formset = ClauseLines
    extra = 0
    fields = (
        ("kind", "negated", "group"),
        "condition",
        "sex",
        ("age_from", "age_below"),
        "medication_classes",
        "medications",
        "prescribed",
        ("within_days", "relative_to", "ongoing_counts"),
        "lab_test",
        ("value_from", "value_below"),
        "finding",
        "procedure",
        "allergens",
    )


class EffectInline(LineInline):
    model = RuleEffect
    formset = EffectLines
    fields = ("treatment", "effect")


@admin.register(Rule)
class RuleAdmin(TrialPages, ShowsConflicts, CatalogueAdmin):  # type: ignore[misc]
    form = RuleForm
    change_form_template = "admin/treatments/rule/change_form.html"
    inlines = (ClauseInline, EffectInline)
    list_display = ("code", "title", "sentence", "evidence", "active")
    list_display_links = ("code", "title")
    list_filter = (
        EVIDENCE,
        "effects__effect",
        ("effects__treatment", admin.RelatedOnlyFieldListFilter),
        "clauses__kind",
        "kind",
        "scope",
        "when_unknown",
        presence(
            "conflict", _("conflict"), "conflicts", none=_("In no conflict"), some=_("In one")
        ),
        "origin",
        "active",
    )
    search_fields = (
        "code",
        "title",
        "message",
        "care",
        "clauses__condition__name",
        "clauses__medication_classes__name",
        "clauses__medications__name",
        "clauses__lab_test__name",
        "clauses__finding__name",
        "clauses__procedure__name",
        "allergens__name",
        "statements__code",
    )
    fetched = (CLAUSES, EFFECTS, STATEMENTS, "allergens")
    fetched_with = ("refer_to", "treatment", "ingredient", "warning")
    fieldsets = (
        (
            None,
            {
                "fields": ["code", "title", "kind", "origin", "active"],
                "description": _(
                    "A rule reads facts (its trigger lines, below) and says what follows for the "
                    "treatments (its effects, below). It works from the next release on."
                ),
            },
        ),
        (
            _("How it works"),
            {"fields": ["scope", "wait_days", "ongoing_end", "refer_to"]},
        ),
        (
            _("When the facts are unknown"),
            {
                "fields": ["when_unknown", ("ask_age_from", "ask_age_to")],
                "description": _(
                    "Unknown is never read as safe. “Ask” holds a proposal back until the answer "
                    "is there, for patients of these ages; otherwise the rule is listed as not "
                    "evaluated."
                ),
            },
        ),
        (_("What people read"), {"fields": ["message", "care"]}),
        (_("What it rests on"), {"fields": ["statements"]}),
        (
            _("Only for rules on allergies and on contradicting facts"),
            {
                "fields": ["treatment", "allergens", "ingredient", "warning", "conflict_code"],
                "classes": ["collapse"],
            },
        ),
    )

    class Media:
        js = ["admin_rule_lines.js", "admin_rule_trial.js"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Proposals and overrides name a rule by its code, so the code stays once it is stored."""
        return [*super().get_readonly_fields(request, obj), *(["code"] if obj else [])]

    def rules_of(self, row: Rule) -> list[Rule]:
        return [row]

    def statements_of(self, row: Rule) -> Iterable[Statement]:
        return row.statements.all()

    def _create_formsets(self, request: HttpRequest, obj: Any, change: Any) -> Any:
        """Trigger lines and effects see each other, since neither is whole without the other."""
        formsets, inlines = super()._create_formsets(  # type: ignore[misc]
            request, obj, change
        )
        for formset in formsets:
            formset.siblings = formsets
        return formsets, inlines

    @admin.display(description=_("what it says"))
    def sentence(self, rule: Rule) -> str:
        return rule_sentence(rule)

    @admin.display(description=_("rests on"))
    def evidence(self, rule: Rule) -> str:
        """Codes of its statements; a gap, or nothing but the clinic's own policy, stands out."""
        statements = rule.statements.all()
        if not statements:
            return missing_mark(_("no statement"))
        one = '<span class="code">{}</span>'
        codes = format_html_join(", ", one, ((statement.code,) for statement in statements))
        kinds = {citation.source.kind for row in statements for citation in row.citations.all()}
        only_policy = not kinds - {SourceKind.POLICY}
        return format_html("{} ({})", codes, _("clinic policy only")) if only_policy else codes
