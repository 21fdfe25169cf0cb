"""Notes on the map: pinned, changed and taken off, and what is typed kept until then."""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.permissions import actor, require
from clinic.roles import Action
from consultations import mapnotes, policies
from consultations.errors import StaleVersion
from consultations.forms.notes import NoteForm
from consultations.forms.terms import Terms
from consultations.models import Consultation, MapNote
from consultations.services import notes as services
from consultations.views.map_panel import form_of, map_panel, new_form
from consultations.views.versions import version_in
from consultations.views.workspace import may_edit, workspace


@require_POST
@require(Action.EDIT_CONSULTATION)
def pin(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = _consultation_or_404(pk)
    form = new_form(Terms(), data=request.POST)
    if form.is_valid() and _done(form, lambda: _pinned(request, row, form)):
        return _answer(request, row, said=_("The note is pinned."))
    return _answer(request, row, sent=form)


@require_POST
@require(Action.EDIT_CONSULTATION)
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    note = _note_or_404(pk)
    row = _consultation_or_404(note.consultation_id)
    form = form_of(note, Terms(), data=request.POST)
    if form.is_valid() and _done(form, lambda: _changed(request, note, form)):
        return _answer(request, row, said=_("The note is changed."))
    return _answer(request, row, sent=form)


@require_POST
@require(Action.EDIT_CONSULTATION)
def remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    note = _note_or_404(pk)
    row = _consultation_or_404(note.consultation_id)
    said = _("The note is taken off the map.")
    try:
        _removed(request, row, note)
    except StaleVersion:
        said = _("Somebody else changed this note meanwhile. It still stands; read it first.")
    except ValidationError as error:
        said = " ".join(error.messages)
    return _answer(request, row, said=said)


@require_POST
@require(Action.EDIT_CONSULTATION)
def keep(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What somebody is writing, a moment after the last key. It is nobody else's yet."""
    row = get_object_or_404(Consultation, pk=pk)
    body = _read(request)
    key, value = str(body.get("note", "")), mapnotes.readable(body.get("value"))
    known = key in {"", *(str(one.pk) for one in row.map_notes.all())}
    if body.get("user") != str(actor(request).pk):
        return JsonResponse({"code": "other-user"}, status=409)
    if not policies.can_edit(row):
        return JsonResponse({"code": "closed"}, status=409)
    if value is None or not known:
        return JsonResponse({"code": "malformed"}, status=400)
    try:
        at = mapnotes.keep_begun(row, key, value, by=actor(request))
    except ValidationError:  # it was closed in between
        return JsonResponse({"code": "closed"}, status=409)
    return JsonResponse({"saved_at": date_format(timezone.localtime(at), "H:i:s")})


@transaction.atomic
def _pinned(request: HttpRequest, row: Consultation, form: NoteForm) -> None:
    services.pin_note(row, by=actor(request), **form.values())
    mapnotes.forget_begun(row, "", by=actor(request))


@transaction.atomic
def _changed(request: HttpRequest, note: MapNote, form: NoteForm) -> None:
    version = form.cleaned_data["version"] or 0
    services.change_note(note, by=actor(request), version=version, **form.values())
    mapnotes.forget_begun(note.consultation, str(note.pk), by=actor(request))


@transaction.atomic
def _removed(request: HttpRequest, row: Consultation, note: MapNote) -> None:
    services.remove_note(note, by=actor(request), version=version_in(request))
    mapnotes.forget_begun(row, str(note.pk), by=actor(request))


def _done(form: NoteForm, work: Any) -> bool:
    try:
        work()
    except StaleVersion as clash:
        _tell_clash(form, clash)
    except ValidationError as error:
        form.add_error(None, error.messages)
    else:
        return True
    return False


def _tell_clash(form: NoteForm, clash: StaleVersion) -> None:
    """Both texts stand there; sending again is a choice made with the other in view."""
    other = form.note.text if form.note else ""
    form.add_error(
        None,
        _("Somebody else changed this note meanwhile. It now says: “%(text)s”. Yours is below.")
        % {"text": other},
    )
    form.data = {**form.data.dict(), "version": clash.current}  # type: ignore[attr-defined]


def _answer(
    request: HttpRequest, row: Consultation, *, sent: NoteForm | None = None, said: str = ""
) -> HttpResponse:
    """The notes anew for a script, the page for a browser without."""
    user, editable = actor(request), may_edit(request, row)
    if getattr(request, "htmx", False):
        panel = map_panel(row, by=user, editable=editable, sent=sent, said=said)
        context = {"consultation": row, "map_panel": panel, "editable": editable}
        return render(request, "consultations/partials/notes/panel.html", context)
    if sent is not None:
        return workspace(request, row, note=sent)
    messages.info(request, said)
    return redirect(f"{reverse('consultations:consultation', args=[row.pk])}#map-notes")


def _consultation_or_404(pk: UUID) -> Consultation:
    row: Consultation = get_object_or_404(Consultation.objects.with_facts(), pk=pk)
    return row


def _note_or_404(pk: UUID) -> MapNote:
    return get_object_or_404(MapNote.objects.select_related("consultation", "area"), pk=pk)


def _read(request: HttpRequest) -> dict[str, Any]:
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError, RawPostDataException):
        return {}
    return body if isinstance(body, dict) else {}
