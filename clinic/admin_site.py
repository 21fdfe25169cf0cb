from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clinic.admin_shelves import shelved
from clinic.permissions import allowed
from clinic.roles import Action

DOORS = (Action.EDIT_CATALOGUE, Action.MANAGE_MEMBERS, Action.VIEW_AUDIT)


class ConsiliumAdminSite(AdminSite):
    """The admin, open to roles that curate, manage or audit. It has no login form of its own."""

    site_header = _("Consilium administration")
    site_title = _("Consilium")
    index_title = _("What staff curate")

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and any(allowed(request, door) for door in DOORS)

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """By what is done there; the page of one app stays Django's own."""
        apps: list[dict[str, Any]] = super().get_app_list(request, app_label)
        return apps if app_label else shelved(apps, address=reverse("admin:index"))

    def login(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """Send strangers to the one login page, which counts failures and locks. Who is logged
        in already has no door here; the login page would send them back at once."""
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))
