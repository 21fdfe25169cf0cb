"""Log lines as JSON. They carry the request id and never a body, a query string or a name."""

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Final

request_id: ContextVar[str] = ContextVar("request_id", default="")


# Their messages hold paths, hosts and query strings that a caller chose.
_ABOUT_REQUESTS: Final = ("django.request", "django.security", "django.server")
_NOT_ALLOWED: Final = 405


class WrongMethodFilter(logging.Filter):
    """A method that a page does not have is asked by checks whether the site is up, at each hit."""

    def filter(self, record: logging.LogRecord) -> bool:
        return getattr(record, "status_code", None) != _NOT_ALLOWED


class RequestIdFilter(logging.Filter):
    """Put the id of the request that is being answered on every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)  # Django logs refusals after the answer
        record.request_id = request_id.get() or getattr(request, "id", "")
        return True


class JsonFormatter(logging.Formatter):
    """One line a record. The message is the template without its arguments for request logs,
    since those carry paths that a caller chose."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": self._message(record),
            "request": getattr(record, "request_id", ""),
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["where"] = self._where(record)
        return json.dumps(line)

    def _message(self, record: logging.LogRecord) -> str:
        if record.name.startswith(_ABOUT_REQUESTS):
            return f"HTTP {getattr(record, 'status_code', 500)}"
        return record.getMessage()

    def _where(self, record: logging.LogRecord) -> list[str]:
        """The frames of the traceback without values: an exception's text may hold a name."""
        frames = []
        traceback = record.exc_info[2] if record.exc_info else None
        while traceback:
            code = traceback.tb_frame.f_code
            frames.append(f"{code.co_filename}:{traceback.tb_lineno} {code.co_name}")
            traceback = traceback.tb_next
        return frames
