"""What all admin pages share: roles open them, services write, a refusal is a message."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, IntegrityError, OperationalError
from django.db.models import Field, QuerySet, URLField
from django.db.models.deletion import ProtectedError, RestrictedError
from django.forms import Field as FormField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from clinic import audit
from clinic.permissions import allowed
from clinic.problems import is_busy
from clinic.roles import Action


class RoleGate:
    """Permissions of a page or an inline: the role of the membership that the request speaks for.

    ``None`` as an action means that nobody may.
    """

    view_action: Action | None = None
    add_action: Action | None = None
    change_action: Action | None = None
    delete_action: Action | None = None

    def _may(self, request: HttpRequest, action: Action | None) -> bool:
        return action is not None and allowed(request, action)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.view_action)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.add_action)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.change_action)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.delete_action)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request, self.view_action)

    def formfield_for_dbfield(
        self, db_field: Field, request: HttpRequest | None, **kwargs: Any
    ) -> FormField | None:
        """An address without scheme is https."""
        if isinstance(db_field, URLField):
            kwargs.setdefault("assume_scheme", "https")
        field: FormField | None = super().formfield_for_dbfield(  # type: ignore[misc]
            db_field, request, **kwargs
        )
        return field


class CarefulChangeList(ChangeList):
    """An address that cannot be meant leads back to the list, as Django does for most of them.

    It lets through what only fails when the database is asked, and days beyond the calendar.
    """

    def get_filters(self, request: HttpRequest) -> Any:
        try:
            return super().get_filters(request)
        except (OverflowError, ValueError) as error:
            raise IncorrectLookupParameters(error) from error

    def get_results(self, request: HttpRequest) -> None:
        try:
            super().get_results(request)
        except (OverflowError, ValueError, DataError) as error:
            raise IncorrectLookupParameters(error) from error


class ServiceAdmin(RoleGate, admin.ModelAdmin):
    """Pages whose writes are refused in words: never a 500, and nothing stored by halves."""

    list_per_page = 50
    show_full_result_count = False

    class Media:
        css = {"all": ["admin_extra.css"]}

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        view = super().changeform_view
        return self.telling(request, lambda: view(request, object_id, form_url, extra_context))

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        view = super().delete_view
        return self.telling(request, lambda: view(request, object_id, extra_context))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        view = super().changelist_view
        return self.telling(request, lambda: view(request, extra_context))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return CarefulChangeList

    def response_action(  # type: ignore[override]  # Django calls it with these two alone
        self, request: HttpRequest, queryset: QuerySet
    ) -> HttpResponse | None:
        """Keys that no row can have are as if nothing were chosen."""
        try:
            queryset.filter(pk__in=request.POST.getlist(ACTION_CHECKBOX_NAME))
        except (ValueError, ValidationError):
            sent: Any = request.POST.copy()
            sent.setlist(ACTION_CHECKBOX_NAME, [])
            request.POST = sent
        return super().response_action(request, queryset)

    def telling(self, request: HttpRequest, view: Callable[[], HttpResponse]) -> HttpResponse:
        """The view's answer; when a service or the database refuses, the page again with why."""
        try:
            return view()
        except PermissionDenied:
            audit.refused(f"admin-{self.opts.model_name}")
            raise
        except (ValidationError, ProtectedError, RestrictedError, IntegrityError) as error:
            if request.method != "POST":
                raise
            self.message_user(request, _reason(error), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        except OperationalError as error:
            if request.method != "POST" or not is_busy(error):
                raise
            text = _("Somebody else is writing this now. Nothing was stored; try again.")
            self.message_user(request, text, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())


class ReadOnlyAdmin(ServiceAdmin):
    """Rows to look at: nothing is added, changed or deleted here."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    if isinstance(error, ProtectedError | RestrictedError):
        return _("Nothing was stored: other rows use this one. Take it out of use instead.")
    return _("Nothing was stored: it does not fit what is stored by now. Look again and retry.")
