"""The live server, which knows when it has nothing left to answer."""

from threading import Condition

from django.core.servers.basehttp import ThreadedWSGIServer

MOST_SECONDS = 30  # until the last connection of a closed browser has ended

_ended = Condition()
_open = set()


class AnsweringServer(ThreadedWSGIServer):
    """Django's own, which serves each connection in a thread that nobody waits for."""

    def process_request(self, request, client_address):
        with _ended:
            _open.add(request)
        super().process_request(request, client_address)

    def process_request_thread(self, request, client_address):
        try:
            super().process_request_thread(request, client_address)
        finally:
            with _ended:
                _open.discard(request)
                _ended.notify_all()


def wait_until_all_is_answered():
    """What a closed page had still asked for must not meet the next test's database.

    :raises TimeoutError: a browser was left open, or a request has no end
    """
    with _ended:
        if not _ended.wait_for(lambda: not _open, timeout=MOST_SECONDS):
            _open.clear()  # one test fails by it, not all that follow
            raise TimeoutError("The server is still answering a test that has ended.")
