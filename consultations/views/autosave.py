"""Saving while somebody types, and what an open page should know. Scripts ask; JSON answers."""

import json
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.models import User
from clinic.permissions import actor, allowed, require
from clinic.roles import Action
from consultations import autosaving, flow, news, policies
from consultations.forms.units import plain, units_of
from consultations.merging import Kept
from consultations.models import Consultation
from consultations.services import editing


@require_POST
@require(Action.EDIT_CONSULTATION)
def save(request: HttpRequest, pk: UUID, key: str) -> HttpResponse:
    """Save the fields that were changed on a page, each compared with what it began from."""
    step = flow.step_or_404(key)
    get_object_or_404(Consultation, pk=pk)
    body = _read(request)
    if body is None or not isinstance(body.get("fields"), dict):
        return _refusal("malformed", _("The page did not arrive whole. Load it again."), 400)
    if body.get("user") != str(actor(request).pk):
        return _refusal("other-user", _("Somebody else is logged in now."), 409)
    try:
        saved = autosaving.save_fields(pk, step, body["fields"], by=actor(request))
    except autosaving.Malformed:
        return _refusal("malformed", _("The page did not arrive whole. Load it again."), 400)
    except ValidationError as error:
        return _refusal("closed", " ".join(error.messages), 409)
    return JsonResponse(
        {
            "saved_at": _time(saved.at, "H:i:s"),
            "version": saved.consultation.version,
            "fields": {name: _result(one) for name, one in saved.results.items()},
        }
    )


@require_http_methods(["GET", "POST"])
@require(Action.VIEW_CONSULTATION)
def news_of(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who is logged in and who else is here; a POST says that this person is, too."""
    consultation = get_object_or_404(Consultation.objects.select_related("clinic"), pk=pk)
    user = actor(request)
    answer: dict[str, Any] = {
        "user": str(user.pk),
        "token": get_token(request),
        "version": consultation.version,
        "editable": policies.can_edit(consultation) and allowed(request, Action.EDIT_CONSULTATION),
    }
    if request.method == "POST" and answer["editable"]:
        body = _read(request) or {}
        editing.note_presence(consultation, by=user)
        answer["others"] = _others(consultation, by=user)
        answer["changes"] = _changes(consultation, body.get("since"), user=user)
        if body.get("unfinished") is True:
            answer["unfinished"] = {
                name: {"input": plain(value), **_result(result)}
                for name, (value, result) in news.unfinished(consultation, by=user).items()
            }
    return JsonResponse(answer)


@require_GET
@require(Action.EDIT_CONSULTATION)
def rows(request: HttpRequest, pk: UUID, section: str) -> HttpResponse:
    """A section's rows as they are stored, or as this person left them unfinished."""
    consultation = get_object_or_404(Consultation.objects.with_facts(), pk=pk)
    step = flow.step_of_field(section)
    form = step.form(None, consultation=consultation) if step else None
    if form is None or section not in form.sections:
        raise Http404
    shown = form.sections[section]
    if "unfinished" in request.GET:
        units = {section: units_of(form)[section]}
        kept: Kept | None = autosaving.kept_inputs(consultation, actor(request), units).get(section)
        if kept is not None:
            shown = news.bound(consultation, section, kept).rows
    context = {"section": shown, "editable": True, "consultation": consultation}
    return render(request, "consultations/partials/section_rows.html", context)


def _read(request: HttpRequest) -> dict[str, Any] | None:
    """The body, when it is a JSON object."""
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError, RawPostDataException):  # the last: it came as a form
        return None
    return body if isinstance(body, dict) else None


def _refusal(code: str, message: str, status: int) -> JsonResponse:
    return JsonResponse({"code": code, "message": message}, status=status)


def _result(one: autosaving.Result) -> dict[str, Any]:
    return {
        "state": one.state,
        "value": plain(one.value),
        "complaints": [
            {"message": fault.message, "row": fault.row, "field": fault.field}
            for fault in one.complaints
        ],
        "theirs": plain(one.theirs),
        "words": list(one.words),
        "by": one.by,
        "at": _time(one.at, "H:i"),
    }


def _others(consultation: Consultation, *, by: User) -> list[str]:
    return [str(one) for one in editing.others_present(consultation, by=by)]


def _changes(consultation: Consultation, since: Any, *, user: User) -> dict[str, Any]:
    if not isinstance(since, int):
        return {}
    return {
        name: {
            "value": plain(one.value),
            "version": one.version,
            "by": str(one.by),
            "own": one.by == user,
            "at": _time(one.at, "H:i"),
        }
        for name, one in news.changes_since(consultation, since).items()
    }


def _time(at: Any, how: str) -> str:
    return date_format(timezone.localtime(at), how) if at else ""
