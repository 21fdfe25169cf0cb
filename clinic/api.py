"""The floor under every endpoint: whose rows, which parameters, which version, how often."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import wraps
from typing import Any, ClassVar, Concatenate, Final, ParamSpec, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import status
from rest_framework.exceptions import MethodNotAllowed, NotFound, UnsupportedMediaType
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from clinic import audit
from clinic.idempotency import once
from clinic.models import ApiToken, Membership, User
from clinic.permissions import actor
from clinic.problems import Problem, Refusal, refusal, too_large
from clinic.roles import Action
from clinic.scoping import clinic_scope, membership_of

P = ParamSpec("P")
JSON: Final = "application/json"
METHODS: Final = ["get", "head", "post", "put", "patch", "delete"]  # not what only describes them
_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class ClinicAPIMixin:
    """Opens the clinic of the session or token around the handler, and reads requests strictly.

    ``required_actions`` names, for each method (of a plain view) or action (of a view set), what
    the role must be allowed to do.
    """

    required_actions: ClassVar[Mapping[str, Action]] = {}
    query_parameters: ClassVar[frozenset[str]] = frozenset()
    http_method_names: Any = METHODS
    media_types: ClassVar[frozenset[str]] = frozenset({JSON})
    largest_body: ClassVar[int | None] = None  # where files are sent; else that of the settings
    request: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with ExitStack() as self._open:
            answer: HttpResponseBase = super().dispatch(  # type: ignore[misc]
                request, *args, **kwargs
            )
            return answer

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        read_chunked_body(request, self.longest())
        wrapped: Request = super().initialize_request(  # type: ignore[misc]
            request, *args, **kwargs
        )
        return wrapped

    def perform_authentication(self, request: Request) -> None:
        """Once it is known who asks, only that clinic's rows can be reached."""
        super().perform_authentication(request)  # type: ignore[misc]
        if request.user.is_authenticated:  # a stranger is not told what there is
            self._refuse_unknown_method(request)
        membership = membership_of(request._request)  # noqa: SLF001 - where both doors leave it
        if isinstance(request.user, User):
            name, clinic = request.user.get_username(), membership.clinic_id if membership else None
            token = request.auth.pk if isinstance(request.auth, ApiToken) else None
            audit.narrow(actor=request.user.pk, actor_name=name, clinic=clinic, token=token)
        self._open.enter_context(clinic_scope(membership.clinic if membership else None))

    def check_throttles(self, request: Request) -> None:
        """The last check before the handler: the shape of what was sent."""
        super().check_throttles(request)  # type: ignore[misc]
        self._refuse_long_body(request)
        self._refuse_other_media(request)
        self._refuse_unknown_parameters(request)

    def _refuse_unknown_method(self, request: Request) -> None:
        method = (request.method or "").lower()
        if method not in self.http_method_names or not hasattr(self, method):
            raise MethodNotAllowed(request.method or "")

    def _refuse_long_body(self, request: Request) -> None:
        """Before anything reads it, and also where the handler would not look at it."""
        if problem := getattr(request._request, "chunked_problem", None):  # noqa: SLF001
            raise problem
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length[:20]) > self.longest():
            raise too_large()

    def longest(self) -> int:
        return self.largest_body or settings.DATA_UPLOAD_MAX_MEMORY_SIZE

    def _refuse_other_media(self, request: Request) -> None:
        has_body = request.META.get("CONTENT_LENGTH") not in {None, "", "0"}
        if request.method in _WITH_BODY and has_body:
            media_type = (request.content_type or "").partition(";")[0].strip().lower()
            if media_type not in self.media_types:
                raise UnsupportedMediaType(media_type or "?")

    def _refuse_unknown_parameters(self, request: Request) -> None:
        known = self.known_parameters()
        problems = []
        for name, values in request.query_params.lists():
            if name not in known:
                message = _("This parameter is not known.")
                problems.append(Problem(name, "unknown_parameter", message))
            elif len(values) > 1:
                message = _("This parameter is given more than once.")
                problems.append(Problem(name, "duplicate", message))
        if problems:
            raise Refusal(problems)

    def known_parameters(self) -> frozenset[str]:
        return self.query_parameters

    @property
    def membership(self) -> Membership:
        membership = membership_of(self.request._request)  # noqa: SLF001
        if membership is None:  # the permission has refused this before
            raise NotFound
        return membership

    @property
    def by(self) -> User:
        return actor(self.request._request)  # noqa: SLF001

    def body(self) -> dict[str, Any]:
        """The JSON object that was sent."""
        data = self.request.data
        if not isinstance(data, dict):
            raise refusal("type", _("An object is expected here."), status_code=400)
        return data


class ClinicAPIView(ClinicAPIMixin, APIView):
    """An endpoint of one clinic."""


class ClinicViewSet(ClinicAPIMixin, GenericViewSet):
    """A resource of one clinic. Lists take what their filters, order and paging know."""

    filterset_class: Any = None
    orderings: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def known_parameters(self) -> frozenset[str]:
        if self.action != "list":
            return self.query_parameters
        names = {"limit", "cursor", *self.query_parameters}
        if self.filterset_class:
            names |= set(self.filterset_class.base_filters)
        if self.orderings:
            names.add("ordering")
        return frozenset(names)

    def listed(self) -> Response:
        """One page of what the filters leave."""
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        self.note_listed(rows or [])
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    def note_listed(self, rows: Sequence[Any]) -> None:
        """What a page shows is noted where it is about patients."""


class AnyMember(BasePermission):
    """Whoever belongs to a clinic, in whatever role."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return request.user.is_authenticated and membership_of(request._request) is not None  # noqa: SLF001


def read_chunked_body(request: HttpRequest, limit: int) -> None:
    """Django reads as much as Content-Length says, so a chunked body would look empty.

    It is read here, up to the limit, when the server says where it ends; else a length is asked
    for.
    """
    if "chunked" not in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        return
    if not request.META.get("wsgi.input_terminated"):
        message = gettext_lazy("Say how long the body is.")
        request.chunked_problem = refusal(  # type: ignore[attr-defined]
            "length_required", message, status_code=status.HTTP_411_LENGTH_REQUIRED
        )
        return
    body = request.META["wsgi.input"].read(limit + 1)
    if len(body) > limit:
        request.chunked_problem = too_large()  # type: ignore[attr-defined]
        return
    request._body = body  # noqa: SLF001 - what Django's own reading sets
    request.META["CONTENT_LENGTH"] = str(len(body))


Handler = Callable[Concatenate[Any, Request, P], Response]


def idempotent(handler: Handler[P]) -> Callable[Concatenate[Any, Request, P], HttpResponse]:
    """Decorate a POST that creates something: Idempotency-Key makes it safe to repeat."""

    @wraps(handler)
    def guarded(
        view: Any, request: Request, *args: P.args, **kwargs: P.kwargs
    ) -> Response | HttpResponse:
        return once(request, lambda: handler(view, request, *args, **kwargs))

    guarded.idempotent = True  # type: ignore[attr-defined]
    return cast("Callable[Concatenate[Any, Request, P], HttpResponse]", guarded)


def etag(version: int) -> str:
    return f'"{version}"'


def expected_version(request: Request) -> int:
    """The version that the caller has read. Without it a write could undo somebody's work."""
    sent = request.headers.get("If-Match", "").strip()
    if not sent or sent == "*":
        message = _("Send If-Match with the ETag of what you have read.")
        raise refusal("if_match_required", message, status_code=428, path="If-Match")
    number = sent.strip('"')
    if sent != f'"{number}"' or not (number.isascii() and number.isdigit() and len(number) < 10):  # noqa: PLR2004 - more digits than a version has
        return -1  # no version of ours, so certainly not the current one
    return int(number)


def versioned(handler: Callable[P, Response]) -> Callable[P, Response]:
    """Mark a write that needs If-Match, for the API document."""
    handler.versioned = True  # type: ignore[attr-defined]
    return handler


def stale(current: int) -> Refusal:
    """Somebody saved in between; the answer carries the version that is there now."""
    message = _("Somebody else saved this meanwhile. Read it again.")
    return Refusal(
        [Problem("If-Match", "stale", message)],
        status_code=status.HTTP_412_PRECONDITION_FAILED,
        headers={"ETag": etag(current)},
    )


def with_etag(data: Any, version: int, *, status_code: int = 200, location: str = "") -> Response:
    headers = {"ETag": etag(version), **({"Location": location} if location else {})}
    return Response(data, status=status_code, headers=headers)
