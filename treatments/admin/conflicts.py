"""Where sources disagree: the sides beside each other, and on every page that uses the number."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from treatments.admin.rule_forms import kept_rows
from treatments.enums import Principle
from treatments.models import Conflict, ConflictSide, Rule, Statement
from treatments.policies import faults_of_conflict
from treatments.services.disagreeing import shapes_of


def conflicts_on(rules: Iterable[Rule], statements: Iterable[Statement] = ()) -> QuerySet[Conflict]:
    """Conflicts that name one of the rules, or in which one of the statements is a side."""
    mine = Q(rules__in=list(rules)) | Q(sides__statement__in=list(statements))
    return whole(Conflict.objects.filter(mine).distinct().order_by("pk"))


def whole_conflict(conflict: Conflict) -> Conflict:
    """The conflict with all that is shown of its sides."""
    return whole(Conflict.objects.all()).get(pk=conflict.pk)


def whole(conflicts: QuerySet[Conflict]) -> QuerySet[Conflict]:
    return conflicts.prefetch_related("sides__statement__citations__source", "rules")


class SideLines(forms.BaseInlineFormSet):
    """The sides together, held against the principle that the form names."""

    def clean(self) -> None:
        super().clean()
        principle = getattr(self.instance, "principle", "")
        if any(self.errors) or principle not in Principle.values:
            return
        sides = shapes_of([row for row in kept_rows(self) if isinstance(row, ConflictSide)])
        texts: list[Any] = list(faults_of_conflict(principle, sides))
        if texts:
            raise ValidationError([ValidationError(text) for text in texts])


class ShowsConflicts:
    """A page whose numbers rest on rules shows where the sources of those rules disagree."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)  # type: ignore[misc]
        return [*fields, *(["disagreements"] if obj else [])]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = super().get_fieldsets(request, obj)  # type: ignore[misc]
        extra = (_("Where sources disagree"), {"fields": ["disagreements"]})
        return [*shown, *([extra] if obj else [])]

    def rules_of(self, row: Any) -> Iterable[Rule]:
        """The rules that the row rests on."""
        rules: Iterable[Rule] = row.rules.all()
        return rules

    def statements_of(self, row: Any) -> Iterable[Statement]:
        return ()

    @admin.display(description=_("both sides"))
    def disagreements(self, row: Any) -> str:
        found = conflicts_on(self.rules_of(row), self.statements_of(row))
        return render_to_string("admin/treatments/conflict/all.html", {"conflicts": found})
