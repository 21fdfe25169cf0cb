"""The password asked once more, where something is signed.

Asked of the log-in itself, so that guessing here counts towards its lock-out, too. Nothing of it is
written inside a transaction that could be rolled back: a wrong password stays counted.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, cast

from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
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
