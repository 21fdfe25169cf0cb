"""The history of the whole catalogue, also of rows that are gone."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from clinic.roles import Action
from clinic.service_admin import ReadOnlyAdmin
from treatments.admin.history import told
from treatments.models import CatalogueChange


class KindOfRow(admin.SimpleListFilter):
    """By the kind of row, under the name that curators know."""

    title = _("kind of row")
    parameter_name = "of"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        models = apps.get_app_config("treatments").get_models()
        return sorted((model._meta.label_lower, str(model._meta.verbose_name)) for model in models)

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(model=self.value()) if self.value() else queryset


@admin.register(CatalogueChange)
class CatalogueChangeAdmin(ReadOnlyAdmin):
    view_action = Action.VIEW_CATALOGUE
    list_display = ("at", "by", "kind", "kind_of_row", "label", "in_words", "draft")
    list_display_links = ("at", "label")
    list_filter = ("kind", KindOfRow, ("draft", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("by", "draft")
    date_hierarchy = "at"
    search_fields = ("label", "by__username", "by__first_name", "by__last_name", "row")
    fields = ("at", "by", "draft", "kind", "kind_of_row", "label", "in_words")
    readonly_fields = fields

    @admin.display(description=_("kind of row"))
    def kind_of_row(self, change: CatalogueChange) -> str:
        return told(change).kind_of_row

    @admin.display(description=_("old and new values"))
    def in_words(self, change: CatalogueChange) -> str:
        lines = format_html_join(
            "",
            "<li>{}: {} → {}</li>",
            ((n, old or "-", new or "-") for n, old, new in told(change).values),
        )
        return format_html('<ul class="values">{}</ul>', lines)
