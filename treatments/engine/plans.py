"""What a release says about carrying treatments out: protocols, combinations, what goes along."""

from collections.abc import Mapping
from dataclasses import dataclass

from treatments.engine.document import CombinationRow, Document, ProtocolRow


@dataclass(frozen=True, slots=True)
class Protocol:
    concerns: frozenset[str]
    planned: int
    optional: int
    interval_days: int
    min_interval_days: int
    maintenance_days: int | None
    review_days: int | None
    basis: tuple[str, ...]

    @property
    def sessions(self) -> int:
        return self.planned + self.optional


@dataclass(frozen=True, slots=True)
class Alternating:
    """The following treatment's sessions keep `gap_days` from every one of the leading one's."""

    gap_days: int


@dataclass(frozen=True, slots=True)
class SameSession:
    """Visits `visit_days` apart; each treatment takes part in every so-manieth of them."""

    visit_days: int
    lead_every: int
    follow_every: int


@dataclass(frozen=True, slots=True)
class Combination:
    mode: str
    lead: str
    follow: str
    rhythm: Alternating | SameSession
    performer: str | None
    warning: str | None
    basis: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Variant:
    code: str
    treatment: str
    preference: str
    area: str
    blocked_by: str | None
    basis: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Adjunct:
    code: str
    concern: str
    treatment: str
    basis: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """No concerns: any concern. No areas: any area."""

    code: str
    treatment: str
    concerns: frozenset[str]
    areas: frozenset[str]


@dataclass(frozen=True, slots=True)
class Plans:
    protocols: Mapping[str, tuple[Protocol, ...]]
    combinations: tuple[Combination, ...]
    variants: tuple[Variant, ...]
    adjuncts: tuple[Adjunct, ...]
    notices: tuple[Notice, ...]
    modes: tuple[str, ...]
    wishes: frozenset[str]

    def protocol(self, treatment: str, covers: tuple[str, ...]) -> Protocol:
        """The first one made for a covered concern, else the treatment's own."""
        protocols = self.protocols[treatment]
        made_for = (one for one in protocols if not one.concerns.isdisjoint(covers))
        return next(made_for, None) or next(one for one in protocols if not one.concerns)

    def combination(self, pair: frozenset[str], wished: str | None) -> Combination | None:
        """How two treatments go together: as wished, else as the curators put first."""
        fitting = [one for one in self.combinations if {one.lead, one.follow} == pair]
        as_wished = (one for one in fitting if one.mode == wished)
        return next(as_wished, fitting[0] if fitting else None)


def compile_plans(document: Document) -> Plans:
    combinations = tuple(_combination(row) for row in document["combinations"])
    variants = tuple(
        Variant(
            code=row["code"],
            treatment=row["treatment"],
            preference=row["preference"],
            area=row["area"],
            blocked_by=row["blocked_by"],
            basis=tuple(row["basis"]),
        )
        for row in document["variants"]
    )
    return Plans(
        protocols=_protocols(document["protocols"]),
        combinations=combinations,
        variants=variants,
        adjuncts=tuple(
            Adjunct(row["code"], row["concern"], row["treatment"], tuple(row["basis"]))
            for row in document["adjuncts"]
        ),
        notices=tuple(
            Notice(
                row["code"], row["treatment"], frozenset(row["concerns"]), frozenset(row["areas"])
            )
            for row in document["notices"]
        ),
        modes=tuple(dict.fromkeys(one.mode for one in combinations)),
        wishes=frozenset({"laser"}.union(one.preference for one in variants)),
    )


def _protocols(rows: list[ProtocolRow]) -> dict[str, tuple[Protocol, ...]]:
    protocols: dict[str, tuple[Protocol, ...]] = {}
    for row in rows:
        protocol = Protocol(
            concerns=frozenset(row["concerns"]),
            planned=row["planned"],
            optional=row["optional"],
            interval_days=row["interval_days"],
            min_interval_days=row["min_interval_days"],
            maintenance_days=row["maintenance_days"],
            review_days=row["review_days"],
            basis=tuple(row["basis"]),
        )
        protocols[row["treatment"]] = (*protocols.get(row["treatment"], ()), protocol)
    return protocols


def _combination(row: CombinationRow) -> Combination:
    return Combination(
        mode=row["mode"],
        lead=row["lead"],
        follow=row["follow"],
        rhythm=_rhythm(row),
        performer=row["performer"],
        warning=row["warning"],
        basis=tuple(row["basis"]),
    )


def _rhythm(row: CombinationRow) -> Alternating | SameSession:
    if row["gap_days"] is not None:
        return Alternating(row["gap_days"])
    visit_days, lead_every, follow_every = row["visit_days"], row["lead_every"], row["follow_every"]
    if visit_days is None or lead_every is None or follow_every is None:
        raise ValueError(f"combination {row['mode']} has neither a gap nor visits")
    return SameSession(visit_days, lead_every, follow_every)
