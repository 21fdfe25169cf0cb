"""What the catalogue's texts are in the other languages that a clinic speaks."""

from typing import Any, ClassVar

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinic.text import validate_storable
from treatments.texts import SHAPES, TEXTS, kind_names, other_languages


def kinds() -> list[tuple[str, str | Promise]]:
    return [(kind, kind_names()[kind]) for kind in TEXTS]


def languages() -> list[tuple[str, str]]:
    return [(code, name) for code, name in settings.LANGUAGES if code in other_languages()]


class Translation(models.Model):
    """One text of one row in one language, and the text that it was made from.

    The row is named by its code, as everywhere outside the database; lines of rows by the code of
    the row and their own, “origin/prp”. When the text of the row is changed the translation counts
    no more: readers see the new text, marked, until somebody brings the translation up to date.
    """

    kind = models.CharField(_("kind of row"), max_length=40, choices=kinds)
    code = models.CharField(_("code"), max_length=130, validators=[validate_storable])
    field = models.CharField(_("text"), max_length=20, validators=[validate_storable])
    language = models.CharField(_("language"), max_length=10, choices=languages)
    text = models.TextField(_("translation"), validators=[validate_storable])
    source_text = models.TextField(
        _("made from"),
        validators=[validate_storable],
        help_text=_("The text that was translated. It tells when that text has changed since."),
    )
    reviewed = models.BooleanField(
        _("reviewed"),
        default=False,
        help_text=_("A clinician who speaks the language has read it."),
    )

    natural_names: ClassVar = ("kind", "code", "field", "language")
    named_after_all: ClassVar = True  # in files it may name any other row

    class Meta:
        verbose_name = _("text in another language")
        verbose_name_plural = _("texts in other languages")
        ordering = ["kind", "code", "field", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "code", "field", "language"],
                name="treatments_translation_once",
                violation_error_message=_("This text is already there in this language."),
            ),
            models.CheckConstraint(
                name="treatments_translation_other_language",
                condition=~Q(language=settings.LANGUAGE_CODE),
                violation_error_message=_("The row itself holds the text in this language."),
            ),
            models.CheckConstraint(
                name="treatments_translation_not_empty",
                condition=~Q(text="") & ~Q(source_text="") & ~Q(code="") & ~Q(field=""),
                violation_error_message=_("Give the text and the text that it was made from."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}, {self.field} ({self.language})"

    def clean(self) -> None:
        if self.field not in TEXTS.get(self.kind, ()):
            raise ValidationError({"field": _("Rows of this kind have no such text.")})
        if not self.text.strip():
            raise ValidationError({"text": _("Give the text, or take the translation away.")})
        if not rows_known_by(self.kind, self.code).exists():
            raise ValidationError({"code": _("There is no such row.")})


_LINES = {
    lines.kind: (shape.kind, lines.name, lines.by)
    for shape in SHAPES.values()
    if (lines := shape.lines) is not None
}


def rows_known_by(kind: str, code: str) -> models.QuerySet:
    """The row that a code stands for, or the row that holds the line: one, or none."""
    if kind == "inputconflict":
        return _all("rule").filter(conflict_code=code)
    if kind not in _LINES:
        return _all(kind).filter(code=code)
    outer, name, by = _LINES[kind]
    row, line, *_number = [*code.split("/"), ""]
    return _all(outer).filter(code=row, **{f"{name}__{by}__code": line}).distinct()


def _all(kind: str) -> models.QuerySet:
    model: Any = apps.get_model("treatments", kind)
    rows: models.QuerySet = model._default_manager.all()  # noqa: SLF001 - any kind of row
    return rows
