"""What went wrong after a treatment, as whoever saw it tells it."""

from collections.abc import Iterable, Mapping
from typing import Any

from crispy_forms.layout import Column, Field, Layout, Row
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.dates import short_day
from clinic.text import validate_storable
from consultations.enums import EventOutcome, Seriousness, SessionStatus
from consultations.forms.decisions import SmallForm
from consultations.forms.fields import CHOOSE, WrittenDate
from consultations.models import AdverseEvent, Plan, SessionItem
from consultations.models.events import LONGEST_WHAT
from consultations.services.events import Told
from treatments.models import SideEffect


class EventForm(SmallForm):
    """Of one plan: what is offered is what the plan gives."""

    button = gettext_lazy("Record the event")

    place = forms.ChoiceField(label=gettext_lazy("After which treatment, where"))
    session = forms.ChoiceField(label=gettext_lazy("After which session"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Known side effect"),
        required=False,
        help_text=gettext_lazy("When it is one of those that the catalogue lists."),
    )
    what = forms.CharField(
        label=gettext_lazy("What happened"),
        max_length=LONGEST_WHAT,
        validators=[validate_storable],
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    seriousness = forms.ChoiceField(
        label=gettext_lazy("How serious"),
        choices=Seriousness.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "Serious: treated in hospital, in danger of life, or with lasting harm."
        ),
    )
    onset_on = WrittenDate(label=gettext_lazy("Began on"))
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome so far"), choices=[CHOOSE, *EventOutcome.choices]
    )

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        due, own = _due(plan), _told_of(plan, self.initial)
        given = [*filter(_is_given, due), *(own if self.initial.get("session") else ())]
        self._offer("place", [CHOOSE, *_places([*due, *own])])
        self._offer("session", [("", _("Not known")), *_sessions(given)])
        self._offer("kind", [("", _("None of them")), *_kinds([*due, *own])])
        if not due:
            self.fields["place"].help_text = _("No session of this plan was due yet.")
        half = "col-12 col-md-6"
        self.helper.layout = Layout(
            Row(Column(Field("place"), css_class=half), Column(Field("session"), css_class=half)),
            Field("kind"),
            Field("what"),
            Field("seriousness"),
            Row(
                Column(Field("onset_on"), css_class=half), Column(Field("outcome"), css_class=half)
            ),
            *(Field(name) for name in self.fields if name == "withdrawn"),
        )

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def told(self) -> Told:
        """As the service takes it. Call it on a valid form."""
        data = self.cleaned_data
        treatment, _slash, area = data["place"].partition("/")
        return Told(
            treatment=treatment,
            area=area,
            session=data["session"] or None,
            kind=data["kind"],
            what=data["what"],
            seriousness=data["seriousness"],
            onset_on=data["onset_on"],
            outcome=data["outcome"],
        )


class CorrectEventForm(EventForm):
    button = gettext_lazy("Record the correction")

    withdrawn = forms.BooleanField(
        label=gettext_lazy("There was no such event: it was recorded by mistake."), required=False
    )


def as_told(event: AdverseEvent) -> dict[str, Any]:
    """What a correction starts from."""
    return {
        "place": f"{event.treatment.code}/{event.area.code}",
        "session": str(event.session_id) if event.session_id else "",
        "kind": event.kind.code if event.kind else "",
        "what": event.what,
        "seriousness": event.seriousness,
        "onset_on": event.onset_on,
        "outcome": event.outcome,
    }


def _due(plan: Plan) -> list[SessionItem]:
    """What was to be given by today."""
    today = plan.clinic.today()
    sessions = [one for one in plan.sessions.all() if one.planned_on <= today]
    return [item for session in sessions for item in session.items.all()]


def _told_of(plan: Plan, told: Mapping[str, Any]) -> list[SessionItem]:
    """What an event that is corrected was told of, whatever became of it since."""
    return [
        item
        for session in plan.sessions.all()
        for item in session.items.all()
        if _place_of(item) == told.get("place") and told["session"] in {"", str(session.pk)}
    ][:1]


def _is_given(item: SessionItem) -> bool:
    return item.session.status != SessionStatus.CANCELLED and not hasattr(item, "not_given")


def _place_of(item: SessionItem) -> str:
    return f"{item.treatment.code}/{item.area.code}"


def _places(items: Iterable[SessionItem]) -> list[tuple[str, str]]:
    return list({_place_of(one): f"{one.treatment.name}, {one.area.name}" for one in items}.items())


def _sessions(items: Iterable[SessionItem]) -> list[tuple[str, str]]:
    text = _("%(number)d, planned for %(day)s")
    sessions = {one.session_id: one.session for one in items}.values()
    return [
        (str(one.pk), text % {"number": one.number, "day": short_day(one.planned_on)})
        for one in sessions
    ]


def _kinds(items: Iterable[SessionItem]) -> list[tuple[str, str]]:
    keys = {item.treatment_id for item in items}
    rows = SideEffect.objects.filter(treatment__in=keys, active=True).select_related("treatment")
    return [(row.code, f"{row.treatment.name}: {row.name}") for row in rows]
