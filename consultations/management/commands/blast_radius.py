"""What the open draft of the catalogue changes for open proposals and unfinished plans.

A run that was stopped or killed goes on where it was. Nothing but the run itself is written.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from consultations.enums import RunStatus
from consultations.models import BlastRun
from consultations.services.blast import continue_run, start_run
from treatments.models import Draft

BAR = 40
SECONDS = 1.0


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("draft", help="the key of the draft, for example 2026.2")

    def handle(self, *args: Any, **options: Any) -> None:
        draft = Draft.objects.filter(key=options["draft"]).order_by("-pk").first()
        if draft is None:
            raise CommandError("There is no such draft.")
        try:
            run = start_run(draft, by=None)
            while run.status == RunStatus.RUNNING:
                run = continue_run(run, budget=SECONDS)
                self._show(run)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write("")
        for name, number in sorted(run.counts.items()):
            self.stdout.write(f"{number:>9,} {name}")

    def _show(self, run: BlastRun) -> None:
        full = BAR * min(run.done, run.total) // run.total if run.total else BAR
        bar = "█" * full + "░" * (BAR - full)
        self.stdout.write(f"\r{bar} {run.done:>9,} of {run.total:,}", ending="")
        self.stdout.flush()
