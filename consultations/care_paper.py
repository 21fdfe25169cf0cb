"""The sheet of preparation and aftercare: what a patient takes home, and nothing besides."""

from collections.abc import Iterable, Iterator

from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from clinic import pdf
from clinic.dates import long_day, weekday_and_day
from consultations.care import CareLine
from consultations.documents import PlanDocument, SessionText, plan_document
from consultations.enums import SessionStatus
from consultations.models import Plan
from consultations.sheets import Printed, frame, in_time_of, versioned
from treatments.texts import listed


def care_pdf(plan: Plan, language: str) -> HttpResponse:
    """Load the plan with `with_sessions()`."""
    data = printed(plan, language)
    return pdf.response(pdf.render("care.typ", data), f"care-{data['version']}")


def printed(plan: Plan, language: str) -> Printed:
    with translation.override(language), in_time_of(plan.clinic):
        document = plan_document(plan)
        labels = {"sessions": _("Your sessions"), "care_lead": care_lead()}
        parts = frame(
            title=_("Preparation and aftercare"),
            patient=plan.patient,
            clinic=plan.clinic,
            labels=labels,
        )
        parts |= {
            "sessions": [_session(one) for one in document.sessions if _is_to_come(one)],
            "care": list(care_groups(document)),
            "foot": [_("Ask us whenever something is unclear.")],
        }
        return versioned(parts, of=plan.digest)


def care_lead() -> str:
    return _("One list for all treatments. The dates are counted from each planned session.")


def care_groups(document: PlanDocument) -> Iterator[Printed]:
    """Groups of the sheet; one without lines is left out."""
    personal = [{"text": text, "treatments": "", "dates": []} for text in document.personal_care]
    groups = (
        (_("For you in particular"), personal),
        (_("Before a session"), _lines(document.before, _("from %(day)s"))),
        (_("After a session"), _lines(document.after, _("until %(day)s"))),
    )
    return ({"title": title, "lines": lines} for title, lines in groups if lines)


def _is_to_come(session: SessionText) -> bool:
    return session.row.status == SessionStatus.SCHEDULED


def _session(session: SessionText) -> Printed:
    title = _("Session %(number)d: %(day)s")
    given = (item.treatment for item in session.items if not item.withdrawn)
    return {
        "title": title
        % {"number": session.row.number, "day": weekday_and_day(session.row.planned_on)},
        "treatments": listed(dict.fromkeys(given)),
    }


def _lines(lines: Iterable[CareLine], counted: str) -> list[Printed]:
    session = _("Session %(number)d:")
    return [
        {
            "text": line.text,
            "treatments": listed(line.treatments),
            "dates": [
                {"session": session % {"number": number}, "day": counted % {"day": long_day(day)}}
                for number, day in line.dates
            ],
        }
        for line in lines
    ]
