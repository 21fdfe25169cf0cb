"""The server is killed while somebody types, and started again: the text arrives."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.request import urlopen

import pytest
from django.db import connection

from tests.consultations.views.rows import add_consultation, add_patient
from tests.e2e.typist import LOST, SAVED, Typist, comes_to, note_of

START_UP_SECONDS = 60


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def database_url():
    """The test's own database, for a program of its own."""
    at = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{at['NAME']}"
    host = at["OPTIONS"].get("host") or at["HOST"]
    return f"postgres://{at['USER']}@/{at['NAME']}?host={host}"


@contextmanager
def serving(port):
    """The program as it is run for real: gunicorn with two workers."""
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": database_url(),
        "PORT": str(port),
    }
    command = [sys.executable, "-m", "gunicorn", "-c", "python:clinic.serving", "clinic.wsgi"]
    process = subprocess.Popen(command, env=env, start_new_session=True, stderr=subprocess.DEVNULL)
    try:
        wait_for(port, process)
        yield lambda: kill(process)
    finally:
        kill(process)


def wait_for(port, process):
    for _ in range(START_UP_SECONDS * 5):
        assert process.poll() is None
        try:
            urlopen(f"http://127.0.0.1:{port}/login/").close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError


def kill(process):
    """With its workers, and without a word to anybody."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.mark.django_db(transaction=True)
def test_a_killed_server_loses_nothing(new_context, port, clinic, make_member):
    elif_ = make_member("physician", username="elif")
    consultation = add_consultation(clinic, elif_, add_patient(clinic, elif_))
    with serving(port) as kill_server:
        typist = Typist(new_context(), f"http://127.0.0.1:{port}").log_in("elif").open(consultation)
        typist.write("Dry, ")
        comes_to(note_of(consultation), "Dry,", page=typist.page)
        typist.page.keyboard.type("with fine")
        kill_server()
        typist.page.keyboard.type(" scaling")
        typist.hears(LOST)

    assert note_of(consultation)() == "Dry,"
    with serving(port):
        typist.hears(SAVED, timeout=30_000)
        comes_to(note_of(consultation), "Dry, with fine scaling", page=typist.page)
