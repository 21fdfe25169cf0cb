"""Reading a rule while it is typed, and trying it before it is saved. Nothing is stored."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic import audit
from clinic.service_admin import ServiceAdmin
from treatments.admin.fact_fields import FactFields
from treatments.admin.fact_forms import LONGEST_FACTS, MONOSPACED, facts_of_json
from treatments.admin.rows import edit_of
from treatments.admin.rule_typing import typed
from treatments.compiler import NoReleaseInForce, catalogue_of, current_release
from treatments.engine import Catalogue
from treatments.explanations import wording_of
from treatments.explanations.outcomes import compared
from treatments.models import GoldenCase, Rule
from treatments.sentences import rule_sentence, trigger_groups
from treatments.services.cases import working_catalogue
from treatments.services.golden import outcome_of
from treatments.services.rehearsal import rehearse

RULE_FORM = "rule_form"


class TrialForm(forms.Form):
    """Which facts to try: a golden case, fields, or JSON. Sent along with the rule's own form."""

    case = forms.ModelChoiceField(
        GoldenCase.objects.filter(active=True),
        label=gettext_lazy("A golden case"),
        required=False,
        empty_label=gettext_lazy("(choose one, or type facts)"),
    )
    facts = forms.CharField(
        label=gettext_lazy("Facts as JSON"),
        required=False,
        max_length=LONGEST_FACTS,
        widget=forms.Textarea(attrs={**MONOSPACED, "rows": 8}),
        help_text=gettext_lazy("The body of POST /api/v1/evaluate/. When given, they count alone."),
    )

    def __init__(self, data: Any = None, *, catalogue: Catalogue) -> None:
        super().__init__(data, prefix="try")
        self.typed = FactFields(data, catalogue, prefix="try-", of_form=RULE_FORM)
        for field in self.fields.values():
            field.widget.attrs["form"] = RULE_FORM

    def request_for(self, catalogue: Catalogue) -> dict[str, Any]:
        """The facts to try; refused in words when there are none."""
        if not self.is_valid():
            raise ValidationError([text for texts in self.errors.values() for text in texts])
        if text := self.cleaned_data["facts"]:
            return facts_of_json(text, catalogue)
        if self.typed.are_typed():
            if not self.typed.is_valid():
                raise ValidationError(self.typed.faults())
            return self.typed.facts()
        if case := self.cleaned_data["case"]:
            request: dict[str, Any] = case.request
            return request
        raise ValidationError(_("Choose a case or type facts."))


def trial_form() -> TrialForm | None:
    """With the words of the draft, so that a rule can be tried on what only the draft knows."""
    try:
        return TrialForm(catalogue=working_catalogue())
    except ValidationError:
        pass
    try:
        return TrialForm(catalogue=catalogue_of(current_release()))
    except NoReleaseInForce:
        return None


class TrialPages:
    """The two answers that a rule's page asks for while it is edited."""

    opts: Any
    admin_site: Any

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path("sentence/", guard(self.sentence_view), name="treatments_rule_sentence"),
            path("try/", guard(self.try_view), name="treatments_rule_try"),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        rule = context.get("original")
        query = f"?rule={rule.pk}" if rule else ""
        context |= {
            "sentence": rule_sentence(rule) if rule else "",
            "groups": trigger_groups(rule) if rule else [],
            "sentence_url": reverse("admin:treatments_rule_sentence") + query,
            "try_url": reverse("admin:treatments_rule_try") + query,
            "trial": trial_form() if self._may_try(request) else None,
        }
        answer: HttpResponse = super().render_change_form(  # type: ignore[misc]
            request, context, *args, **kwargs
        )
        return answer

    def sentence_view(self, request: HttpRequest) -> HttpResponse:
        """The unsaved form as a sentence, as far as it goes."""
        form, formsets = self._typed_forms(request)
        read = typed(form, formsets)
        return JsonResponse({"sentence": read.sentence, "groups": read.groups, "lines": read.lines})

    def try_view(self, request: HttpRequest) -> HttpResponse:
        """What the catalogue with the unsaved form would answer, beside the release in force."""
        form, formsets = self._typed_forms(request)
        release = current_release()
        context: dict[str, Any] = {"release": release, "opts": self.opts, "title": _("Try it")}
        try:
            draft = self._rehearsed(form, formsets)
            facts = TrialForm(request.POST, catalogue=draft).request_for(draft)
            lines = _beside(catalogue_of(release), draft, facts)
            context["lines"] = lines
            context["differing"] = [line for line in lines if line.changed]
            context["same"] = [line for line in lines if not line.changed]
        except ValidationError as error:
            context["faults"] = error.messages
        alone = request.headers.get("X-Requested-With") == "fetch"
        name = "tried" if alone else "try"
        shared = {} if alone else self.admin_site.each_context(request)
        return TemplateResponse(
            request, f"admin/treatments/rule/{name}.html", {**shared, **context}
        )

    def _may_try(self, request: HttpRequest) -> bool:
        may: Callable[..., bool] = self.has_change_permission  # type: ignore[attr-defined]
        return may(request)

    def _typed_forms(self, request: HttpRequest) -> tuple[Any, Any]:
        """The page's own forms, filled with what was sent and not saved."""
        if not self._may_try(request):
            audit.refused("admin-rule")
            raise PermissionDenied
        if request.method != "POST":
            raise Http404
        rule = self._rule(request)
        made: Any = self
        # Not the form that refuses while a draft is in review: reading and trying store nothing.
        form_class = ServiceAdmin.get_form(made, request, rule, change=rule is not None)
        form = form_class(request.POST, instance=rule)
        form.is_valid()
        formsets, _inlines = made._create_formsets(request, form.instance, change=rule is not None)  # noqa: SLF001
        return form, formsets

    def _rule(self, request: HttpRequest) -> Rule | None:
        key = request.GET.get("rule")
        if not key:
            return None
        rule: Rule | None = self.get_object(request, key)  # type: ignore[attr-defined]
        if rule is None:
            raise Http404
        return rule

    def _rehearsed(self, form: Any, formsets: Any) -> Catalogue:
        valid = [one.is_valid() for one in (form, *formsets)]
        if not all(valid):
            raise ValidationError(
                [_("Not yet: the form has mistakes."), *_mistakes(form, formsets)]
            )
        form.save(commit=False)
        lines, removed = [], []
        for formset in formsets:
            formset.save(commit=False)
            removed += formset.deleted_objects
            lines += [edit_of(line) for line in formset.saved_forms]
        return rehearse(edit_of(form), lines=lines, removed=removed)


def _mistakes(form: Any, formsets: Any) -> list[str]:
    texts = [text for errors in form.errors.values() for text in errors]
    for formset in formsets:
        texts += formset.non_form_errors()
        texts += [text for row in formset.errors for errors in row.values() for text in errors]
    return list(dict.fromkeys(texts))


def _beside(current: Catalogue, draft: Catalogue, facts: dict[str, Any]) -> Any:
    wordings = [wording_of(draft), wording_of(current)]
    return compared(wordings, facts, outcome_of(current, facts), outcome_of(draft, facts))
