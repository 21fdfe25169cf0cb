"""What can be done to a draft, by whom, and why not just now."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.models import User
from clinic.permissions import actor, allowed
from clinic.reauthentication import own_password
from clinic.roles import Action
from clinic.scoping import membership_of
from treatments.enums import DraftStatus
from treatments.models import Draft, GoldenCase
from treatments.services import drafts
from treatments.services.approvals import approve_rule
from treatments.services.golden import accept_outcome
from treatments.services.review import Review, missing_for_publishing, missing_for_submitting

LONGEST_NOTE = 2000


def note_field(label: Any, help_text: Any = "", *, required: bool = True) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"})
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONGEST_NOTE,
        widget=widget,
        help_text=help_text,
    )


class SubmitForm(forms.Form):
    """The warnings to acknowledge stand in the list of findings, each beside its own box."""


class SendBackForm(forms.Form):
    note = note_field(gettext_lazy("What should change"))


class PublishForm(forms.Form):
    note = note_field(
        gettext_lazy("What you approve"),
        gettext_lazy("Everybody who looks at the release reads this."),
    )
    effective_at = forms.DateTimeField(
        label=gettext_lazy("In force from"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=gettext_lazy("Leave it empty for at once."),
    )
    password = own_password()


class WithdrawForm(forms.Form):
    note = note_field(gettext_lazy("Why it is given up"), required=False)
    sure = forms.BooleanField(
        label=gettext_lazy("Put every row back to what it was before this draft")
    )


class ApproveForm(forms.Form):
    rule = forms.CharField(max_length=60, widget=forms.HiddenInput)
    note = note_field(gettext_lazy("Note"), required=False)
    password = own_password()


class AcceptForm(forms.Form):
    case = forms.CharField(max_length=60, widget=forms.HiddenInput)
    reason = note_field(gettext_lazy("Why this may change"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do, the right that it needs, its form, and what does it."""

    action: Action
    form: type[forms.Form]
    run: Callable[[HttpRequest, Draft, dict[str, Any]], object]
    done: Any
    subject: str = ""  # the field that tells several forms of one step apart
    signed: bool = False  # done in one's own name, so that the form asks for one's password


def _submit(request: HttpRequest, draft: Draft, _data: dict[str, Any]) -> object:
    acknowledged = request.POST.getlist("acknowledged")
    return drafts.submit_for_review(draft, by=actor(request), acknowledged=acknowledged)


def _publish(request: HttpRequest, draft: Draft, data: dict[str, Any]) -> object:
    membership = membership_of(request)
    clinic = membership.clinic if membership else None
    note, moment = data["note"], data["effective_at"]
    by = actor(request)
    return drafts.publish_draft(draft, by=by, clinic=clinic, note=note, effective_at=moment)


def _accept(request: HttpRequest, draft: Draft, data: dict[str, Any]) -> object:
    case = GoldenCase.objects.filter(code=data["case"]).first()
    if case is None:
        raise ValidationError(_("There is no golden case of this code any more."))
    return accept_outcome(draft, case, by=actor(request), reason=data["reason"])


STEPS: dict[str, Step] = {
    "submit": Step(
        action=Action.EDIT_CATALOGUE,
        form=SubmitForm,
        run=_submit,
        done=gettext_lazy(
            "The draft is in review. Until it is published or sent back, no row can be changed."
        ),
    ),
    "send-back": Step(
        action=Action.EDIT_CATALOGUE,
        form=SendBackForm,
        run=lambda request, draft, data: drafts.send_back(draft, by=actor(request), **data),
        done=gettext_lazy("The draft can be edited again."),
    ),
    "publish": Step(
        action=Action.APPROVE_RELEASE,
        form=PublishForm,
        run=_publish,
        done=gettext_lazy("The draft is published."),
        signed=True,
    ),
    "withdraw": Step(
        action=Action.EDIT_CATALOGUE,
        form=WithdrawForm,
        run=lambda request, draft, data: drafts.withdraw_draft(
            draft, by=actor(request), note=data["note"]
        ),
        done=gettext_lazy("The draft is withdrawn; every row is again what it was."),
    ),
    "approve-rule": Step(
        action=Action.APPROVE_RELEASE,
        form=ApproveForm,
        run=lambda request, draft, data: approve_rule(
            draft, data["rule"], by=actor(request), note=data["note"]
        ),
        done=gettext_lazy("The rule is approved."),
        subject="rule",
        signed=True,
    ),
    "accept": Step(
        action=Action.EDIT_CATALOGUE,
        form=AcceptForm,
        run=_accept,
        done=gettext_lazy("The new outcome is accepted."),
        subject="case",
    ),
}


def why_not(request: HttpRequest, name: str, review: Review) -> Sequence[str]:
    """What keeps this person from this step now; nothing when it can be done."""
    action = STEPS[name].action
    if not allowed(request, action):
        medical = action is Action.APPROVE_RELEASE
        return [_("The medical lead does this.") if medical else _("Curators do this.")]
    ask = _WHY_NOT.get(name)
    return ask(review, actor(request)) if ask else []


def _why_not_send_back(review: Review, _by: User) -> Sequence[str]:
    return [] if review.draft.status == DraftStatus.IN_REVIEW else [_("It is not in review.")]


def _why_not_approve(review: Review, by: User) -> Sequence[str]:
    if review.draft.status != DraftStatus.IN_REVIEW:
        return [_("Rules are approved once the draft is in review.")]
    if by.pk in drafts.editors_of(review.draft):
        return [_("You edited or submitted this draft. Somebody else has to approve it.")]
    return []


_WHY_NOT: dict[str, Callable[[Review, User], Sequence[str]]] = {
    "submit": lambda review, _by: missing_for_submitting(review),
    "publish": lambda review, by: missing_for_publishing(review, by=by),
    "send-back": _why_not_send_back,
    "approve-rule": _why_not_approve,
}
