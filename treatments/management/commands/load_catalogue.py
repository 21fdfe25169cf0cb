"""Bring in the starter catalogue and, where there is no release yet, publish it."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from treatments.models import Release
from treatments.services import import_catalogue, publish_release

FIRST_RELEASE = "2026.1"


class Command(BaseCommand):
    help = "Load fixtures/catalogue; publish it when nothing is published. Safe to run again."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.BASE_DIR) / "fixtures" / "catalogue"
        documents = {
            path.name: json.loads(path.read_text(encoding="utf-8"))
            for path in sorted(folder.glob("*.json"))
        }
        try:
            counts = import_catalogue(documents, by=None)
            self.stdout.write(
                f"Catalogue: {counts.added} rows added, {counts.changed} changed, "
                f"{counts.unchanged} already there."
            )
            if not Release.objects.exists():
                release = publish_release(FIRST_RELEASE, by=None, note="Starter catalogue")
                self.stdout.write(f"Release {release.key} is in force.")
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from None
