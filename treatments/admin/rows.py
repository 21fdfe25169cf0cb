"""What the pages of all catalogue rows share."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, Model, QuerySet
from django.forms import BaseModelForm, HiddenInput, IntegerField, ModelForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from clinic.permissions import actor
from clinic.roles import Action
from clinic.service_admin import RoleGate, ServiceAdmin
from clinic.text import with_commas
from treatments.admin.history import changed_meanwhile, newest_change_of, page_of_changes
from treatments.services import editing
from treatments.services.drafting import check_can_edit, open_draft
from treatments.services.editing import RowEdit
from treatments.services.recording import hold
from treatments.services.wording import linked_fields


class CatalogueGate(RoleGate):
    """Who edits the catalogue edits all of it."""

    view_action = Action.VIEW_CATALOGUE
    add_action = change_action = delete_action = Action.EDIT_CATALOGUE


class Autocompletes:
    """Every reference to another row is a search field."""

    model: type[Model]

    def get_autocomplete_fields(self, request: HttpRequest) -> Sequence[str]:
        names = [
            field.name
            for field in self.model._meta.concrete_fields
            if isinstance(field, ForeignKey)
        ]
        return names + [link.name for link in linked_fields(self.model)]


class LineInline(CatalogueGate, Autocompletes, admin.TabularInline):  # type: ignore[misc]
    """Rows that are part of another row and are edited on its page."""

    extra = 0
    show_change_link = False


class CatalogueForm(ModelForm):
    """A form that says, with everything still typed, why it cannot be stored just now."""

    seen = IntegerField(required=False, widget=HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = newest_change_of(self.instance)

    def clean(self) -> Any:
        data = super().clean()
        check_can_edit(open_draft())
        self._check_seen()
        return data

    def _check_seen(self) -> None:
        """Whoever saved in between is named once; saving again is then a decision."""
        hold(self.instance)  # until this edit is stored, so that nobody comes in between
        newest = newest_change_of(self.instance)
        if newest != self.cleaned_data.get("seen"):
            typed: Any = self.data
            self.data = typed.copy()
            self.data[self.add_prefix("seen")] = newest  # type: ignore[index]  # a copy is mutable
            raise ValidationError(changed_meanwhile(self.instance), code="stale")


class CatalogueAdmin(CatalogueGate, Autocompletes, ServiceAdmin):  # type: ignore[misc]
    """A row with its lines, stored by the editing service; its history in words."""

    fetched: ClassVar[Any] = ()
    fetched_with: ClassVar[Any] = ()
    object_history_template = "admin/catalogue_history.html"
    list_filter: ClassVar[Any] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request).prefetch_related(*self.fetched)
        return rows.select_related(*self.fetched_with) if self.fetched_with else rows

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002
        **kwargs: Any,
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form, CatalogueForm), {})

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:  # noqa: FBT001
        """The row is stored in ``save_related``, with its lists and lines, as one edit."""

    def save_related(
        self,
        request: HttpRequest,
        form: Any,
        formsets: Iterable[Any],
        change: bool,  # noqa: FBT001
    ) -> None:
        lines, removed = [], []
        for formset in formsets:
            formset.save(commit=False)
            removed += formset.deleted_objects
            lines += [edit_of(line) for line in formset.saved_forms]
        editing.save_edit(edit_of(form), by=actor(request), lines=lines, removed=removed)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        editing.delete_row(obj, by=actor(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        editing.delete_rows(queryset, by=actor(request))

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """Name, before anybody confirms, the rows whose lists hold what would go."""
        found, counts, missing, protected = super().get_deleted_objects(objs, request)
        users = [user for row in objs for user in editing.users_of(row)]
        named = [f"{user._meta.verbose_name}: {user}" for user in users]
        return found, counts, missing, [*protected, *named]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who changed what of the row and its lines, with old and new values."""
        row = self.get_object(request, object_id)
        if row is None or not self.has_view_permission(request, row):
            return self.unknown_row(request, object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": _("History of %(row)s") % {"row": row},
            "object": row,
            "opts": self.opts,
            "page": page_of_changes(row, request.GET.get("p")),
            "may_restore": self.has_change_permission(request),
            "module_name": str(self.opts.verbose_name_plural),
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, context)

    def unknown_row(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Django's own answer to an id that names nothing: back to the index, with a message."""
        answer: HttpResponse = self._get_obj_does_not_exist_redirect(  # type: ignore[attr-defined]
            request, self.opts, object_id
        )
        return answer


class TermAdmin(CatalogueAdmin):
    """A coded term: its code is how everything outside the database knows it."""

    list_display: Any = ("name", "code", "active")
    list_filter: ClassVar[Any] = ("active",)
    search_fields: ClassVar[Any] = ("code", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Patients' records and releases hold codes, so a code stays once it is stored."""
        return [*super().get_readonly_fields(request, obj), *(["code"] if obj else [])]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """Search fields of the site's own forms offer what is in use; the list shows all."""
        rows, doubled = super().get_search_results(request, queryset, search_term)
        asked_by_form = request.path.endswith("/autocomplete/")
        has_use = any(field.name == "active" for field in self.model._meta.concrete_fields)
        return (rows.filter(active=True) if asked_by_form and has_use else rows), doubled


def names_of(rows: Iterable[object], *, none: str = "-") -> str:
    """Rows of a list column, with a mark where there are none."""
    return with_commas(str(row) for row in rows) or none


def missing_mark(text: object) -> str:
    """A gap that a curator should see at a glance."""
    return format_html('<strong class="gap">{}</strong>', text)


def edit_of(form: BaseModelForm) -> RowEdit:
    links = {
        link.name: list(form.cleaned_data[link.name])
        for link in linked_fields(type(form.instance))
        if link.name in form.cleaned_data
    }
    return RowEdit(row=form.instance, links=links)
