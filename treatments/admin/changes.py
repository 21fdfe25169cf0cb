"""The history of the whole catalogue, also of rows that are gone."""

from typing import Any

from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.permissions import actor, allowed
from clinic.roles import Action
from clinic.service_admin import ReadOnlyAdmin
from treatments.admin.history import told
from treatments.models import CatalogueChange
from treatments.services.restoring import newest_change, restore


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
    list_display = ("at", "by", "kind", "kind_of_row", "label", "in_words", "stands_in")
    list_display_links = ("at", "label")
    list_filter = ("kind", KindOfRow, ("draft", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("by", "draft", "restores")
    date_hierarchy = "at"
    search_fields = ("label", "by__username", "by__first_name", "by__last_name", "row")
    fields = ("at", "by", "stands_in", "why", "kind", "kind_of_row", "label", "in_words")
    readonly_fields = fields
    change_form_template = "admin/treatments/cataloguechange/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows: QuerySet = super().get_queryset(request)
        return rows.defer("restores__body")

    def get_urls(self) -> list[URLPattern]:
        back = self.admin_site.admin_view(self.restore_view)
        name = "treatments_cataloguechange_restore"
        return [path("<int:pk>/restore/", back, name=name), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """With the way back to what stood there before."""
        change = context["original"]
        context["told"] = told(change, seen=newest_change(change))
        context["may_restore"] = allowed(request, Action.EDIT_CATALOGUE)
        answer: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return answer

    def restore_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Put one field or the whole row back, as an edit of the draft."""
        if not allowed(request, Action.EDIT_CATALOGUE):
            audit.refused(str(Action.EDIT_CATALOGUE))
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        change = get_object_or_404(CatalogueChange, pk=pk)
        seen, name = request.POST.get("seen", ""), request.POST.get("field", "")
        try:
            row = restore(
                change, by=actor(request), seen=int(seen) if seen.isdecimal() else 0, name=name
            )
        except (ValidationError, IntegrityError) as error:
            self.message_user(request, " ".join(_told(error)), messages.ERROR)
        else:
            text = _("“%(row)s”: what it was stands in the draft again.") % {"row": row}
            self.message_user(request, text, messages.SUCCESS)
        return HttpResponseRedirect(_way_back(change))

    @admin.display(description=_("stands in"))
    def stands_in(self, change: CatalogueChange) -> str:
        """The draft that it is an edit of; or that it is none."""
        if change.restores is not None:
            return gettext("put back to release %(key)s") % {"key": change.restores.key}
        return str(change.draft or "")

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


def _told(error: Exception) -> list[str]:
    if isinstance(error, ValidationError):
        return list(error.messages)
    return [str(_("It does not fit what is stored by now."))]


def _way_back(change: CatalogueChange) -> str:
    """The history of the row, or of the row that the line belongs to, where it has a page."""
    label, key = change.model, change.row
    if change.parent_model:
        label, key = change.parent_model, change.parent_row
    try:
        return reverse(f"admin:{label.replace('.', '_')}_history", args=[key])
    except NoReverseMatch:
        return reverse("admin:treatments_cataloguechange_changelist")
