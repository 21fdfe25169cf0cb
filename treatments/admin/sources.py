"""Sources, what they state, and where they disagree."""

from typing import Any

from django.contrib import admin
from django.db.models import BooleanField, Case, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from clinic.text import with_semicolons
from treatments.admin.conflicts import SideLines, whole_conflict
from treatments.admin.filters import having, presence
from treatments.admin.rows import CatalogueAdmin, LineInline, missing_mark, names_of
from treatments.models import Citation, Conflict, ConflictSide, Source, Statement

USES = (
    "rules",
    "sides",
    "concerns",
    "suitabilities",
    "ingredients",
    "treatments",
    "activators",
    "techniques",
    "devices",
    "side_effects",
    "care_instructions",
    "consent_texts",
    "comparison_entries",
)


class CodeStays(CatalogueAdmin):
    """Releases and other rows name it by its code, so the code stays once it is stored."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_readonly_fields(request, obj), *(["code"] if obj else [])]


@admin.register(Source)
class SourceAdmin(CodeStays):
    list_display = ("code", "title", "kind", "grade", "verified", "machine_written", "cited")
    list_filter = (
        "kind",
        "grade",
        "verified",
        "machine_written",
        presence("cited", _("cited"), "citations", none=_("By nothing"), some=_("By a statement")),
    )
    search_fields = ("code", "title", "url", "note")
    fetched = ("citations",)
    fieldsets = (
        (None, {"fields": ["code", "title", "kind", "grade", "url"]}),
        (_("How far it is trusted"), {"fields": ["verified", "machine_written", "note"]}),
    )

    @admin.display(description=_("citations"))
    def cited(self, source: Source) -> int:
        return len(source.citations.all())


class CitationInline(LineInline):
    model = Citation
    fields = ("source", "locator")


@admin.register(Statement)
class StatementAdmin(CodeStays):
    list_display = ("code", "text", "claim", "cited_in", "is_used")
    list_filter = (
        presence("used", _("used"), *USES, none=_("By nothing"), some=_("By something")),
        presence("rule", _("rules"), "rules", none=_("Behind no rule"), some=_("Behind a rule")),
        presence("citation", _("citation"), "citations", none=_("Without"), some=_("With")),
        "claim",
        ("citations__source", admin.RelatedOnlyFieldListFilter),
    )
    search_fields = ("code", "text", "note", "citations__source__code", "citations__locator")
    fetched = ("citations__source",)
    inlines = (CitationInline,)
    fieldsets = (
        (
            None,
            {
                "fields": ["code", "text", "claim"],
                "description": _(
                    "One thing that sources say, in our own words. A statement that something "
                    "carries no risk is shown and never clears a rule."
                ),
            },
        ),
        (_("Figures"), {"fields": [("low", "high", "unit")]}),
        (None, {"fields": ["note"]}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        used = Case(
            When(having(Statement, *USES), then=Value(value=True)),
            default=Value(value=False),
            output_field=BooleanField(),
        )
        rows: QuerySet = super().get_queryset(request).annotate(used=used)
        return rows

    @admin.display(description=_("source"))
    def cited_in(self, statement: Statement) -> str:
        cited = statement.citations.all()
        return names_of(cited) if cited else missing_mark(_("no citation"))

    @admin.display(description=_("used"), boolean=True, ordering="used")
    def is_used(self, statement: Any) -> bool:
        return bool(statement.used)


class ConflictSideInline(LineInline):
    model = ConflictSide
    formset = SideLines
    fields = ("statement", "position", "followed")


@admin.register(Conflict)
class ConflictAdmin(CodeStays):
    list_display = ("code", "topic", "sides_in_words", "resolution", "principle", "bears_on")
    list_filter = (
        "principle",
        presence("rules", _("rules"), "rules", none=_("Bears on no rule"), some=_("On a rule")),
    )
    search_fields = ("code", "topic", "resolution", "why", "sides__position")
    fetched = ("sides__statement", "rules")
    change_form_template = "admin/treatments/conflict/change_form.html"
    inlines = (ConflictSideInline,)
    fieldsets = (
        (None, {"fields": ["code", "topic"]}),
        (_("How it is settled"), {"fields": ["resolution", "principle", "why", "rules"]}),
    )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Above the form: what is stored, side by side."""
        if conflict := context.get("original"):
            context["conflict"] = whole_conflict(conflict)
        answer: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return answer

    @admin.display(description=_("sides"))
    def sides_in_words(self, conflict: Conflict) -> str:
        sides = conflict.sides.all()
        return with_semicolons(str(side) for side in sides) or missing_mark(_("no sides"))

    @admin.display(description=_("rules"))
    def bears_on(self, conflict: Conflict) -> str:
        return names_of(rule.code for rule in conflict.rules.all())
