"""What every request goes through besides Django's own middleware."""

import time
import uuid
from collections.abc import Callable
from urllib.parse import unquote_plus
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clinic import audit
from clinic.digits import LOCAL, local_digits_in_markup
from clinic.logs import request_id
from clinic.models import User
from clinic.scoping import SESSION_KEY, active_membership, clinic_scope
from clinic.text import is_storable
from clinic.views import csrf_failure

Answer = Callable[[HttpRequest], HttpResponse]
SEEN = "seen"
SEEN_EVERY_SECONDS = 60


def is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


class RequestIdMiddleware:
    """Give each request an id that logs, audit events and the answer share."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = request_id.set(str(uuid.uuid4()))
        channel = "rest" if is_api(request) else "browser"
        try:
            with audit.coming_from(audit.Origin(channel=channel)):
                response = self.get_response(request)
            response["X-Request-ID"] = request_id.get()
            return response
        finally:
            request_id.reset(token)


class RejectBadInputMiddleware:
    """Refuse paths, query strings and forms with characters that a database cannot hold."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        texts = [request.path, unquote_plus(query, errors="surrogateescape")]
        if not all(is_storable(text) for text in texts):
            return self.refuse(request)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        """Forms are read here, after the size limits of the request have been applied."""
        if request.method != "POST" or is_api(request):
            return None
        texts = [text for name, values in request.POST.lists() for text in (name, *values)]
        return None if all(is_storable(text) for text in texts) else self.refuse(request)

    def refuse(self, request: HttpRequest) -> HttpResponse:
        message = _("The request holds characters that cannot be stored.")
        if is_api(request):
            fault = {"path": "", "code": "unstorable", "message": message}
            return JsonResponse({"errors": [fault]}, status=400)
        return HttpResponse(message, status=400, content_type="text/plain; charset=utf-8")


class LocalDigitsMiddleware:
    """Pages show the digits of their language, wherever their numbers came from."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        kind = response.headers.get("Content-Type", "")
        if get_language() in LOCAL and kind.startswith("text/html") and not response.streaming:
            response.content = local_digits_in_markup(response.content.decode())
        return response


class IdleTimeoutMiddleware:
    """End a session that nobody used for a while. Background calls do not count as use."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            seen = request.session.get(SEEN, now)
            if now - seen > settings.SESSION_IDLE_SECONDS:
                logout(request)
                return self.ended(request)
            passive = request.headers.get("X-Background") == "true"
            if SEEN not in request.session or (now - seen >= SEEN_EVERY_SECONDS and not passive):
                request.session[SEEN] = now
        return self.get_response(request)

    def ended(self, request: HttpRequest) -> HttpResponse:
        """Lead to the login; a form that was being sent is shown once more, to copy from."""
        if is_api(request):
            fault = {"path": "", "code": "not_authenticated", "message": _("The session ended.")}
            return JsonResponse({"errors": [fault]}, status=401)
        if request.method == "POST" and "HX-Request" not in request.headers:
            return csrf_failure(request)
        return redirect(f"{reverse('login')}?ended=yes")


class ClinicMiddleware:
    """Find the membership that the request speaks for and open that clinic's rows, no others.

    Pages tell the time of the clinic; the API tells UTC.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        membership = None
        if isinstance(request.user, User):
            membership = active_membership(request.user, clinic=request.session.get(SESSION_KEY))
            audit.narrow(actor=request.user.pk, actor_name=request.user.get_username())
        request.membership = membership  # type: ignore[attr-defined]
        if membership:
            audit.narrow(clinic=membership.clinic_id)
        zone = None if membership is None or is_api(request) else membership.clinic.timezone
        with (
            clinic_scope(membership.clinic if membership else None),
            timezone.override(ZoneInfo(zone or settings.TIME_ZONE)),
        ):
            return self.get_response(request)


class NoStoreMiddleware:
    """Keep pages with somebody's data out of every cache."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store, private"
        return response
