"""Typed readers of environment variables. A wrong value stops the start with its name."""

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

env = environ.Env()


def flag(name: str, *, default: bool) -> bool:
    """Read a yes/no variable; anything that is neither is refused."""
    text = env.str(name, default=str(default)).strip().lower()
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be true or false, not “{text}”.")


def secret_key(*, debug: bool, keep_in: Path) -> str:
    """The secret key from the environment; in debug a random one, kept in an ignored file."""
    key: str = env.str("SECRET_KEY", default="")
    if key:
        if not debug and len(key) < 50:  # noqa: PLR2004 - Django's own recommendation
            raise ImproperlyConfigured("SECRET_KEY must have at least 50 characters.")
        return key
    if not debug:
        raise ImproperlyConfigured("Set SECRET_KEY, or DEBUG=true for a trial on one machine.")
    if not keep_in.exists():
        keep_in.write_text(get_random_secret_key())
        keep_in.chmod(0o600)
    return keep_in.read_text()
