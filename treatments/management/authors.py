"""Whose edit it is that somebody makes on the command line."""

from django.core.management.base import CommandError

from clinic.models import User
from treatments.models import Release


def author(login: str | None) -> User | None:
    """The person of a login. Only for an installation without a release may nobody be named."""
    if login is None:
        if Release.objects.exists():
            raise CommandError("Say with --by LOGIN whose edit this is.")
        return None
    person = User.objects.filter(username=login, is_active=True).first()
    if person is None:
        raise CommandError(f"There is nobody called {login}.")
    return person
