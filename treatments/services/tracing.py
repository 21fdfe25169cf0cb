"""What an import leaves behind in the draft, in an order in which it can be taken back."""

from dataclasses import dataclass

from django.db.models import Model

from clinic.models import User
from treatments.models import CatalogueChange
from treatments.services.recording import NEW, Recorder, Snapshot, snapshot_of


@dataclass(frozen=True, slots=True)
class _Line:
    row: Model
    key: object
    label: str
    parent: Model
    before: Snapshot


class Trace:
    """Rows and their lines as they were before an import touched them.

    Rows are written in the order in which they were stored, each once with all that became of it,
    and lines after them: a line may name any row. Nothing is kept for an empty installation.
    """

    def __init__(self, *, by: User | None, kept: bool) -> None:
        self._recorder = Recorder(by=by) if kept else None
        self._rows: dict[int, tuple[Model, Snapshot]] = {}
        self._lines: list[_Line] = []

    def before(self, row: Model) -> None:
        """Keep the row as it is stored now; the first time counts."""
        if self._recorder is not None and id(row) not in self._rows:
            self._rows[id(row)] = (row, snapshot_of(row))

    def line_deleted(self, line: Model, parent: Model) -> None:
        if self._recorder is not None:
            self._lines.append(_Line(line, line.pk, str(line), parent, snapshot_of(line)))

    def line_added(self, line: Model, parent: Model) -> None:
        if self._recorder is not None:
            self._lines.append(_Line(line, line.pk, str(line), parent, NEW))

    def write(self) -> list[CatalogueChange]:
        """Everything that differs now, with the draft that it opens."""
        recorder = self._recorder
        if recorder is None:
            return []
        changes = [
            recorder.changed(row, before, event=False) for row, before in self._rows.values()
        ]
        for line in self._lines:
            line.row.pk = line.key  # deleting takes it away
            changes.append(
                recorder.changed(
                    line.row, line.before, parent=line.parent, label=line.label, event=False
                )
            )
        return [change for change in changes if change is not None]
