"""The treatments, how they are given, and what the patient is told."""

from typing import Any, ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from treatments.admin.filters import presence
from treatments.admin.rows import LineInline, TermAdmin, missing_mark, names_of
from treatments.admin.vocabulary import TERM
from treatments.models import (
    Activator,
    CareInstruction,
    ComparisonAspect,
    ComparisonEntry,
    ConsentText,
    Device,
    SideEffect,
    Technique,
    Treatment,
)

STATEMENT = presence("statement", _("statement"), "statements", none=_("Without"), some=_("With"))


class StatedAdmin(TermAdmin):
    """A term that rests on statements."""

    fetched: ClassVar[Any] = ("statements",)

    @admin.display(description=_("statements"))
    def evidence(self, row: Any) -> str:
        rows = row.statements.all()
        return names_of(r.code for r in rows) if rows else missing_mark(_("no statement"))


@admin.register(Treatment)
class TreatmentAdmin(StatedAdmin):
    list_display = ("name", "code", "preparation", "standard_protocol", "evidence", "active")
    list_filter = (STATEMENT, "preparation", "active")
    search_fields = ("code", "name", "summary")
    fieldsets = (TERM, (None, {"fields": ["preparation", "summary", "statements"]}))
    fetched = ("statements", "protocols__concerns")

    @admin.display(description=_("standard protocol"))
    def standard_protocol(self, treatment: Treatment) -> str:
        """The protocol that is used where none of a concern's own is."""
        active = [row for row in treatment.protocols.all() if row.active]
        standard = [row for row in active if not row.concerns.all()]
        return names_of(standard) if standard else missing_mark(_("no standard protocol"))


@admin.register(Activator)
class ActivatorAdmin(StatedAdmin):
    list_display = ("name", "code", "treatment", "evidence", "active")
    list_filter = (STATEMENT, "treatment", "active")
    fieldsets = (
        (
            None,
            {
                "fields": ["name", "code", "active", "position", "treatment", "statements"],
                "description": _("An allergy to it can be recorded as soon as it is stored."),
            },
        ),
    )
    fetched_with = ("treatment",)


@admin.register(Device)
class DeviceAdmin(StatedAdmin):
    list_display = ("name", "code", "evidence", "active")
    list_filter = (STATEMENT, "active")
    fieldsets = (TERM, (None, {"fields": ["statements"]}))


@admin.register(Technique)
class TechniqueAdmin(StatedAdmin):
    list_display = ("name", "code", "used_in", "with_devices", "evidence", "active")
    list_filter = (STATEMENT, "treatments", "devices", "active")
    search_fields = ("code", "name", "note")
    fieldsets = (
        TERM,
        (None, {"fields": ["treatments", "devices", "areas", "note", "statements"]}),
    )
    fetched = ("statements", "treatments", "devices")

    @admin.display(description=_("treatments"))
    def used_in(self, technique: Technique) -> str:
        return names_of(technique.treatments.all())

    @admin.display(description=_("devices"))
    def with_devices(self, technique: Technique) -> str:
        return names_of(technique.devices.all())


@admin.register(SideEffect)
class SideEffectAdmin(StatedAdmin):
    list_display = ("name", "code", "treatment", "frequency", "serious", "evidence", "active")
    list_filter = (STATEMENT, "treatment", "serious", "active")
    fieldsets = (TERM, (None, {"fields": ["treatment", "frequency", "serious", "statements"]}))
    fetched_with = ("treatment",)


@admin.register(CareInstruction)
class CareInstructionAdmin(StatedAdmin):
    list_display = ("name", "treatment", "phase", "days", "text", "evidence", "active")
    list_filter = (STATEMENT, "treatment", "phase", "active")
    search_fields = ("code", "name", "text")
    fieldsets = (TERM, (None, {"fields": ["treatment", "phase", "days", "text", "statements"]}))
    fetched_with = ("treatment",)


@admin.register(ConsentText)
class ConsentTextAdmin(StatedAdmin):
    list_display = ("name", "treatment", "language", "version", "approved", "evidence", "active")
    list_filter = ("treatment", "language", "approved", "active")
    search_fields = ("code", "name", "title", "body", "risks", "alternatives")
    fieldsets = (
        TERM,
        (None, {"fields": ["treatment", "language", "version", "approved", "witness"]}),
        (
            _("What the patient reads"),
            {"fields": ["title", "body", "risks", "alternatives", "declaration"]},
        ),
        (None, {"fields": ["statements"]}),
    )
    fetched_with = ("treatment",)


class ComparisonEntryInline(LineInline):
    model = ComparisonEntry
    fields = ("treatment", "text", "statements")


@admin.register(ComparisonAspect)
class ComparisonAspectAdmin(TermAdmin):
    list_display = ("name", "code", "compared", "active")
    search_fields = ("code", "name", "entries__text")
    fieldsets = (TERM,)
    inlines = (ComparisonEntryInline,)
    fetched = ("entries__treatment",)

    @admin.display(description=_("treatments compared"))
    def compared(self, aspect: ComparisonAspect) -> str:
        return names_of(entry.treatment for entry in aspect.entries.all())
