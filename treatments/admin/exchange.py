"""The catalogue out of the program and into it: download, upload, look, apply."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic import audit
from clinic.permissions import actor, allowed
from clinic.roles import Action
from clinic.service_admin import ReadOnlyAdmin
from treatments.admin.history import ToldChange, told
from treatments.models import CatalogueChange, CatalogueImport
from treatments.services.downloads import DOWNLOADS, Download
from treatments.services.tables.definitions import TABLES
from treatments.services.trials import apply_kept, keep_trial, try_again
from treatments.services.uploads import check_size, documents_of

MOST_FAULTS: Final = 100
MOST_SHOWN: Final = 300


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("JSON, CSV, XLSX, or a ZIP of CSV files; at most 5 MB."),
    )
    table = forms.ChoiceField(
        label=gettext_lazy("Table"),
        required=False,
        choices=[("", gettext_lazy("As the file is named")), *((name, name) for name in TABLES)],
        help_text=gettext_lazy("For a CSV file only."),
    )

    def clean(self) -> dict[str, Any]:
        """The rows of the file, as ``documents``."""
        data = super().clean() or self.cleaned_data
        file = data.get("file")
        if file is not None:
            check_size(file.name, file.size)
            data["documents"] = documents_of(file.name, file.read(), table=data.get("table", ""))
        return data


@admin.register(CatalogueImport)
class CatalogueImportAdmin(ReadOnlyAdmin):
    view_action = Action.VIEW_CATALOGUE
    list_display = ("name", "tried_at", "tried_by", "added", "changed", "applied_at")
    list_select_related = ("tried_by",)
    search_fields = ("name", "tried_by__username", "tried_by__last_name")
    change_list_template = "admin/treatments/catalogueimport/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        pages = (
            ("export/", self.export_view, "export"),
            ("export/<str:name>", self.download_view, "download"),
            ("import/", self.upload_view, "upload"),
            ("<int:pk>/change/", self.trial_view, "change"),
        )
        view = self.admin_site.admin_view
        own = [
            path(route, view(page), name=f"treatments_catalogueimport_{name}")
            for route, page, name in pages
        ]
        return [*own, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"may_edit": allowed(request, Action.EDIT_CATALOGUE), **(extra_context or {})}
        return super().changelist_view(request, context)

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """What can be downloaded."""
        _check(request)
        context = {"title": _("Export the catalogue"), "tables": list(TABLES)}
        return self._page(request, "export", context)

    def download_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """A file with the rows as they stand now."""
        _check(request)
        if name not in DOWNLOADS:
            raise Http404
        download = DOWNLOADS[name]
        return self.telling(request, lambda: _attached(request, name, download))

    def upload_view(self, request: HttpRequest) -> HttpResponse:
        """Choose a file; what it would change is shown next, and nothing is stored before."""
        _check(request)
        sent = request.method == "POST"
        form = UploadForm(request.POST, request.FILES) if sent else UploadForm()
        if sent and form.is_valid() and (row := self._tried(request, form)):
            return HttpResponseRedirect(self._address("change", row.pk))
        context = {"title": _("Import into the draft"), "form": form, **_faults(form)}
        return self._page(request, "upload", context)

    def _tried(self, request: HttpRequest, form: UploadForm) -> CatalogueImport | None:
        data = form.cleaned_data
        try:
            return keep_trial(data["documents"], name=data["file"].name, by=actor(request))
        except ValidationError as error:
            form.add_error(None, error.messages)
            return None

    def trial_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What a file would change, row by row; from here it is applied."""
        if request.method == "POST":
            _check(request)
        elif not self.has_view_permission(request):
            audit.refused(str(Action.VIEW_CATALOGUE))
            raise PermissionDenied
        row = get_object_or_404(CatalogueImport.objects.select_related("tried_by"), pk=pk)
        if request.method == "POST":
            return self._applied(request, row)
        context = {
            "title": _("What %(file)s would change") % {"file": row.name},
            "trial": row,
            "rows": [_told(change) for change in row.changes[:MOST_SHOWN]],
            "more_rows": max(0, len(row.changes) - MOST_SHOWN),
            "may_apply": allowed(request, Action.EDIT_CATALOGUE)
            and row.applied_at is None
            and row.tried_by_id == actor(request).pk,
        }
        return self._page(request, "trial", context)

    def _applied(self, request: HttpRequest, row: CatalogueImport) -> HttpResponse:
        """Apply it; when the catalogue has moved meanwhile, show anew what would change."""
        by = actor(request)
        try:
            apply_kept(row, by=by)
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
            if getattr(error, "code", None) == "moved":
                return self._shown_again(request, row)
            return HttpResponseRedirect(request.path)
        text = _("Imported into the draft. Rows added: %(added)d, changed: %(changed)d.")
        numbers = {"added": row.added, "changed": row.changed}
        self.message_user(request, text % numbers, messages.SUCCESS)
        return HttpResponseRedirect(self._address("changelist"))

    def _shown_again(self, request: HttpRequest, row: CatalogueImport) -> HttpResponse:
        try:
            again = try_again(row, by=actor(request))
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
            return HttpResponseRedirect(request.path)
        return HttpResponseRedirect(self._address("change", again.pk))

    def _address(self, name: str, *args: object) -> str:
        return reverse(f"admin:treatments_catalogueimport_{name}", args=args)

    def _page(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        shared = {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media}
        template = f"admin/treatments/catalogueimport/{name}.html"
        return TemplateResponse(request, template, {**shared, **context})


def _check(request: HttpRequest) -> None:
    if not allowed(request, Action.EDIT_CATALOGUE):
        audit.refused(str(Action.EDIT_CATALOGUE))
        raise PermissionDenied


def _attached(request: HttpRequest, name: str, download: Download) -> HttpResponse:
    content = download.content()
    audit.record("catalogue-exported", by=actor(request), detail={"file": name})
    return HttpResponse(
        content,
        content_type=download.content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store, private",
        },
    )


def _told(change: Mapping[str, Any]) -> tuple[ToldChange, str]:
    """A change of the trial as the history tells one, and the row that it is a line of."""
    names = ("kind", "model", "values")
    row = CatalogueChange(label=change["row"], **{name: change[name] for name in names})
    return told(row), change["part_of"]


def _faults(form: UploadForm) -> dict[str, Any]:
    """Everything wrong with the file, as far as anybody would read on."""
    faults = list(form.non_field_errors()) if form.is_bound else []
    return {"faults": faults[:MOST_FAULTS], "more_faults": max(0, len(faults) - MOST_FAULTS)}
