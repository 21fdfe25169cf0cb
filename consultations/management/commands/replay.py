"""Compute proposals again from their receipts, each with its own release, and name what differs.

The exit status is 1 when any of them differs.
"""

import json
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from consultations.services.replays import Replay, find_proposal, replay, replay_all

LONGEST = 80
SHOWN = 10


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("proposal", nargs="?", type=UUID, help="the id of one proposal")
        which.add_argument("--all", action="store_true", help="every proposal in the database")

    def handle(self, *args: Any, **options: Any) -> None:
        replays = replay_all() if options["all"] else [self._one(options["proposal"])]
        done, different = self._tell(replays)
        if different:
            raise CommandError(f"{different} of {done} proposals differ.")
        self.stdout.write(f"{done} proposals computed again, all equal byte for byte.")

    def _one(self, key: UUID) -> Replay:
        proposal = find_proposal(key)
        if proposal is None:
            raise CommandError("There is no such proposal.")
        return replay(proposal)

    def _tell(self, replays: Iterable[Replay]) -> tuple[int, int]:
        done = different = 0
        for one in replays:
            done += 1
            if one.equal:
                continue
            different += 1
            self.stdout.write(f"proposal {one.proposal.pk}, release {one.proposal.release.key}:")
            for part in one.differences[:SHOWN]:
                old, new = _short(part.stored), _short(part.computed)
                self.stdout.write(f"  {part.path or 'all of it'}: stored {old}, computed {new}")
            if len(one.differences) > SHOWN:
                self.stdout.write(f"  and {len(one.differences) - SHOWN} more")
        return done, different


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
