"""Default deny: every address is tried by a stranger and by somebody without a role."""

import pytest
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from clinic.models import User

# Pages that anybody may open; each is here for a reason that its name tells.
PUBLIC = {"login", "set_language"}
# Open to everybody who is logged in: one's own account, and the page that says one has no role.
OWN = PUBLIC | {"today", "logout", "password_change", "password_change_done", "account"}
ADMIN_LOGIN = "/admin/login/"
LOGIN = ("/login/", ADMIN_LOGIN)  # the admin's own door only leads on to the first
SAMPLES = {
    "uuid": "5ca1ebd8-5e2f-49be-aabe-5e40cf910d42",
    "int": "1",
    "slug": "face",
    "str": "x",
    "path": "x",
    "release": "2026.1",
}


def addresses(resolver=None, prefix="/"):
    """(name, address) of every pattern, with a sample in each place."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + fill(entry)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, route)
        elif isinstance(entry, URLPattern):
            yield entry.name, route


def fill(entry):
    converters = entry.pattern.converters
    text = str(entry.pattern)
    if not hasattr(entry.pattern, "_route"):  # a regular expression: DRF's format suffixes, admin's
        return text.lstrip("^").rstrip("$").replace("\\Z", "").replace("\\.", ".")
    for name, converter in converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower()
        sample = SAMPLES.get({"string": "str"}.get(kind, kind), "x")
        for written in (f"<{kind}:{name}>", f"<str:{name}>", f"<{name}>"):
            text = text.replace(written, sample)
    return text


ALL = sorted({(name or "", address) for name, address in addresses()})


def test_the_walk_sees_the_whole_program():
    assert len(ALL) > 60
    assert [address for _, address in ALL if not resolves(address)] == []


def resolves(address):
    try:
        resolve(address)
    except Resolver404:
        return False
    return True


@pytest.mark.parametrize(("name", "address"), ALL)
def test_a_stranger_is_turned_away(db, name, address):
    for method in ("get", "post"):
        response = getattr(Client(), method)(address)

        if name in PUBLIC:
            assert response.status_code in {200, 302, 405}
        elif response.status_code == 302:
            assert response["Location"].startswith(LOGIN)
        else:
            assert response.status_code in {401, 403, 404, 405}, response.status_code
            assert b"csrf" not in response.content.lower()


@pytest.mark.parametrize(("name", "address"), ALL)
def test_somebody_without_a_role_is_turned_away(db, name, address):
    user = User.objects.create_user("nobody", password="x")
    for method in ("get", "post"):
        client = Client()
        client.force_login(user)
        response = getattr(client, method)(address)

        if name in OWN and address != ADMIN_LOGIN:  # that one has no door for who is logged in
            assert response.status_code in {200, 302, 405}
        elif response.status_code == 302:
            assert response["Location"].startswith(LOGIN)
        else:
            assert response.status_code in {403, 404, 405}, response.status_code
