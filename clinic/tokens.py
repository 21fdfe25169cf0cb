"""API tokens: made once, shown once, kept as a digest."""

import hashlib
import secrets
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from clinic import audit
from clinic.models import ApiToken, Clinic, Membership, User
from clinic.models.tokens import TokenAccess

KEYWORD = "Token"
PREFIX = "csl_"
DEFAULT_LIFETIME = timedelta(days=30)
LONGEST_LIFETIME = timedelta(days=366)
_PARTS = 2


def digest_of(token: str) -> str:
    """SHA-512 of a token: tokens are random, so a slow hash would add nothing."""
    return hashlib.sha512(token.encode()).hexdigest()


@transaction.atomic
def issue_token(
    user: User,
    *,
    clinic: Clinic,
    name: str,
    by: User | None,
    access: str = TokenAccess.WRITE,
    lifetime: timedelta = DEFAULT_LIFETIME,
) -> tuple[ApiToken, str]:
    """Make a token for a member of the clinic. The text is returned here and kept nowhere."""
    if lifetime > LONGEST_LIFETIME or lifetime <= timedelta(0):
        raise ValidationError(_("A token lives between a moment and 366 days."))
    if not Membership.objects.filter(user=user, clinic=clinic, is_active=True).exists():
        raise ValidationError(_("Only a member of the clinic can have a token for it."))
    text = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        name=name,
        digest=digest_of(text),
        prefix=text[:8],
        user=user,
        clinic=clinic,
        access=access,
        expires_at=timezone.now() + lifetime,
    )
    token.full_clean(exclude=["created_at"], validate_constraints=False)
    token.save()
    audit.record("token-issued", token, by=by, detail={"for": str(user.pk)})
    return token, text


@transaction.atomic
def revoke_token(token: ApiToken, *, by: User | None) -> ApiToken:
    """End a token now; doing it again changes nothing."""
    token = ApiToken.objects.select_for_update().get(pk=token.pk)
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        audit.record("token-revoked", token, by=by)
    return token


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Token csl_…``. Sets the membership of the token's own clinic."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != KEYWORD.lower().encode():
            return None
        if len(parts) != _PARTS:
            raise AuthenticationFailed(_("The token is missing or holds spaces."))
        return self._check(request, parts[1])

    def _check(self, request: Request, text: bytes) -> tuple[User, ApiToken]:
        token = (
            ApiToken.objects.filter(
                digest=digest_of(text.decode("latin-1")),
                revoked_at__isnull=True,
                expires_at__gt=timezone.now(),
                user__is_active=True,
            )
            .select_related("user", "clinic")
            .first()
        )
        membership = (
            Membership.objects.filter(user=token.user, clinic=token.clinic, is_active=True)
            .select_related("clinic")
            .first()
            if token
            else None
        )
        if token is None or membership is None:
            raise AuthenticationFailed(_("The token is not valid, or no longer."))
        request._request.membership = membership  # type: ignore[attr-defined]  # noqa: SLF001
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return KEYWORD


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the API document describes tokens."""

    target_class = "clinic.tokens.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token csl_…`, made by an administrator for one clinic.",
        }
