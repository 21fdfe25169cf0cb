"""Bring in a file of the catalogue: first what it would change, then exactly that."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from treatments.management.authors import author
from treatments.services.trials import Change, apply_import, try_import
from treatments.services.uploads import check_size, documents_of


class Command(BaseCommand):
    help = (
        "Show what a file (JSON, CSV, XLSX or a ZIP of CSV files) would change, and its digest. "
        "With --apply DIGEST import it, if it still changes exactly that: into the draft, or "
        "straight into the rows where nothing was ever published."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--apply", metavar="DIGEST", help="as the run before showed it")
        parser.add_argument(
            "--by", metavar="LOGIN", help="whose edit it is; needed once a release is published"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path, digest = Path(options["file"]), options["apply"]
        by = author(options["by"])
        try:
            check_size(path.name, path.stat().st_size)
            documents = documents_of(path.name, path.read_bytes())
            if digest:
                trial = apply_import(documents, by=by, digest=digest)
            else:
                trial = try_import(documents, by=by)
        except OSError as error:
            raise CommandError(str(error)) from None
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from None
        for change in trial.changes:
            self.stdout.writelines(_told(change))
        self.stdout.write(
            f"{'Imported' if digest else 'Would import'}: rows added {trial.added}, "
            f"changed {trial.changed}, as before {trial.unchanged}."
        )
        if not digest:
            self.stdout.write(f"To do exactly this: --apply {trial.digest}")


def _told(change: Change) -> Iterator[str]:
    part = f" of {change['part_of']}" if change["part_of"] else ""
    yield f"{change['kind']} {change['model']} {change['row']}{part}\n"
    for name, value in change["values"].items():
        yield f"  {name}: {value['old'] or '-'} → {value['new'] or '-'}\n"
