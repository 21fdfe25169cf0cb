"""May this request do that? One question for views, API, admin and template buttons."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from clinic import audit
from clinic.models import Membership, User
from clinic.roles import Action, allows
from clinic.scoping import membership_of

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def actor(request: HttpRequest) -> User:
    """The person behind an authenticated request."""
    return cast("User", request.user)


def allowed(request: HttpRequest, action: Action) -> bool:
    """True when the role of the request's membership holds the action."""
    membership = membership_of(request)
    return membership is not None and allows(membership.role, action)


def require(action: Action) -> Callable[[View[P]], View[P]]:
    """Decorate a view with the action it needs. Refusals are audited."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not allowed(request, action):
                audit.refused(str(action))
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.required_action = action  # type: ignore[attr-defined]
        return cast("View[P]", guarded)

    return decorate


class ActionPermission(BasePermission):
    """REST: each view names the action of each of its methods in ``required_actions``.

    A method that is not named there is refused.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return False
        key = getattr(view, "action", None) or request.method.lower()  # type: ignore[union-attr]
        action = view.required_actions.get(key) or view.required_actions.get("*")
        if action is None or not allowed(cast("HttpRequest", request), action):
            audit.refused(str(action or key))
            return False
        if request.method not in {"GET", "HEAD"} and not _writes(request.auth, view):
            audit.refused(str(action))
            return False
        return True


def _writes(token: Any, view: Any) -> bool:
    """A read-only token may still call what stores nothing."""
    return token is None or token.access == "write" or getattr(view, "stores_nothing", False)


class MembershipBackend(ModelBackend):
    """Django's permissions, answered from the role instead of from tables of permissions.

    The admin asks these: catalogue rows for curators, people for administrators, the rest closed.
    """

    def _memberships(self, user: User) -> list[Membership]:
        if not user.is_active or user.is_anonymous:
            return []
        if not hasattr(user, "_active_memberships"):
            rows = list(Membership.objects.filter(user=user, is_active=True))
            user._active_memberships = rows  # type: ignore[attr-defined]  # noqa: SLF001
        return cast("list[Membership]", user._active_memberships)  # type: ignore[attr-defined]  # noqa: SLF001

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        app, _, name = perm.partition(".")
        verb = name.partition("_")[0]
        action = _ADMIN_ACTIONS.get((app, "view" if verb == "view" else "edit"))
        return action is not None and any(
            allows(row.role, action) for row in self._memberships(user_obj)
        )

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return self.has_perm(user_obj, f"{app_label}.view_any")


_ADMIN_ACTIONS = {
    ("treatments", "view"): Action.VIEW_CATALOGUE,
    ("treatments", "edit"): Action.EDIT_CATALOGUE,
    ("clinic", "view"): Action.MANAGE_MEMBERS,
    ("clinic", "edit"): Action.MANAGE_MEMBERS,
    ("consultations", "view"): Action.VIEW_CONSULTATION,
}
