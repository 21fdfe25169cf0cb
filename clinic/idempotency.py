"""Doing a thing once, however often a program asks for it with the same key."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.models import IdempotencyKey, Membership
from clinic.permissions import actor
from clinic.problems import refusal
from clinic.scoping import membership_of

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"
KEPT_FOR: Final = timedelta(hours=24)
KEPT_HEADERS: Final = ("ETag", "Location")
LONGEST_KEY: Final = 100
_PENDING: Final = 0


@transaction.atomic
def once(request: Request, work: Callable[[], Response]) -> Response | HttpResponse:
    """Do the work and keep its answer, in one transaction; on repetition only give the answer.

    Of two requests with one key the second waits for the first at the unique key, and is told
    that the first is still running when it waited as long as the database lets it.
    """
    key = request.headers.get(HEADER)
    membership = membership_of(request._request)  # noqa: SLF001 - the wrapped request
    if key is None or membership is None:
        return work()
    _check(key)
    _forget_old(membership)
    kept, is_new = IdempotencyKey.objects.get_or_create(
        clinic=membership.clinic,
        user=actor(request._request),  # noqa: SLF001
        key=key,
        defaults={"fingerprint": _fingerprint(request), "status": _PENDING, "answer": ""},
    )
    return _kept(kept, work()) if is_new else _again(kept, request)


def _check(key: str) -> None:
    if not (key.isascii() and key.isprintable() and 0 < len(key) <= LONGEST_KEY):
        message = _("A key has 1 to %(longest)d printable ASCII characters.")
        raise refusal("invalid", message % {"longest": LONGEST_KEY}, status_code=400, path=HEADER)


def _forget_old(membership: Membership) -> None:
    before = timezone.now() - KEPT_FOR
    IdempotencyKey.objects.filter(clinic=membership.clinic, created_at__lt=before).delete()


def _fingerprint(request: Request) -> str:
    """Keyed, because a body may hold the password that signs."""
    parts = (request.method or "", request.get_full_path(), request.body.decode("latin-1"))
    return salted_hmac("idempotency", "\n".join(parts), algorithm="sha256").hexdigest()


def _kept(kept: IdempotencyKey, response: Response) -> Response:
    """Store the answer as text, so that the repetition is the same to the byte."""
    kept.status = response.status_code
    kept.headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    kept.answer = JSONRenderer().render(response.data).decode()
    kept.save(update_fields=["status", "headers", "answer"])
    return response


def _again(kept: IdempotencyKey, request: Request) -> HttpResponse:
    if kept.fingerprint != _fingerprint(request):
        raise refusal(
            "key_reused",
            _("This key was used for another request."),
            status_code=status.HTTP_422_UNPROCESSABLE_ENTITY,
            path=HEADER,
        )
    headers = {**kept.headers, REPLAYED: "true"}
    return HttpResponse(
        kept.answer, status=kept.status, content_type="application/json", headers=headers
    )
