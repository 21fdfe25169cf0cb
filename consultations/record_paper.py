"""The full record of a consultation on paper: what was told, proposed, decided, signed and done."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import get_language_info, pgettext
from django.utils.translation import gettext as _

from clinic import pdf
from clinic.dates import day_and_time, long_day
from clinic.text import isolated, with_commas
from consultations.documents import plan_document
from consultations.events import events_of
from consultations.mapnotes import notes_of
from consultations.models import AdverseEvent, Consent, Consultation, MapNote, Plan, Proposal
from consultations.paper import amendment_of, map_note_of, session_of
from consultations.record_decisions import decision_sections
from consultations.record_facts import Entry, entry, fact_sections, section
from consultations.sheets import Printed, frame, in_time_of, lines_of, versioned
from treatments.compiler import catalogue_of, current_catalogue
from treatments.explanations import Wording, wording_of
from treatments.texts import joined, listed, said


def record_pdf(consultation: Consultation, language: str) -> HttpResponse:
    """Load the consultation with `with_facts()`."""
    data = printed(consultation, language)
    return pdf.response(pdf.render("record.typ", data), f"record-{data['version']}")


def printed(consultation: Consultation, language: str) -> Printed:
    with translation.override(language), in_time_of(consultation.clinic):
        plan = Plan.objects.with_sessions().filter(consultation=consultation).first()
        proposal = plan.proposal if plan else _newest(consultation)
        parts = frame(
            title=_("Full record"),
            patient=consultation.patient,
            clinic=consultation.clinic,
            labels={},
        )
        sections = list(_sections(consultation, proposal, plan))
        parts |= {
            "lead": list(_lead(consultation)),
            "sections": [one for one in sections if one["entries"]],
            "foot": list(_foot(proposal, plan)),
        }
        return versioned(parts, of=plan.digest if plan else "")


def _newest(consultation: Consultation) -> Proposal | None:
    rows = Proposal.objects.filter(consultation=consultation).select_related("release", "clinic")
    found: Proposal | None = rows.order_by("-number").first()
    return found


def _lead(row: Consultation) -> Iterator[str]:
    yield _("Consultation of %(day)s with %(who)s. %(status)s.") % {
        "day": long_day(row.consulted_on),
        "who": isolated(row.clinician),
        "status": row.get_status_display(),
    }
    if row.cancelled_at is not None:
        yield _("Cancelled by %(who)s on %(time)s: “%(reason)s”") % {
            "who": isolated(row.cancelled_by),
            "time": day_and_time(row.cancelled_at),
            "reason": isolated(row.cancel_reason),
        }
    yield _("Sex: %(sex)s") % {"sex": row.patient.get_sex_display()}
    if row.stated_age is not None:
        yield _("age %(age)s, stated") % {"age": row.stated_age}


def _sections(
    consultation: Consultation, proposal: Proposal | None, plan: Plan | None
) -> Iterator[Printed]:
    catalogue = catalogue_of(proposal.release) if proposal else current_catalogue()
    wording = wording_of(catalogue)
    yield from fact_sections(wording, consultation)
    yield section(_("Notes on the map"), map(_map_note, notes_of(consultation)))
    if proposal is not None:
        yield from decision_sections(wording, proposal)
    yield section(_("Consents"), map(_consent, _consents(consultation)))
    yield section(_("Signatures"), _signatures(consultation, plan))
    if plan is not None:
        yield from _plan(plan)
        events = events_of(plan)
        yield section(_("Adverse events"), (_event(wording, one) for one in events))
    rows = [amendment_of(one) for one in consultation.amendments.select_related("by")]
    yield section(
        _("Amendments"),
        (entry(one["title"], aside=one["by"], lines=one["text"]) for one in rows),
    )


def _map_note(note: MapNote) -> Entry:
    told = map_note_of(note)
    return entry(f"{told['number']}.", aside=told["by"], lines=told["text"])


def _event(wording: Wording, row: AdverseEvent) -> Entry:
    """As it was recorded; what was corrected since stands there, too, and says so."""
    marks = {
        _("recorded by mistake"): row.withdrawn,
        _("corrected since"): row.is_overtaken,  # type: ignore[attr-defined]
        _("correction"): row.corrects_id,
    }
    names = [
        wording.name("treatments", row.treatment.code),
        wording.name("areas", row.area.code),
    ]
    graded = [str(row.get_seriousness_display()), *(word for word, holds in marks.items() if holds)]
    facts = [_("Began on %(day)s.") % {"day": long_day(row.onset_on)}]
    if row.kind:
        facts.insert(0, wording.row("side_effects", row.kind.code).get("name", row.kind.name))
    if row.session:
        facts.append(_("After session %(number)s.") % {"number": row.session.number})
    return entry(
        listed(names),
        aside=with_commas([*graded, isolated(row.recorded_by), day_and_time(row.recorded_at)]),
        lines=lines_of(row.what),
        items=[*facts, str(row.get_outcome_display())],
    )


def _consents(consultation: Consultation) -> Any:
    rows = Consent.objects.filter(consultation=consultation).order_by("signed_at", "id")
    return rows.select_related("treatment", "taken_by", "withdrawal__recorded_by")


def _consent(row: Consent) -> Entry:
    signed = _("Signed by %(who)s on %(time)s") % {
        "who": isolated(row.signer_name),
        "time": day_and_time(row.signed_at),
    }
    facts = [
        signed,
        str(row.get_how_display()),
        _("Taken by %(who)s") % {"who": isolated(row.taken_by)},
    ]
    if row.witness_name:
        facts.append(_("Witness: %(who)s") % {"who": isolated(row.witness_name)})
    told = _("Text version %(number)d, in this language: %(language)s")
    language = get_language_info(row.language)["name_translated"]
    facts.append(told % {"number": row.version, "language": language})
    facts.append(_("Digest: %(digest)s") % {"digest": isolated(row.digest)})
    return entry(isolated(row.treatment.name), items=[*facts, *_withdrawal(row)])


def _withdrawal(row: Consent) -> Iterator[str]:
    taken_back = getattr(row, "withdrawal", None)
    if taken_back is None:
        return
    yield _("Withdrawn on %(time)s, told by %(who)s, recorded by %(by)s") % {
        "time": day_and_time(taken_back.at),
        "who": isolated(taken_back.told_by),
        "by": isolated(taken_back.recorded_by),
    }
    if taken_back.reason:
        yield isolated(taken_back.reason)


def _signatures(consultation: Consultation, plan: Plan | None) -> Iterator[Entry]:
    prepared = consultation.preparations.select_related("signed_by").order_by("signed_at")
    for row in prepared:
        yield entry(_("Preparation"), aside=_by(row.signed_by, row.signed_at))
    if plan is not None:
        title = _("Co-signature") if plan.preparation_id else _("Signature")
        yield entry(title, aside=_by(plan.signed_by, plan.signed_at))


def _by(who: Any, at: Any) -> str:
    return with_commas([isolated(who), day_and_time(at)])


def _plan(plan: Plan) -> Iterator[Printed]:
    document = plan_document(plan)
    sessions = [(one, session_of(one)) for one in document.sessions]
    yield section(
        _("Plan and sessions"),
        (
            entry(
                told["title"],
                aside=with_commas([*told["tags"]] or [one.row.get_status_display()]),
                lines=filter(None, [told["why"]]),
                items=list(map(_item, told["items"])),
            )
            for one, told in sessions
        ),
    )


def _item(item: Printed) -> str:
    told = {"title": item["title"], "course": item["course"], "withdrawn": item["withdrawn"]}
    if item["withdrawn"]:
        return said("%(title)s (%(course)s). %(withdrawn)s", told)
    given = joined(pgettext("between phrases", "; "), item["materials"])
    if not given:
        return said("%(title)s (%(course)s)", told)
    return said("%(title)s (%(course)s): %(given)s", told | {"given": given})


def _foot(proposal: Proposal | None, plan: Plan | None) -> Iterator[str]:
    if proposal is not None:
        yield _("Release %(release)s (%(digest)s).") % {
            "release": isolated(proposal.release.key),
            "digest": isolated(proposal.release.digest),
        }
        yield _("Receipt of the proposal: %(receipt)s.") % {"receipt": isolated(proposal.receipt)}
    if plan is not None:
        yield _("Signed record: %(digest)s.") % {"digest": isolated(plan.digest)}
