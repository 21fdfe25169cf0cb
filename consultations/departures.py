"""Where a clinician's dates leave the range of a protocol: as it is kept, and as it is told."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.dates import long_day
from consultations.planning import Breach, Range

Departure = dict[str, Any]


def departure(breach: Breach, ranges: Mapping[str, Range]) -> Departure:
    """As it stands in the option that was taken: plain JSON, `bound` what the protocol allows."""
    kept: Departure = {"code": breach.code, "treatment": breach.treatment}
    bound = breach.least or breach.most
    if breach.day is not None and bound is not None:
        return kept | {"day": breach.day.isoformat(), "bound": bound.isoformat()}
    wanted = ranges[breach.treatment]
    least_or_most = wanted.fewest if breach.code == "few" else wanted.most
    return kept | {"sessions": breach.sessions, "bound": least_or_most}


def told(one: Departure, treatment: str) -> str:
    """In a sentence, with the treatment's name."""
    if "sessions" in one:
        return _sessions(one, treatment)
    words = {
        "interval": _("%(treatment)s: %(day)s is earlier than the protocol's %(bound)s."),
        "interval-long": _("%(treatment)s: %(day)s is later than the protocol's %(bound)s."),
    }
    days = {key: long_day(date.fromisoformat(one[key])) for key in ("day", "bound")}
    return words[one["code"]] % ({"treatment": treatment} | days)


def _sessions(one: Departure, treatment: str) -> str:
    planned = ngettext("%(number)d session", "%(number)d sessions", one["sessions"])
    words = {
        "few": _("%(treatment)s: %(planned)s, fewer than the protocol's %(bound)d."),
        "many": _("%(treatment)s: %(planned)s, more than the protocol's %(bound)d."),
    }
    return words[one["code"]] % {
        "treatment": treatment,
        "planned": planned % {"number": one["sessions"]},
        "bound": one["bound"],
    }
