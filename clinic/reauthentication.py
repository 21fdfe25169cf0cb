"""The password asked once more, where something is signed or put in force.

Asked of the log-in itself, so that guessing here counts towards its lock-out, too. Nothing of it is
written inside a transaction that could be rolled back: a wrong password stays counted.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, cast

from django import forms
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.request import Request

from clinic import audit
from clinic.permissions import actor
from clinic.problems import refusal
from clinic.serializers import StrictCharField, StrictSerializer

P = ParamSpec("P")
LONGEST: Final = 128
Handler = Callable[Concatenate[Any, Request, P], HttpResponse]


class PasswordSerializer(StrictSerializer):
    password = StrictCharField(
        write_only=True,
        trim_whitespace=False,
        max_length=LONGEST,
        help_text="Of the person whose token or session it is: it stands for the signature.",
    )


def is_own_password(request: HttpRequest, password: str) -> bool:
    """A wrong one is audited; after too many the log-in itself is locked for a while."""
    user = authenticate(request, username=actor(request).get_username(), password=password)
    if user == actor(request):
        return True
    audit.refused("signature-password")
    return False


def own_password() -> forms.CharField:
    """The field in which a page asks for it."""
    return forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        max_length=LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=gettext_lazy("It stands for your signature."),
    )


def is_confirmed(request: HttpRequest, form: forms.Form) -> bool:
    """Of a form that is valid: whether it holds the person's own password; if not, it says so."""
    if is_own_password(request, form.cleaned_data["password"]):
        return True
    form.add_error("password", _("This is not your password."))
    return False


def reauthenticated(handler: Handler[P]) -> Handler[P]:
    """Decorate what a program signs, outside of ``idempotent``: its body holds the password."""

    @wraps(handler)
    def guarded(view: Any, request: Request, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        password = view.body().get("password")
        serializer = PasswordSerializer(data={} if password is None else {"password": password})
        serializer.is_valid(raise_exception=True)
        plain = request._request  # noqa: SLF001 - the wrapped request
        if not is_own_password(plain, serializer.validated_data["password"]):
            if getattr(plain, "axes_locked_out", False):
                vars(plain)["axes_locked_out"] = False  # the answer is ours, not the log-in page's
                message = _("Too many wrong passwords. Try again later.")
                raise refusal("locked", message, status_code=429)
            message = _("This is not your password.")
            raise refusal("password", message, status_code=400, path="password")
        return handler(view, request, *args, **kwargs)

    guarded.asks_password = True  # type: ignore[attr-defined]
    return cast("Handler[P]", guarded)
