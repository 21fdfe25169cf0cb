"""When the login rests: after a few wrong passwords for a name, or many from one address."""

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest

from clinic.addresses import client_address


class LoginLock(AxesDatabaseHandler):  # type: ignore[misc]
    """A name is locked for the address that guessed its password, so nobody can lock others out.

    Who tries one password on many names would never meet that limit: all that an address got
    wrong is counted, too.
    """

    def is_locked(self, request: HttpRequest, credentials: dict[str, str] | None = None) -> bool:
        limit: int = settings.LOGIN_FAILURES_PER_ADDRESS
        return super().is_locked(request, credentials) or _failures_from(request) >= limit

    def user_login_failed(
        self,
        sender: str,
        credentials: dict[str, str],
        request: HttpRequest | None = None,
        **kwargs: object,
    ) -> None:
        super().user_login_failed(sender, credentials, request, **kwargs)
        if request is not None and self.is_locked(request, credentials):
            vars(request)["axes_locked_out"] = True  # the middleware answers with the page for it


def _failures_from(request: HttpRequest) -> int:
    """None where the server is reached by a socket file alone: that would be everybody."""
    address = client_address(request)
    if address is None:
        return 0
    recent = AccessAttempt.objects.filter(
        ip_address=address, attempt_time__gte=get_cool_off_threshold(request)
    )
    return recent.aggregate(total=Sum("failures_since_start"))["total"] or 0
