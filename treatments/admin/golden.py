"""Golden cases: what the catalogue must still answer, whatever is edited."""

import json
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic import audit
from clinic.permissions import actor, allowed
from clinic.roles import Action
from clinic.service_admin import ServiceAdmin
from treatments.admin.fact_fields import FactForms
from treatments.admin.history import page_of_changes
from treatments.compiler import catalogue_of, current_release
from treatments.engine import Catalogue
from treatments.explanations import wording_of
from treatments.explanations.outcomes import Compared, compared
from treatments.models import GoldenCase
from treatments.services import cases as services
from treatments.services.drafting import open_draft
from treatments.services.golden import Outcome, add_case, outcomes_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A case as it comes out now, line by line beside what it expects."""

    outcome: Outcome
    lines: tuple[Compared, ...]

    @property
    def changed_lines(self) -> tuple[Compared, ...]:
        return tuple(line for line in self.lines if line.changed)


@admin.register(GoldenCase)
class GoldenCaseAdmin(ServiceAdmin):
    view_action = Action.VIEW_CATALOGUE
    add_action = change_action = Action.EDIT_CATALOGUE
    list_display = ("code", "title", "active", "created_at", "created_by")
    list_display_links = ("code", "title")
    list_filter = ("active",)
    list_select_related = ("created_by",)
    search_fields = ("code", "title", "note")
    actions = ("run_chosen", "retire", "take_into_use")
    object_history_template = "admin/catalogue_history.html"
    change_list_template = "admin/treatments/goldencase/change_list.html"
    change_form_template = "admin/treatments/goldencase/change_form.html"
    fields = ("code", "title", "note", "active", "created_at", "created_by", "outcome", "facts")
    readonly_fields = ("code", "active", "created_at", "created_by", "outcome", "facts")

    def get_urls(self) -> list[URLPattern]:
        run = self.admin_site.admin_view(self.run_view)
        return [path("run/", run, name="treatments_goldencase_run"), *super().get_urls()]

    def has_edit_permission(self, request: HttpRequest) -> bool:
        return allowed(request, Action.EDIT_CATALOGUE)

    @admin.display(description=gettext_lazy("expected outcome"))
    def outcome(self, case: GoldenCase) -> str:
        current = catalogue_of(current_release())
        lines = compared([wording_of(current)], case.request, case.expected, case.expected)
        return render_to_string("admin/treatments/outcome.html", {"lines": lines})

    @admin.display(description=gettext_lazy("facts"))
    def facts(self, case: GoldenCase) -> str:
        text = json.dumps(case.request, indent=2, ensure_ascii=False)
        return format_html('<pre class="code-text">{}</pre>', text)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Its own page: facts are lists of rows, and what they give is never typed."""
        return self.telling(request, lambda: self._add(request))

    def _add(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        release = current_release()
        forms = FactForms(request.POST or None, catalogue_of(release))
        if request.method == "POST" and (facts := forms.sound_facts()) is not None:
            case = self._stored(request, forms, facts)
            if case is not None:
                return HttpResponseRedirect(_page(case))
        context = {
            "title": _("Add a golden case"),
            "forms": forms,
            "release": release,
            "failed": request.method == "POST",
            "media": self.media,
        }
        return self._page(request, "admin/treatments/goldencase/add.html", context)

    def _stored(self, request: HttpRequest, forms: FactForms, facts: Any) -> GoldenCase | None:
        data = forms.case.cleaned_data
        try:
            case = add_case(
                code=data["code"],
                title=data["title"],
                note=data["note"],
                request=facts,
                by=actor(request),
            )
        except ValidationError as error:
            forms.case.add_error(None, ValidationError(error.messages))
            return None
        text = _("“%(case)s” is kept. What it expects stands below.") % {"case": case}
        self.message_user(request, text, messages.SUCCESS)
        return case

    def save_model(self, request: HttpRequest, obj: GoldenCase, form: Any, change: bool) -> None:  # noqa: FBT001
        services.describe_case(obj, by=actor(request), title=obj.title, note=obj.note)

    def run_view(self, request: HttpRequest) -> HttpResponse:
        """Every case in use, or the ones named, on the rows as they stand. Stores nothing."""
        if not self.has_view_permission(request):
            audit.refused("admin-goldencase")
            raise PermissionDenied
        rows = GoldenCase.objects.all()
        codes = request.GET.getlist("case")
        rows = rows.filter(code__in=codes) if codes else rows.filter(active=True)
        runs, faults = _runs(rows)
        context = {
            "title": _("Golden cases on the catalogue as it stands"),
            "runs": runs,
            "changed": [run for run in runs if run.outcome.changed],
            "unsettled": sum(not run.outcome.settled for run in runs),
            "faults": faults,
            "chosen": bool(codes),
            "draft": open_draft(),
            "media": self.media,
        }
        return self._page(request, "admin/treatments/goldencase/run.html", context)

    @admin.action(description=gettext_lazy("Run the chosen cases now"))
    def run_chosen(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        query = "&".join(f"case={code}" for code in queryset.values_list("code", flat=True))
        return HttpResponseRedirect(f"{reverse('admin:treatments_goldencase_run')}?{query}")

    @admin.action(permissions=["edit"], description=gettext_lazy("Take out of use"))
    def retire(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._apply(request, queryset, services.retire_case, _("out of use"))

    @admin.action(permissions=["edit"], description=gettext_lazy("Take into use again"))
    def take_into_use(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._apply(request, queryset, services.return_case, _("in use"))

    def _apply(self, request: HttpRequest, rows: QuerySet, service: Any, done: str) -> None:
        """One by one: what one case refuses is told and keeps no other back."""
        for case in rows:
            try:
                service(case, by=actor(request))
            except ValidationError as error:
                self.message_user(request, f"{case.code}: {' '.join(error.messages)}", "error")
            else:
                self.message_user(request, f"{case.code}: {done}", messages.SUCCESS)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        case = self.get_object(request, object_id)
        if case is None or not self.has_view_permission(request, case):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined, no-any-return]
        context = {
            "title": _("History of %(row)s") % {"row": case},
            "object": case,
            "page": page_of_changes(case, request.GET.get("p")),
            "module_name": str(self.opts.verbose_name_plural),
        }
        return self._page(request, "admin/catalogue_history.html", context)

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        shared = {**self.admin_site.each_context(request), "opts": self.opts}
        return TemplateResponse(request, template, {**shared, **context})


def _page(case: GoldenCase) -> str:
    return reverse("admin:treatments_goldencase_change", args=[case.pk])


def _runs(rows: QuerySet[GoldenCase]) -> tuple[list[Run], list[str]]:
    """The cases as they come out now; or why nothing can be evaluated at the moment."""
    try:
        catalogue = services.working_catalogue()
    except ValidationError as error:
        return [], list(error.messages)
    current = catalogue_of(current_release())
    outcomes = outcomes_of(rows, catalogue, draft=open_draft())
    return [_run(outcome, catalogue, current) for outcome in outcomes], []


def _run(outcome: Outcome, catalogue: Catalogue, current: Catalogue) -> Run:
    wordings = [wording_of(catalogue), wording_of(current)]
    case = outcome.case
    lines = compared(wordings, case.request, case.expected, outcome.got) if outcome.changed else ()
    return Run(outcome=outcome, lines=lines)
