"""What suits which concern, in how many sessions, and how treatments go together."""

from typing import Any, ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from treatments.admin.conflicts import ShowsConflicts
from treatments.admin.filters import presence
from treatments.admin.rows import CatalogueAdmin, TermAdmin, missing_mark, names_of
from treatments.admin.vocabulary import TERM
from treatments.models import (
    Adjunct,
    Combination,
    EngineParameter,
    Notice,
    Protocol,
    Suitability,
    Variant,
)

BASED = presence("rules", _("based on a rule"), "rules", none=_("On none"), some=_("On a rule"))


def codes_of(rules: Any) -> str:
    return names_of(rule.code for rule in rules) if rules else missing_mark(_("no rule"))


class BasedAdmin(ShowsConflicts, TermAdmin):  # type: ignore[misc]
    """A term that rests on rules."""

    fetched: ClassVar[Any] = ("rules",)

    @admin.display(description=_("based on"))
    def basis(self, row: Any) -> str:
        return codes_of(row.rules.all())


@admin.register(Suitability)
class SuitabilityAdmin(CatalogueAdmin):
    list_display = ("concern", "treatment", "rating", "formula", "evidence", "active")
    list_display_links = ("concern", "treatment")
    list_filter = (
        presence("statement", _("statement"), "statements", none=_("Without"), some=_("With")),
        "treatment",
        "rating",
        ("formula", admin.RelatedOnlyFieldListFilter),
        "active",
    )
    search_fields = ("concern__name", "concern__code", "treatment__name", "formula__name")
    fetched = ("statements",)
    fetched_with = ("concern", "treatment", "formula")
    fields = ("concern", "treatment", "rating", "formula", "statements", "active")

    @admin.display(description=_("statements"))
    def evidence(self, row: Suitability) -> str:
        rows = row.statements.all()
        return names_of(r.code for r in rows) if rows else missing_mark(_("no statement"))


@admin.register(Protocol)
class ProtocolAdmin(BasedAdmin):
    list_display = ("name", "treatment", "used_for", "sessions", "interval", "basis", "active")
    list_filter = (BASED, "treatment", "active")
    search_fields = ("code", "name", "concerns__name", "rules__code")
    fieldsets = (
        TERM,
        (
            None,
            {
                "fields": ["treatment", "concerns"],
                "description": _("Without concerns it is the treatment's standard protocol."),
            },
        ),
        (_("Sessions"), {"fields": [("planned", "optional")]}),
        (
            _("Days between sessions"),
            {"fields": [("interval_days", "min_interval_days", "max_interval_days")]},
        ),
        (_("Afterwards"), {"fields": [("maintenance_days", "review_days")]}),
        (None, {"fields": ["rules"]}),
    )
    fetched = ("rules", "concerns")
    fetched_with = ("treatment",)

    @admin.display(description=_("used for"))
    def used_for(self, protocol: Protocol) -> str:
        return names_of(protocol.concerns.all(), none=str(_("all other concerns")))

    @admin.display(description=_("sessions"))
    def sessions(self, protocol: Protocol) -> str:
        extra = f" + {protocol.optional}" if protocol.optional else ""
        return f"{protocol.planned}{extra}"

    @admin.display(description=_("days between"))
    def interval(self, protocol: Protocol) -> str:
        low, high = protocol.min_interval_days, protocol.max_interval_days
        return f"{protocol.interval_days} ({low}-{high})"


@admin.register(Combination)
class CombinationAdmin(ShowsConflicts, CatalogueAdmin):  # type: ignore[misc]
    list_display = ("mode", "lead", "follow", "gap_days", "visit_days", "performer", "basis")
    list_filter = (BASED, "performer")
    search_fields = ("lead__name", "follow__name", "rules__code")
    fetched = ("rules",)
    fetched_with = ("lead", "follow", "performer")
    fieldsets = (
        (None, {"fields": ["mode", "lead", "follow", "position"]}),
        (_("Separate sessions"), {"fields": ["gap_days"]}),
        (_("Same session"), {"fields": ["visit_days", ("lead_every", "follow_every")]}),
        (_("Who performs it"), {"fields": ["performer", "warning"]}),
        (None, {"fields": ["rules"]}),
    )

    @admin.display(description=_("based on"))
    def basis(self, row: Combination) -> str:
        return codes_of(row.rules.all())


@admin.register(Variant)
class VariantAdmin(BasedAdmin):
    list_display = ("name", "treatment", "preference", "area", "blocked_by", "basis", "active")
    list_filter = (BASED, "treatment", "active")
    fieldsets = (
        TERM,
        (None, {"fields": ["treatment", "preference", "area", "blocked_by", "rules"]}),
    )
    fetched_with = ("treatment", "area", "blocked_by")


@admin.register(Adjunct)
class AdjunctAdmin(BasedAdmin):
    list_display = ("name", "concern", "treatment", "basis", "active")
    list_filter = (BASED, "treatment", "active")
    search_fields = ("code", "name", "text", "concern__name")
    fieldsets = (TERM, (None, {"fields": ["concern", "treatment", "text", "rules"]}))
    fetched_with = ("concern", "treatment")


@admin.register(Notice)
class NoticeAdmin(TermAdmin):
    list_display = ("name", "treatment", "for_concerns", "in_areas", "rule", "active")
    list_filter = ("treatment", "active")
    search_fields = ("code", "name", "text", "rule__code")
    fieldsets = (
        TERM,
        (
            None,
            {
                "fields": ["text", "treatment", "concerns", "areas", "rule"],
                "description": _("Without concerns or areas it is shown for all of them."),
            },
        ),
    )
    fetched = ("concerns", "areas")
    fetched_with = ("treatment", "rule")

    @admin.display(description=_("concerns"))
    def for_concerns(self, notice: Notice) -> str:
        return names_of(notice.concerns.all(), none=str(_("all")))

    @admin.display(description=_("areas"))
    def in_areas(self, notice: Notice) -> str:
        return names_of(notice.areas.all(), none=str(_("all")))


@admin.register(EngineParameter)
class EngineParameterAdmin(CatalogueAdmin):
    list_display = ("name", "code", "value")
    search_fields = ("code", "name")
    fields = ("code", "name", "value")

    def get_readonly_fields(self, request: Any, obj: Any = None) -> Any:
        """Code reads the number by this name."""
        return ["code"] if obj else []
