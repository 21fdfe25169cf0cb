"""A test has ended when the server has, too: its last requests must not meet the next database."""

import time
from threading import Event

import pytest
from django.core.signals import request_started

from tests.e2e import answering


@pytest.fixture
def ended(page, live_server):
    """Set when the request is through that the page has just sent, which takes a second."""
    page.goto(f"{live_server.url}/login/")
    begun, ended = Event(), Event()

    def dawdle(**_request):
        begun.set()
        time.sleep(1)
        ended.set()

    request_started.connect(dawdle)
    page.evaluate("void fetch('/login/')")
    assert begun.wait(timeout=15)
    yield ended
    request_started.disconnect(dawdle)


def test_what_a_closed_page_asked_for_is_waited_for(context, ended):
    context.close()
    assert not ended.is_set()

    answering.wait_until_all_is_answered()

    assert ended.is_set()


def test_a_connection_without_an_end_is_an_error(monkeypatch, ended):
    monkeypatch.setattr(answering, "MOST_SECONDS", 0.1)

    with pytest.raises(TimeoutError):
        answering.wait_until_all_is_answered()

    assert ended.wait(timeout=15)
