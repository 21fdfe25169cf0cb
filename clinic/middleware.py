"""What every request goes through besides Django's own middleware."""

import time
import uuid
from collections.abc import Callable, Iterable
from urllib.parse import parse_qsl, unquote_plus, urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clinic import audit
from clinic.digits import LOCAL, local_digits_in_markup
from clinic.failures import fault, is_api, unstorable
from clinic.logs import request_id
from clinic.models import User
from clinic.scoping import SESSION_KEY, active_membership, clinic_scope
from clinic.text import is_storable, without_direction_marks
from clinic.views import csrf_failure

Answer = Callable[[HttpRequest], HttpResponse]
BEGUN, SEEN = "begun", "seen"
SEEN_EVERY_SECONDS = 60
SEARCHES = {"q", "search"}


class HeadMiddleware:
    """Send no body where none is asked for: the server would warn of it at each hit."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "HEAD" and not response.streaming:
            response.headers.setdefault("Content-Length", str(len(response.content)))
            response.content = b""
        return response


class RequestIdMiddleware:
    """Give each request an id that logs, audit events and the answer share."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = request_id.set(str(uuid.uuid4()))
        request.id = request_id.get()  # type: ignore[attr-defined]  # for what is logged later
        channel = "rest" if is_api(request) else "browser"
        try:
            with audit.coming_from(audit.Origin(channel=channel)):
                response = self.get_response(request)
            response["X-Request-ID"] = request_id.get()
            return response
        finally:
            request_id.reset(token)


class RejectBadInputMiddleware:
    """Refuse addresses, query strings and forms with characters that a database cannot hold.

    People are told on a page, so their requests are looked at once their language is known; views
    whose forms tell it at the field (``checks_own_text``) are left to it.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.get_host()  # an unknown name is refused before a session is looked for
        clean_search(request)
        if is_api(request) and (names := bad_parameters(request)):
            return unstorable(request, names)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        """Forms are read here, after the size limits of the request have been applied."""
        if is_api(request):
            return None
        names = bad_parameters(request)
        if request.method == "POST" and not getattr(view, "checks_own_text", False):
            names += _bad(request.POST.lists())
        return unstorable(request, names) if names else None


def clean_search(request: HttpRequest) -> None:
    """Who looks for a name or a number copied from elsewhere means no marks of direction."""
    query = request.META.get("QUERY_STRING", "")
    pairs = _parameters(query)
    cleaned = [
        (name, without_direction_marks(value) if name in SEARCHES else value)
        for name, value in pairs
    ]
    if cleaned != pairs:
        request.META["QUERY_STRING"] = urlencode(cleaned, errors="surrogateescape")


def bad_parameters(request: HttpRequest) -> list[str]:
    """The parameters with such characters; the empty name stands for the path itself."""
    query = request.META.get("QUERY_STRING", "")
    path = [] if is_storable(request.path) else [""]
    if is_storable(unquote_plus(query, errors="surrogateescape")):
        return path
    return path + _bad((name, [value]) for name, value in _parameters(query))


def _parameters(query: str) -> list[tuple[str, str]]:
    return parse_qsl(query, keep_blank_values=True, errors="surrogateescape")


def _bad(fields: Iterable[tuple[str, list[str]]]) -> list[str]:
    return [name for name, values in fields if not all(map(is_storable, (name, *values)))]


class LocalDigitsMiddleware:
    """Pages show the digits of their language, wherever their numbers came from."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        kind = response.headers.get("Content-Type", "")
        # A page to print may be in another language than the rest.
        language = response.headers.get("Content-Language") or get_language()
        if language in LOCAL and kind.startswith("text/html") and not response.streaming:
            response.content = local_digits_in_markup(response.content.decode(), language)
        return response


class IdleTimeoutMiddleware:
    """End a session that nobody used for a while, and each after its longest time.

    Background calls do not count as use.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            seen = request.session.get(SEEN, now)
            begun = request.session.setdefault(BEGUN, now)
            idle = now - seen > settings.SESSION_IDLE_SECONDS
            if idle or now - begun > settings.SESSION_COOKIE_AGE:
                logout(request)
                return self.ended(request)
            passive = request.headers.get("X-Background") == "true"
            if SEEN not in request.session or (now - seen >= SEEN_EVERY_SECONDS and not passive):
                request.session[SEEN] = now
        return self.get_response(request)

    def ended(self, request: HttpRequest) -> HttpResponse:
        """Lead to the login; a form that was being sent is shown once more, to copy from."""
        if is_api(request):
            return fault("", "not_authenticated", _("The session ended."), status=401)
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
