"""Look at whoever a release concerns since it came into force, for the clinics' worklists.

Pages do it bit by bit when somebody looks; this does all of it at once. Let it run every few
minutes where releases are scheduled. When it was killed, it goes on where it was.
"""

from typing import Any

from django.core.management.base import BaseCommand

from consultations.models import BlastRun
from consultations.services.catching_up import catch_up

SECONDS = 1.0


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        while (run := catch_up(budget=SECONDS)) is not None:
            self.stdout.write(f"{run.done:>9,} of {run.total:,}")
        last = BlastRun.objects.filter(release__isnull=False).order_by("-pk").first()
        looked = f"{last.done:,} in the last run" if last else "nobody so far"
        self.stdout.write(f"Nobody is left to be looked at; {looked}.")
