"""Each line about a request carries its id and nothing that a caller wrote."""

import json
import logging

import pytest
from django.conf import settings as configured
from django.core.signals import request_started
from django.db import close_old_connections
from django.test import RequestFactory
from django.urls import reverse

from clinic.logs import JsonFormatter, RequestIdFilter, WrongMethodFilter
from clinic.wsgi import application
from consultations.views import patients as patient_views

SEARCH = reverse("consultations:patients")
SECRET = "Wildgoose"


class Kept(logging.Handler):
    """Lines as the console would get them."""

    def __init__(self):
        super().__init__()
        self.lines = []
        self.setFormatter(JsonFormatter())
        self.addFilter(RequestIdFilter())
        self.addFilter(WrongMethodFilter())

    def emit(self, record):
        self.lines.append(self.format(record))


@pytest.fixture
def lines():
    handler = Kept()
    logging.getLogger().addHandler(handler)
    yield handler.lines
    logging.getLogger().removeHandler(handler)


def told(lines, answer):
    """The lines, after a look at what every one of them has to keep to."""
    assert lines
    for line in lines:
        assert SECRET not in line
        assert json.loads(line)["request"] == answer["X-Request-ID"] != ""
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/v1/patients/?unknown=Wildgoose", 400),
        ("/api/v1/nothing/Wildgoose/", 404),
        ("/nothing/Wildgoose/?q=Wildgoose", 404),
        ("/account/?q=Wildgoose%00", 400),
    ],
)
def test_a_refusal_is_logged_with_its_id_and_without_what_was_sent(
    client_of, lines, address, status
):
    answer = client_of("physician").get(address)

    assert [one["message"] for one in told(lines, answer)] == [f"HTTP {status}"]


def test_a_refused_body_is_not_logged(api_of, lines):
    api = api_of("physician")

    answer = api.post("/api/v1/patients/", {"family_name": SECRET, "sex": SECRET})

    assert [one["message"] for one in told(lines, answer)] == ["HTTP 400"]


def test_a_fault_of_ours_is_logged_with_its_id_and_place(client_of, lines, monkeypatch):
    def fail(*_args, **_kwargs):
        raise RuntimeError(SECRET)

    monkeypatch.setattr(patient_views, "page_of_patients", fail)
    browser = client_of("physician")
    browser.raise_request_exception = False

    answer = browser.post(SEARCH, {"q": SECRET})

    (line,) = told(lines, answer)
    assert (line["message"], line["error"]) == ("HTTP 500", "RuntimeError")
    assert line["where"]


def test_a_host_that_somebody_made_up_is_not_logged(client_of, lines):
    answer = client_of("physician").get("/", headers={"Host": f"{SECRET}.example"})

    assert answer.status_code == 400
    told(lines, answer)


@pytest.mark.parametrize("address", ["/", "/login/", "/logout/", "/api/v1/patients/"])
def test_checks_whether_the_site_is_up_are_not_logged(client_of, lines, address):
    answer = client_of("physician").head(address)

    assert answer.status_code in {200, 302, 405}
    assert lines == []


@pytest.mark.parametrize("address", ["/login/", "/", "/api/v1/patients/", "/nothing/"])
def test_the_program_itself_sends_no_body_where_none_is_asked_for(client_of, address):
    """Asked as the server does: the test client would take the body away by itself."""
    browser = client_of("physician")
    environ = RequestFactory(cookies=browser.cookies).head(address).environ
    environ["HTTP_COOKIE"] = browser.cookies.output(header="", sep=";").strip()
    started = []
    request_started.disconnect(close_old_connections)  # the test's transaction stays open

    try:
        body = b"".join(application(environ, lambda *told: started.append(told)))
    finally:
        request_started.connect(close_old_connections)

    ((_status, headers),) = started
    assert body == b""
    assert int(dict(headers)["Content-Length"]) >= 0


def test_the_console_has_these_filters():
    assert configured.LOGGING["handlers"]["console"]["filters"] == ["request_id", "wrong_method"]
