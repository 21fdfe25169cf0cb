"""Proof that proposals are what their releases say: computed again, and compared to the letter."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django_scopes import scopes_disabled

from consultations.errors import IncompleteFacts
from consultations.models import Proposal
from consultations.services.proposals import replayed
from treatments.compiler.current import ReleaseDamaged
from treatments.engine import canonical_json
from treatments.models import Release
from treatments.services.golden import changed_parts

BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One place where the stored proposal and the one computed again differ."""

    path: str
    stored: Any
    computed: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    proposal: Proposal
    differences: tuple[Part, ...]

    @property
    def equal(self) -> bool:
        return not self.differences


def replay(proposal: Proposal) -> Replay:
    """Compute a proposal again from its own request, overrides and release."""
    return Replay(proposal=proposal, differences=tuple(_parts(proposal)))


def replay_all() -> Iterator[Replay]:
    """Every proposal of every clinic, release by release, so that each is compiled once."""
    for release in Release.objects.defer("body").order_by("pk"):
        last: UUID | None = None
        while rows := _batch(release, last):
            yield from map(replay, rows)
            last = rows[-1].pk


def find_proposal(key: UUID) -> Proposal | None:
    """A proposal of any clinic, for the command line."""
    with scopes_disabled():  # whoever runs commands here has the whole database
        rows = Proposal.objects.select_related("release").defer("release__body")
        found: Proposal | None = rows.filter(pk=key).first()
        return found


def _batch(release: Release, last: UUID | None) -> list[Proposal]:
    with scopes_disabled():  # the proof is about the whole database, and shows nobody's name
        rows = Proposal.objects.filter(release=release).order_by("id")
        rows = rows if last is None else rows.filter(id__gt=last)
        batch = list(rows[:BATCH])
    for row in batch:
        row.release = release
    return batch


def _parts(proposal: Proposal) -> Iterator[Part]:
    try:
        stored, request = json.loads(proposal.response), json.loads(proposal.request)
        computed = replayed(proposal)
    except (ValueError, KeyError, TypeError, ReleaseDamaged) as error:
        yield Part(path="", stored="", computed=f"{type(error).__name__}: {error}")
        return
    except IncompleteFacts as error:
        yield from (
            Part(path=f"request.{one.path}", stored="", computed=str(one.message))
            for one in error.faults
        )
        return
    parts = list(_differing(stored, computed))
    yield from parts
    if not parts and proposal.response != canonical_json(computed):
        yield Part(path="response", stored="", computed="other bytes for the same values")
    if proposal.request != canonical_json(request):
        yield Part(path="request", stored="", computed="other bytes for the same values")
    for name in ("status", "receipt"):
        if getattr(proposal, name) != computed[name]:
            old = getattr(proposal, name)
            yield Part(path=f"proposal.{name}", stored=old, computed=computed[name])


def _differing(stored: Any, computed: Any) -> Iterator[Part]:
    for path, old, new in changed_parts(stored, computed):
        yield Part(path=f"response.{path}", stored=old, computed=new)
