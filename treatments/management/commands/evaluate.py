"""Evaluate requests from a file or from standard input, as programs get them over REST."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from treatments.compiler import NoReleaseInForce, catalogue_of, current_release
from treatments.engine import Catalogue, InvalidRequest, evaluate, parse_facts
from treatments.models import Release

BAD_REQUEST = 2


class Command(BaseCommand):
    help = "Evaluate one request or an array of them; exit status 2 when one is not valid."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="JSON file; - for standard input")
        parser.add_argument("--release", help="key of another release than the current one")

    def handle(self, *args: Any, **options: Any) -> None:
        given = self._read(options["file"])
        catalogue = catalogue_of(self._release(options["release"]))
        requests = given if isinstance(given, list) else [given]
        answers = [_answer(catalogue, request) for request in requests]
        result = answers if isinstance(given, list) else answers[0]
        self.stdout.write(json.dumps(result, indent=2, ensure_ascii=False))
        if any("errors" in answer for answer in answers):
            sys.exit(BAD_REQUEST)

    def _read(self, file: str) -> Any:
        try:
            body = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
            return json.loads(body.decode())
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error}", returncode=1) from None
        except UnicodeDecodeError as error:
            self._refuse(f"The text is not UTF-8 at byte {error.start}.", code="encoding")
        except (ValueError, RecursionError):
            self._refuse("The text is not JSON.")

    def _release(self, key: str | None) -> Release:
        try:
            return Release.objects.get(key=key) if key else current_release()
        except Release.DoesNotExist:
            raise CommandError(f"There is no release {key}.") from None
        except NoReleaseInForce as error:
            raise CommandError(str(error)) from None

    def _refuse(self, message: str, *, code: str = "invalid") -> None:
        errors = [{"path": "", "code": code, "message": message}]
        self.stdout.write(json.dumps({"errors": errors}, indent=2))
        sys.exit(BAD_REQUEST)


def _answer(catalogue: Catalogue, request: object) -> dict[str, Any]:
    """The response, or in its place what is wrong with the request."""
    try:
        return evaluate(catalogue, parse_facts(catalogue, request))
    except InvalidRequest as error:
        return {
            "errors": [
                {"path": fault.path, "code": fault.code, "message": fault.message}
                for fault in error.faults
            ]
        }
