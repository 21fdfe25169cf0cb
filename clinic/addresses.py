"""Where a request comes from, as far as the proxies in front can be trusted to say it."""

from ipaddress import IPv6Address, ip_address
from typing import Final

from django.conf import settings
from django.http import HttpRequest

_ONE_COLON: Final = 1


def client_address(request: HttpRequest) -> str | None:
    """The address that the outermost of our own proxies saw, else that of whoever is connected.

    Each proxy adds its caller at the right end of X-Forwarded-For. What stands further left came
    from outside and may be invented; without proxies of ours that is the whole header.
    """
    named = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    count: int = settings.PROXY_COUNT
    if 0 < count <= len(named) and (found := _address(named[-count])):
        return found
    return _address(request.META.get("REMOTE_ADDR", ""))


def _address(text: str) -> str | None:
    """An address without its port; None for what is none, as the peer of a socket file."""
    plain = text.strip()
    if plain.startswith("["):
        plain = plain[1:].partition("]")[0]
    elif plain.count(":") == _ONE_COLON:
        plain = plain.partition(":")[0]
    try:
        found = ip_address(plain.partition("%")[0])
    except ValueError:
        return None
    inner = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return str(inner or found)
