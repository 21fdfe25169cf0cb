"""A signed plan on paper: what the template of the PDF prints, all of it put into words here.

``version`` begins with the signed record's own digest and ends with one over everything that is
printed, so two prints of one version are the same to the byte.
"""

from typing import Any

from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from clinic import pdf
from clinic.dates import day_and_time, long_day, weekday_and_day
from clinic.digits import local_digits
from clinic.text import isolated, with_commas
from consultations.care_paper import care_groups, care_lead
from consultations.documents import (
    Acknowledged,
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
from consultations.sheets import Printed, frame, in_time_of, lines_of, versioned
from consultations.standing import FollowUp
from treatments.compiler import catalogue_of
from treatments.explanations import Wording, wording_of
from treatments.texts import listed, said


def plan_pdf(plan: Plan, language: str) -> HttpResponse:
    """Load the plan with `with_sessions()`."""
    data = printed(plan, language)
    return pdf.response(pdf.render("plan.typ", data), f"plan-{data['version']}")


def printed(plan: Plan, language: str) -> Printed:
    with translation.override(language), in_time_of(plan.clinic):
        return versioned(_parts(plan, plan_document(plan)), of=plan.digest)


def _parts(plan: Plan, document: PlanDocument) -> Printed:
    wording = wording_of(catalogue_of(plan.proposal.release))
    page = frame(
        title=_("Treatment plan"), patient=plan.patient, clinic=plan.clinic, labels=_labels()
    )
    return page | {
        "signed": [
            _("Signed by %(who)s on %(time)s")
            % {"who": isolated(plan.signed_by), "time": day_and_time(plan.signed_at)}
        ],
        "withdrawals": list(document.withdrawals),
        "sessions": [session_of(one) for one in document.sessions],
        "follow_ups": [_follow_up(one) for one in document.follow_ups],
        "overrides": [override_of(wording, one) for one in document.overrides],
        "answers": [answer_of(wording, one) for one in document.answers],
        "heed": [one.text for one in document.heed],
        "acknowledged": [_acknowledgement(one) for one in document.acknowledged],
        "notes": [
            *({"area": area, "note": isolated(note)} for area, note in document.notes),
            *({"area": area, "note": line} for area, lines in document.changes for line in lines),
            *({"area": area, "note": _("declined")} for area in document.declined),
        ],
        "amendments": [amendment_of(one) for one in plan.consultation.amendments.all()],
        "maps": maps_of(plan, document.map_notes),
        "map_notes": [map_note_of(one) for one in document.map_notes],
        "care": list(care_groups(document)),
        "foot": [_("The clinician decides."), _made_with(plan)],
    }


def _made_with(plan: Plan) -> str:
    return _("Release %(release)s, proposal %(number)s. Signed record %(digest)s.") % {
        "release": isolated(plan.proposal.release.key),
        "number": local_digits(str(plan.proposal.number)),
        "digest": isolated(plan.digest),
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
        "care_lead": care_lead(),
    }


def session_of(session: SessionText) -> Printed:
    row = session.row
    title = _("Session %(number)d: %(day)s")
    tags = [_("optional")] if session.optional else []
    if row.status != SessionStatus.SCHEDULED:
        tags.append(str(row.get_status_display()))
    return {
        "title": title % {"number": row.number, "day": weekday_and_day(row.planned_on)},
        "tags": tags,
        "why": isolated(row.cancelled_because) if row.cancelled_because else "",
        "items": [
            _item(one, optional=one.optional and not session.optional) for one in session.items
        ],
    }


def _item(item: ItemText, *, optional: bool) -> Printed:
    name = item.treatment
    if item.variant:
        name = said("%(name)s (%(variant)s)", {"name": name, "variant": item.variant})
    course = _("no. %(number)d of the course") % {"number": item.number_in_course}
    chosen = filter(None, [_where(item), item.technique])
    materials = [*chosen, *map(_mixture, item.mixtures)]
    if item.activators:
        told = {"activators": listed(item.activators)}
        materials.append(said(_("Activator, if one is used: %(activators)s"), told))
    materials += item.lifted
    return {
        "title": listed([name, item.area]),
        "withdrawn": item.withdrawn,
        "course": f"{course}, {_('optional')}" if optional else course,
        "materials": materials,
    }


def _where(item: ItemText) -> str:
    return said(_("Only here: %(parts)s"), {"parts": listed(item.parts)}) if item.parts else ""


def _mixture(mixture: Mixture) -> str:
    parts = listed(mixture.ingredients) or _("the clinician selects the ingredients")
    told = {"name": mixture.name, "product": isolated(mixture.product), "parts": parts}
    sentence = "%(name)s (%(product)s): %(parts)s" if mixture.product else "%(name)s: %(parts)s"
    return said(sentence, told)


def _follow_up(one: FollowUp) -> Printed:
    return {
        "day": long_day(one.day),
        "what": _("review of the result") if one.review else _("maintenance"),
        "of": listed([one.treatment, one.area]),
    }


def override_of(wording: Wording, row: OverrideText) -> Printed:
    return {
        "rule": bears_on(wording, row),
        "reason": said("%(reason)s.", {"reason": row.reason}),
        "text": lines_of(row.text),
        "by": with_commas([isolated(row.made_by), day_and_time(row.made_at)]),
    }


def answer_of(wording: Wording, row: PrescriberQuestion) -> Printed:
    day = long_day(row.answered_on)  # type: ignore[arg-type]  # answered
    return {
        "rule": bears_on(wording, row),
        "answer": f"{row.get_answer_display()}.",
        "text": lines_of(row.text),
        "conditions": lines_of(row.conditions),
        "by": with_commas([isolated(row.prescriber), day]),
    }


def bears_on(wording: Wording, row: Any) -> str:
    """“L-08b: PRP, Face”"""
    return said(
        "%(rule)s: %(place)s",
        {
            "rule": isolated(row.rule),
            "place": listed(
                [
                    wording.name("treatments", row.treatment.code),
                    wording.name("areas", row.area.code),
                ]
            ),
        },
    )


def amendment_of(row: Amendment) -> Printed:
    title = _("Amendment %(number)d: %(reason)s")
    return {
        "title": title % {"number": row.number, "reason": row.get_reason_display()},
        "text": lines_of(row.text),
        "by": with_commas([isolated(row.by), day_and_time(row.at)]),
    }


def map_note_of(note: MapNote) -> Printed:
    place = [str(note.get_view_display()), *([str(note.area)] if note.area else [])]
    return {
        "number": f"{note.number}",
        "text": lines_of(note.text),
        "by": f"{with_commas(place)}. {isolated(note.changed_by or note.created_by)}",
    }


def _acknowledgement(one: Acknowledged) -> str:
    return said(
        _("%(area)s: acknowledged by %(who)s on %(time)s"),
        {"area": one.area, "who": isolated(one.by), "time": day_and_time(one.at)},
    )
