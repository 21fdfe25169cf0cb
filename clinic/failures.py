"""What is said when a request fails: a page to a person, JSON to a program."""

from collections.abc import Iterable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.translation import gettext as _

from clinic.parsers import shown

_NEVER_SHOWN = ("password", "csrf", "version")


def is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def fault(path: str, code: str, message: str, *, status: int) -> HttpResponse:
    """A refusal in the API's shape, where no view of the API was reached."""
    errors = [{"path": path, "code": code, "message": message}]
    return JsonResponse({"errors": errors}, status=status)


def typed_in(request: HttpRequest) -> list[tuple[str, str]]:
    """What somebody typed into a form, to be shown and copied: nothing of it is lost."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if value.strip() and not any(part in name.lower() for part in _NEVER_SHOWN)
    ]


def unstorable(request: HttpRequest, names: Iterable[str]) -> HttpResponse:
    """Characters that no database could keep, in the parameters or fields of these names."""
    if is_api(request):
        message = _("This text holds characters that cannot be stored.")
        errors = [{"path": shown(name), "code": "unstorable", "message": message} for name in names]
        return JsonResponse({"errors": errors}, status=400)
    typed = typed_in(request) if request.method == "POST" else []
    return render(request, "400_text.html", {"typed": typed}, status=400)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler of what cannot be read, also before there is a session or a user."""
    if not is_api(request):
        return HttpResponse(get_template("400.html").render(), status=400)
    if isinstance(exception, DisallowedHost):
        message = _("This site does not answer to that name.")
        return fault("Host", "unknown_host", message, status=400)
    return fault("", "malformed", _("The request cannot be read."), status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler of our own faults. It needs nothing that could be what is broken."""
    if is_api(request):
        return fault("", "error", _("Something went wrong on our side."), status=500)
    return HttpResponse(get_template("500.html").render(), status=500)
