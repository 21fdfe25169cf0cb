"""Releases: what was frozen when by whom, which one is in force, and making the next one."""

import json
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic import audit
from clinic.permissions import actor, allowed
from clinic.roles import Action
from clinic.service_admin import ReadOnlyAdmin
from treatments.models import CatalogueChange, Release, ReleaseActivation
from treatments.models.releases import validate_release_key
from treatments.services.releases import activate_release, publish_release


class PublishForm(forms.Form):
    key = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=12,
        validators=[validate_release_key],
        help_text=gettext_lazy("A year and a number, for example “2026.2”."),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
        help_text=gettext_lazy("What changed, for whoever reads the list of releases."),
    )


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    view_action = Action.VIEW_CATALOGUE
    list_display = (
        "key",
        "is_current",
        "in_force_since",
        "published_at",
        "published_by",
        "short_digest",
        "note",
    )
    list_select_related = ("published_by",)
    search_fields = ("key", "digest", "note")
    actions = ("make_current",)
    change_list_template = "admin/treatments/release/change_list.html"
    fields = (
        "key",
        "is_current",
        "in_force_since",
        "published_at",
        "published_by",
        "digest",
        "holds",
        "note",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Without the document, which only the page of one release opens."""
        current = ReleaseActivation.objects.in_force().values("release")[:1]
        rows: QuerySet = super().get_queryset(request).annotate(current=Subquery(current))
        return rows.defer("body").prefetch_related("activations")

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.publish_view)
        return [
            path("publish/", page, name="treatments_release_publish"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"may_publish": self.has_publish_permission(request), **(extra_context or {})}
        return super().changelist_view(request, context)

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return allowed(request, Action.PUBLISH_RELEASE)

    def publish_view(self, request: HttpRequest) -> HttpResponse:
        """Freeze the catalogue as it stands; what it still lacks is listed on the page."""
        if not self.has_publish_permission(request):
            audit.refused(str(Action.PUBLISH_RELEASE))
            raise PermissionDenied
        form = PublishForm(request.POST or None, initial={"key": next_key()})
        if request.method == "POST" and form.is_valid() and self._publish(request, form):
            return HttpResponseRedirect(reverse("admin:treatments_release_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Publish the catalogue as it stands"),
            "opts": self.opts,
            "form": form,
            "media": self.media,
            "changes": changes_since_release()[:20],
            "changes_total": changes_since_release().count(),
        }
        return TemplateResponse(request, "admin/treatments/release/publish.html", context)

    def _publish(self, request: HttpRequest, form: PublishForm) -> bool:
        data = form.cleaned_data
        try:
            release = publish_release(data["key"], by=actor(request), note=data["note"])
        except ValidationError as error:
            for text in error.messages:
                form.add_error(None, text)
            return False
        text = _("Release %(key)s is published and in force.") % {"key": release.key}
        self.message_user(request, text, messages.SUCCESS)
        return True

    @admin.action(
        permissions=["publish"], description=gettext_lazy("Make the chosen release current again")
    )
    def make_current(self, request: HttpRequest, queryset: QuerySet) -> None:
        releases = list(queryset)
        if len(releases) != 1:
            self.message_user(request, _("Choose exactly one release."), messages.ERROR)
            return
        activate_release(releases[0], by=actor(request))
        text = _("Release %(key)s is in force again.") % {"key": releases[0].key}
        self.message_user(request, text, messages.SUCCESS)

    @admin.display(description=gettext_lazy("current"), boolean=True)
    def is_current(self, release: Any) -> bool:
        return bool(release.pk == release.current)

    @admin.display(description=gettext_lazy("last in force from"))
    def in_force_since(self, release: Release) -> Any:
        now = timezone.now()
        moments = [row.effective_at for row in release.activations.all()]
        return max((moment for moment in moments if moment <= now), default=None)

    @admin.display(description=gettext_lazy("digest"))
    def short_digest(self, release: Release) -> str:
        return f"{release.digest[:19]}…"

    @admin.display(description=gettext_lazy("holds"))
    def holds(self, release: Release) -> str:
        """How many rows of each kind were frozen."""
        document = json.loads(release.body)
        parts = [f"{name}: {len(rows)}" for name, rows in document.items() if _counts(rows)]
        return ", ".join(sorted(parts))


def _counts(rows: object) -> bool:
    return isinstance(rows, list | dict)


def next_key() -> str:
    """The year and the next number in it, as a suggestion."""
    year = timezone.localdate().year
    keys = Release.objects.filter(key__startswith=f"{year}.").values_list("key", flat=True)
    return f"{year}.{max((int(key.split('.')[1]) for key in keys), default=0) + 1}"


def changes_since_release() -> QuerySet[CatalogueChange]:
    """What curators changed since the newest release was published."""
    newest = Release.objects.order_by("-published_at", "-pk").first()
    changes = CatalogueChange.objects.select_related("by")
    return changes.filter(at__gt=newest.published_at) if newest else changes
