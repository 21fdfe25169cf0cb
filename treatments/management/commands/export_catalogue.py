"""Write the whole catalogue to a file or to standard output."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from treatments.services.exporting import export_text


class Command(BaseCommand):
    help = "Write the whole catalogue as JSON, which import_catalogue reads here or elsewhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", default="-", help="“-” is standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        text = export_text()
        if options["file"] == "-":
            self.stdout.write(text, ending="")
            return
        try:
            Path(options["file"]).write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(str(error)) from None
