"""The terms that facts about a patient are recorded in."""

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from treatments.admin.filters import having, presence, question
from treatments.admin.rows import LineInline, TermAdmin, missing_mark, names_of
from treatments.models import (
    Allergen,
    Area,
    AreaFinding,
    Concern,
    Condition,
    DecisionReason,
    LabTest,
    LabUnit,
    Medication,
    MedicationClass,
    PerformerLevel,
    Procedure,
    Protocol,
    Referral,
    Suitability,
)
from treatments.services.editing import check_allergen_in_step, substances_of

TERM: Any = (None, {"fields": ["name", "code", "active", "position"]})
RULES = presence(
    "rules",
    _("read by a rule"),
    "clauses",
    none=_("By no rule"),
    some=_("By a rule"),
)


def rated(concerns: QuerySet, *, active: bool = True) -> Q:
    return having(concerns.model, "suitabilities", suitabilities__active=active)


def with_own_protocol(concerns: QuerySet) -> Q:
    return having(concerns.model, "protocols", protocols__active=True)


def with_any_protocol(concerns: QuerySet) -> Q:
    """Its own protocol, or the standard one of a treatment that suits it."""
    standard = Protocol.objects.filter(active=True, concerns__isnull=True).values("treatment")
    suited = Suitability.objects.filter(active=True, treatment__in=standard).values("concern")
    return with_own_protocol(concerns) | Q(pk__in=suited)


TREATED = question(
    "treatment",
    _("treatment"),
    (
        ("none", _("No treatment, in scope"), lambda rows: rows.filter(refer_to=None).exclude(
            rated(rows))),
        ("some", _("With a treatment"), lambda rows: rows.filter(rated(rows))),
        ("refer", _("Out of scope, referred"), lambda rows: rows.exclude(refer_to=None)),
    ),
)  # fmt: skip
PLANNED = question(
    "protocol",
    _("protocol"),
    (
        ("none", _("No protocol at all"), lambda rows: rows.exclude(with_any_protocol(rows))),
        ("standard", _("The treatment's standard"), lambda rows: rows.filter(
            with_any_protocol(rows)).exclude(with_own_protocol(rows))),
        ("own", _("A protocol of its own"), lambda rows: rows.filter(with_own_protocol(rows))),
    ),
)  # fmt: skip


@admin.register(Concern)
class ConcernAdmin(TermAdmin):
    list_display = ("name", "code", "treated_with", "own_protocols", "evidence", "active")
    list_filter = (
        TREATED,
        PLANNED,
        presence("statement", _("statement"), "statements", none=_("Without"), some=_("With")),
        "active",
    )
    fieldsets = (TERM, (None, {"fields": ["refer_to", "note", "statements"]}))
    fetched = ("suitabilities__treatment", "protocols", "statements")
    fetched_with = ("refer_to",)

    @admin.display(description=_("treatments"))
    def treated_with(self, concern: Concern) -> str:
        """Treatments that suit it, or where it is referred."""
        if concern.refer_to:
            return str(_("refer to %(place)s") % {"place": concern.refer_to})
        suited = [row.treatment for row in concern.suitabilities.all() if row.active]
        return names_of(suited) if suited else missing_mark(_("no treatment"))

    @admin.display(description=_("protocols of its own"))
    def own_protocols(self, concern: Concern) -> str:
        return names_of(row for row in concern.protocols.all() if row.active)

    @admin.display(description=_("statements"))
    def evidence(self, concern: Concern) -> str:
        return names_of(row.code for row in concern.statements.all())


@admin.register(Area)
class AreaAdmin(TermAdmin):
    list_display = ("name", "code", "parent", "active")
    list_filter = (("parent", admin.RelatedOnlyFieldListFilter), "active")
    fieldsets = (TERM, (None, {"fields": ["parent"]}))
    fetched_with = ("parent",)


class ReadTermAdmin(TermAdmin):
    """A term that rules read, with the rules that do."""

    list_display: Any = ("name", "code", "read_by", "active")
    list_filter: ClassVar[Any] = (RULES, "active")
    fetched: ClassVar[Any] = ("clauses__rule",)

    @admin.display(description=_("read by rules"))
    def read_by(self, term: Any) -> str:
        return names_of(sorted({clause.rule.code for clause in term.clauses.all()}))


@admin.register(Condition)
class ConditionAdmin(ReadTermAdmin):
    list_display = ("name", "code", "question", "read_by", "active")
    search_fields = ("code", "name", "question")
    list_filter = (RULES, "ask_each_time", "active")
    fieldsets = (TERM, (None, {"fields": ["question", "hint", "ask_each_time", "statements"]}))


@admin.register(AreaFinding)
class AreaFindingAdmin(ReadTermAdmin):
    list_display = ("name", "code", "clears", "read_by", "active")
    list_filter = (RULES, "clears", "active")
    fieldsets = (TERM, (None, {"fields": ["clears"]}))


@admin.register(Procedure)
class ProcedureAdmin(ReadTermAdmin):
    fieldsets = (TERM,)


@admin.register(MedicationClass)
class MedicationClassAdmin(ReadTermAdmin):
    list_display = ("name", "code", "members", "read_by", "active")
    fieldsets = (TERM,)
    fetched = ("clauses__rule", "medications")

    @admin.display(description=_("medications"))
    def members(self, row: MedicationClass) -> str:
        return names_of(row.medications.all())


@admin.register(Medication)
class MedicationAdmin(ReadTermAdmin):
    list_display = ("name", "code", "medication_class", "read_by", "active")
    list_filter = (
        ("medication_class", admin.RelatedOnlyFieldListFilter),
        presence(
            "class", _("class"), "medication_class", none=_("In no class"), some=_("In a class")
        ),
        "active",
    )
    fieldsets = (TERM, (None, {"fields": ["medication_class"]}))
    fetched = ("clauses__rule", "medication_class__clauses__rule")
    fetched_with = ("medication_class",)

    @admin.display(description=_("read by rules"))
    def read_by(self, term: Medication) -> str:
        """Rules that name the medication or its class."""
        group = term.medication_class
        clauses = [*term.clauses.all(), *(group.clauses.all() if group else [])]
        return names_of(sorted({clause.rule.code for clause in clauses}))


class AllergenForm(ModelForm):
    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        row = Allergen(code=data.get("code") or self.instance.code, active=data.get("active", True))
        try:
            check_allergen_in_step(row)
        except ValidationError as error:
            self.add_error("active", error)
        return data


@admin.register(Allergen)
class AllergenAdmin(ReadTermAdmin):
    form = AllergenForm
    fieldsets = (TERM,)
    fetched = ("clauses__rule", "rules")
    list_filter = (
        presence(
            "rules",
            _("read by a rule"),
            "clauses",
            "rules",
            none=_("By no rule"),
            some=_("By a rule"),
        ),
        "active",
    )

    @admin.display(description=_("read by rules"))
    def read_by(self, term: Allergen) -> str:
        codes = {clause.rule.code for clause in term.clauses.all()}
        return names_of(sorted(codes | {rule.code for rule in term.rules.all()}))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The name of a substance is changed where the substance is."""
        fixed = super().get_readonly_fields(request, obj)
        return [*fixed, "name"] if obj and substances_of(obj.code) else fixed


class LabUnitInline(LineInline):
    model = LabUnit
    fields = ("unit", "divisor", "position")


@admin.register(LabTest)
class LabTestAdmin(ReadTermAdmin):
    list_display = ("name", "code", "unit", "valid_days", "accepted_units", "read_by", "active")
    fieldsets = (TERM, (None, {"fields": ["unit", "valid_days"]}))
    inlines = (LabUnitInline,)
    fetched = ("clauses__rule", "units")

    @admin.display(description=_("units accepted"))
    def accepted_units(self, test: LabTest) -> str:
        units = test.units.all()
        return names_of(units) if units else missing_mark(_("none"))


@admin.register(Referral)
class ReferralAdmin(TermAdmin):
    fieldsets = (TERM,)


@admin.register(PerformerLevel)
class PerformerLevelAdmin(TermAdmin):
    list_display = ("name", "code", "position", "active")
    fieldsets = (TERM,)


@admin.register(DecisionReason)
class DecisionReasonAdmin(TermAdmin):
    list_display = ("name", "code", "reason_for", "position", "active")
    list_filter = ("reason_for", "active")
    fieldsets = ((None, {"fields": ["name", "code", "reason_for", "active", "position"]}),)
