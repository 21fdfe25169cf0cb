"""A signed plan on paper: what the template of the PDF prints, all of it put into words here.

``version`` begins with the signed record's own digest and ends with one over everything that is
printed, so two prints of one version are the same to the byte.
"""

from collections.abc import Iterable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from clinic import pdf
from clinic.dates import day_and_time, long_day, weekday_and_day
from clinic.digits import local_digits_within
from clinic.text import with_commas
from consultations.documents import (
    Acknowledged,
    CareLine,
    FollowUp,
    ItemText,
    Mixture,
    PlanDocument,
    SessionText,
    plan_document,
)
from consultations.enums import SessionStatus
from consultations.lifted import OverrideText
from consultations.models import Amendment, MapNote, Plan, PrescriberQuestion
from consultations.paper_maps import maps_of
from treatments.engine import digest_of

Printed = dict[str, Any]
_CODES = frozenset({"svg", "language", "direction", "name", "foot"})
_DIGEST = slice(7, 23)  # what follows “sha256:”, as much of it as a person compares


def plan_pdf(plan: Plan) -> HttpResponse:
    """Load the plan with `with_sessions()`. The language is the one in use."""
    data = printed(plan)
    return pdf.response(pdf.render("plan.typ", data), f"plan-{data['version']}")


def printed(plan: Plan) -> Printed:
    with timezone.override(ZoneInfo(plan.clinic.timezone)):
        data: Printed = local_digits_within(_parts(plan, plan_document(plan)), but=_CODES)
    content = digest_of(data)[_DIGEST][:8]
    return data | {"version": f"{plan.digest[_DIGEST]}-{content}"}


def _parts(plan: Plan, document: PlanDocument) -> Printed:
    language = get_language() or "en"
    return {
        "language": language.partition("-")[0],
        "direction": "rtl" if get_language_bidi() else "ltr",
        "title": _("Treatment plan"),
        "patient": _patient(plan),
        "clinic": plan.clinic.name,
        "labels": _labels(),
        "signed": [
            _("Signed by %(who)s on %(time)s")
            % {"who": _apart(plan.signed_by), "time": day_and_time(plan.signed_at)}
        ],
        "withdrawals": list(document.withdrawals),
        "sessions": [_session(one) for one in document.sessions],
        "follow_ups": [_follow_up(one) for one in document.follow_ups],
        "overrides": [_override(one) for one in document.overrides],
        "answers": [_answer(one) for one in document.answers],
        "heed": [one.text for one in document.heed],
        "acknowledged": [_acknowledgement(one) for one in document.acknowledged],
        "notes": [
            *({"area": area, "note": note} for area, note in document.notes),
            *({"area": area, "note": line} for area, lines in document.changes for line in lines),
            *({"area": area, "note": _("declined")} for area in document.declined),
        ],
        "amendments": [_amendment(one) for one in plan.consultation.amendments.all()],
        "maps": maps_of(plan, document.map_notes),
        "map_notes": [_map_note(one) for one in document.map_notes],
        "care": list(_care(document)),
        "foot": [
            _("The clinician decides."),
            _("Release %(release)s, proposal %(number)d. Signed record %(digest)s.")
            % {
                "release": plan.proposal.release.key,
                "number": plan.proposal.number,
                "digest": plan.digest,
            },
        ],
    }


def _labels() -> dict[str, str]:
    return {
        "sessions": _("Sessions"),
        "follow_ups": _("After the course"),
        "overrides": _("Rules that were overridden"),
        "answers": _("What prescribers answered"),
        "heed": _("To be minded"),
        "notes": _("Notes"),
        "amendments": _("Amendments"),
        "amended": _("Added after signing. What was signed stands unchanged."),
        "where": _("Where"),
        "map_notes": _("Notes on the map"),
        "care": _("Preparation and aftercare"),
        "care_lead": _(
            "One list for all treatments. The dates are counted from each planned session."
        ),
        "version": _("Version"),
        "page": _("Page {page} of {pages}"),
    }


def _patient(plan: Plan) -> Printed:
    patient = plan.patient
    details = [patient.number]
    if patient.birth_date:
        details.append(_("born %(day)s") % {"day": long_day(patient.birth_date)})
    return {"name": str(patient), "shown": _apart(patient), "details": details}


def _session(session: SessionText) -> Printed:
    row = session.row
    title = _("Session %(number)d: %(day)s")
    tags = [_("optional")] if session.optional else []
    if row.status != SessionStatus.SCHEDULED:
        tags.append(str(row.get_status_display()))
    return {
        "title": title % {"number": row.number, "day": weekday_and_day(row.planned_on)},
        "tags": tags,
        "items": [
            _item(one, optional=one.optional and not session.optional) for one in session.items
        ],
    }


def _item(item: ItemText, *, optional: bool) -> Printed:
    name = f"{item.treatment} ({item.variant})" if item.variant else item.treatment
    course = _("no. %(number)d of the course") % {"number": item.number_in_course}
    materials = [_where(item), item.technique]
    materials = [*filter(None, materials), *map(_mixture, item.mixtures)]
    if item.activators:
        materials.append(f"{_('Activator, if one is used')}: {with_commas(item.activators)}")
    materials += item.lifted
    return {
        "title": f"{name}, {item.area}",
        "withdrawn": item.withdrawn,
        "course": f"{course}, {_('optional')}" if optional else course,
        "materials": materials,
    }


def _where(item: ItemText) -> str:
    return _("Only here: %(parts)s") % {"parts": with_commas(item.parts)} if item.parts else ""


def _mixture(mixture: Mixture) -> str:
    name = f"{mixture.name} ({mixture.product})" if mixture.product else mixture.name
    parts = with_commas(mixture.ingredients) or _("the clinician selects the ingredients")
    return f"{name}: {parts}"


def _follow_up(one: FollowUp) -> Printed:
    return {
        "day": long_day(one.day),
        "what": _("review of the result") if one.review else _("maintenance"),
        "of": f"{one.treatment}, {one.area}",
    }


def _override(row: OverrideText) -> Printed:
    return {
        "rule": f"{row.rule}: {row.treatment}, {row.area}",
        "reason": f"{row.reason}.",
        "text": row.text,
        "by": f"{_apart(row.made_by)}, {day_and_time(row.made_at)}",
    }


def _answer(row: PrescriberQuestion) -> Printed:
    day = long_day(row.answered_on)  # type: ignore[arg-type]  # answered
    return {
        "rule": f"{row.rule}: {row.treatment}, {row.area}",
        "answer": f"{row.get_answer_display()}.",
        "text": row.text,
        "conditions": row.conditions,
        "by": f"{_apart(row.prescriber)}, {day}",
    }


def _amendment(row: Amendment) -> Printed:
    title = _("Amendment %(number)d: %(reason)s")
    return {
        "title": title % {"number": row.number, "reason": row.get_reason_display()},
        "text": row.text,
        "by": f"{_apart(row.by)}, {day_and_time(row.at)}",
    }


def _care(document: PlanDocument) -> Iterator[Printed]:
    """Groups of the sheet; one without lines is left out."""
    off = {one.row.number for one in document.sessions if one.row.status == SessionStatus.CANCELLED}
    personal = [{"text": text, "treatments": "", "dates": []} for text in document.personal_care]
    groups = (
        (_("For you in particular"), personal),
        (_("Before a session"), _lines(document.before, _("from %(day)s"), off)),
        (_("After a session"), _lines(document.after, _("until %(day)s"), off)),
    )
    return ({"title": title, "lines": lines} for title, lines in groups if lines)


def _lines(lines: Iterable[CareLine], counted: str, off: set[int]) -> list[Printed]:
    session = _("Session %(number)d:")
    return [
        {
            "text": line.text,
            "treatments": with_commas(line.treatments),
            "dates": [
                {
                    "session": session % {"number": number},
                    "day": counted % {"day": long_day(day)},
                }
                for number, day in line.dates
                if number not in off
            ],
        }
        for line in lines
    ]


def _map_note(note: MapNote) -> Printed:
    place = str(note.get_view_display())
    if note.area:
        place = f"{place}, {note.area}"
    return {
        "number": f"{note.number}",
        "text": note.text,
        "by": f"{place}. {_apart(note.changed_by or note.created_by)}",
    }


def _acknowledgement(one: Acknowledged) -> str:
    return _("%(area)s: acknowledged by %(who)s on %(time)s") % {
        "area": one.area,
        "who": _apart(one.by),
        "time": day_and_time(one.at),
    }


def _apart(name: object) -> str:
    """A name between isolates: written from right to left, it does not turn what follows it."""
    return f"\N{FIRST STRONG ISOLATE}{name}\N{POP DIRECTIONAL ISOLATE}"
