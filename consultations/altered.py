"""What a clinician changed of an option, in words: on the proposal, the plan and every printout."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from clinic.text import with_commas
from consultations.departures import told
from treatments.explanations import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Altered:
    """`departures` say where the range of a protocol is left, `reason` why, in coded words."""

    parts: tuple[str, ...]
    departures: tuple[str, ...]
    reason: str

    @property
    def lines(self) -> tuple[str, ...]:
        told = []
        if self.parts:
            told.append(_("Only here: %(parts)s") % {"parts": with_commas(self.parts)})
        if self.reason:
            told.append(_("Outside the protocol: %(reason)s") % {"reason": self.reason})
        return (*told, *self.departures)


def altered(wording: Wording, option: Mapping[str, Any]) -> Altered:
    """Of an option as it was taken; empty where nothing of this kind was changed."""
    reason = option.get("departure_reason")
    return Altered(
        parts=wording.each("areas", option.get("parts", [])),
        departures=tuple(
            told(one, wording.name("treatments", one["treatment"]))
            for one in option.get("departures", ())
        ),
        reason=wording.name("decision_reasons", reason) if reason else "",
    )
