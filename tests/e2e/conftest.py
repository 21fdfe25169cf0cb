"""A real Chromium against the live server; what the console complains of fails the test."""

import os
import shutil
import signal

import pytest
from django.db import connections
from django.test.testcases import LiveServerThread
from playwright.sync_api import expect

from tests.e2e.answering import AnsweringServer, wait_until_all_is_answered

# Playwright's synchronous API runs inside an event loop, where Django otherwise refuses the ORM.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# A machine that is busy with something else is slow, not wrong.
expect.set_options(timeout=15_000)

MOST_SECONDS = 600  # of one test; the longest takes less than two minutes
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-features=Translate,OptimizationHints,MediaRouter",
    "--no-first-run",
]


def installed_browser():
    """None leaves it to Playwright's own, where requirements/install.sh had to fetch that."""
    return os.environ.get("CHROMIUM_BIN") or next(filter(None, map(shutil.which, BROWSERS)), None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, "executable_path": installed_browser(), "args": QUIET}


@pytest.fixture(scope="session")
def browser(browser):
    """Django keeps connections by event loop: when Playwright's ends, nobody could close these."""
    yield browser
    connections.close_all()


@pytest.fixture(scope="session")
def live_server_class():
    before, LiveServerThread.server_class = LiveServerThread.server_class, AnsweringServer
    yield
    LiveServerThread.server_class = before


@pytest.fixture(scope="session")
def live_server(live_server_class, live_server):
    return live_server


@pytest.fixture
def all_is_answered():
    yield
    wait_until_all_is_answered()


@pytest.fixture
def new_context(all_is_answered, new_context):
    """Its pages are closed first, then what they asked for ends, then the database is emptied."""
    return new_context


@pytest.fixture(autouse=True)
def comes_to_an_end():
    """What is asked of a page has no end of its own: one that never answers fails its test."""

    def give_up(_signal, _frame):
        raise TimeoutError("The browser has not answered for minutes.")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(MOST_SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(autouse=True)
def quiet_console(page):
    """The strict Content-Security-Policy is tested by this: a violation is a console error."""
    complaints = []
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    yield complaints

    assert complaints == []
