"""The notes beside the map: what is pinned, and the forms of those that may pin."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from consultations import mapnotes
from consultations.forms.notes import NoteForm, shown
from consultations.forms.terms import Terms
from consultations.models import Consultation, MapNote


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRow:
    """``open``: its form has something in it that is not pinned yet."""

    note: MapNote
    form: NoteForm | None = None
    open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPanel:
    """``said`` is what has just been done, ``left_behind`` counts the notes of the consultation
    that this one was started from: they stay there."""

    rows: tuple[NoteRow, ...]
    new: NoteForm | None = None
    new_open: bool = False
    said: str = ""
    left_behind: int = 0

    @property
    def notes(self) -> list[MapNote]:
        return [row.note for row in self.rows]


def map_panel(
    row: Consultation,
    *,
    by: Any,
    editable: bool,
    terms: Terms | None = None,
    sent: NoteForm | None = None,
    said: str = "",
) -> MapPanel:
    """With ``sent``, that form shows its faults in the place where it was sent from."""
    notes, left_behind = mapnotes.notes_of(row), _left_behind(row)
    if not editable:
        rows = tuple(NoteRow(note=one) for one in notes)
        return MapPanel(rows=rows, said=said, left_behind=left_behind)
    terms, begun = terms or Terms(), mapnotes.begun_by(row, by)
    new = sent if sent and not sent.note else new_form(terms, begun.get(""))
    return MapPanel(
        rows=tuple(_row(one, begun.get(str(one.pk)), terms, sent) for one in notes),
        new=new,
        new_open=new is sent or "" in begun,
        said=said,
        left_behind=left_behind,
    )


def new_form(terms: Terms, begun: Mapping[str, str] | None = None, data: Any = None) -> NoteForm:
    return NoteForm(data, terms=terms, initial=begun or {}, auto_id="id_note_new_%s")


def form_of(
    note: MapNote, terms: Terms, begun: Mapping[str, str] | None = None, data: Any = None
) -> NoteForm:
    return NoteForm(
        data,
        terms=terms,
        note=note,
        initial=shown(note) | dict(begun or {}),
        auto_id=f"id_note_{note.number}_%s",
    )


def _row(
    note: MapNote, begun: Mapping[str, str] | None, terms: Terms, sent: NoteForm | None
) -> NoteRow:
    mine = sent if sent and sent.note and sent.note.pk == note.pk else None
    form = mine or form_of(note, terms, begun)
    return NoteRow(note=note, form=form, open=bool(mine or begun))


def _left_behind(row: Consultation) -> int:
    return row.copied_from.map_notes.count() if row.copied_from else 0
