"""Bring in the starter catalogue and, where there is no release yet, publish it."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from treatments.management.authors import author
from treatments.models import Release
from treatments.services import import_catalogue, publish_release
from treatments.services.cases import load_starter_cases

FIRST_RELEASE = "2026.1"


class Command(BaseCommand):
    help = (
        "Load fixtures/catalogue and publish it, when nothing is published yet. Safe to run again: "
        "from the first release on the catalogue belongs to its curators."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--again",
            action="store_true",
            help="bring the files in over what curators have edited since; publishes nothing",
        )
        parser.add_argument("--by", metavar="LOGIN", help="whose edit it is; needed with --again")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        published = Release.objects.exists()
        if published and not options["again"]:
            self.stdout.write("Catalogue: already there, nothing changed.")
            return
        by = author(options["by"])
        try:
            counts = import_catalogue(_documents(), by=by)
            self.stdout.write(
                f"Catalogue: {counts.added} rows added, {counts.changed} changed, "
                f"{counts.unchanged} already there."
            )
            if not published:
                release = publish_release(FIRST_RELEASE, by=None, note="Starter catalogue")
                self.stdout.write(f"Release {release.key} is in force.")
            cases = load_starter_cases(_golden_cases())
            self.stdout.write(f"Golden cases: {cases} added.")
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from None


def _golden_cases() -> list[dict[str, Any]]:
    path = Path(settings.BASE_DIR) / "fixtures" / "golden-cases.json"
    cases: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return cases


def _documents() -> dict[str, object]:
    folder = Path(settings.BASE_DIR) / "fixtures" / "catalogue"
    return {
        path.name: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")
    }
