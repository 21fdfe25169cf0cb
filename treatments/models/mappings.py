"""Codes of other people's systems for our own terms. The engine never reads them."""

from functools import reduce
from operator import or_
from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.text import validate_storable
from treatments.enums import LocalTerm
from treatments.models.vocabulary import (
    Allergen,
    AreaFinding,
    Concern,
    Condition,
    LabTest,
    MedicationClass,
)

validate_system = RegexValidator(
    r"^(https?://|urn:)[!-~]+\Z", _("Give the system's address: “http://…” or “urn:…”.")
)
TERMS = ("concern", "condition", "finding", "medication_class", "allergen", "lab_test")
TARGETS = (*TERMS, "local")


def _only(target: str) -> Q:
    """Exactly this target is named and no other."""
    named = {f"{name}__isnull": name != target for name in TERMS}
    local = ~Q(local="") if target == "local" else Q(local="")
    return local & Q(**named)


class CodeMapping(models.Model):
    """That a term of ours is known under a code of a published system, by whose licence.

    A row belongs to exactly one term; ``local`` stands for those that are no rows.
    """

    concern = models.ForeignKey(
        Concern, models.PROTECT, related_name="code_mappings", null=True, blank=True
    )
    condition = models.ForeignKey(
        Condition, models.PROTECT, related_name="code_mappings", null=True, blank=True
    )
    finding = models.ForeignKey(
        AreaFinding, models.PROTECT, related_name="code_mappings", null=True, blank=True
    )
    medication_class = models.ForeignKey(
        MedicationClass, models.PROTECT, related_name="code_mappings", null=True, blank=True
    )
    allergen = models.ForeignKey(
        Allergen, models.PROTECT, related_name="code_mappings", null=True, blank=True
    )
    lab_test = models.ForeignKey(
        LabTest, models.PROTECT, related_name="code_mappings", null=True, blank=True
    )
    local = models.CharField(
        _("term without a row"), max_length=20, choices=LocalTerm, blank=True, default=""
    )
    system = models.CharField(
        _("system"),
        max_length=200,
        validators=[validate_system],
        help_text=_("The address that names it, for example “http://loinc.org”."),
    )
    code = models.CharField(_("code"), max_length=40, validators=[validate_storable])
    display = models.CharField(_("display"), max_length=300, validators=[validate_storable])
    licence_note = models.TextField(
        _("licence note"),
        validators=[validate_storable],
        help_text=_("By which licence the code is used, with the notice that it asks for."),
    )
    note = models.TextField(_("note"), blank=True, validators=[validate_storable])
    active = models.BooleanField(_("in use"), default=True)

    # What tells rows apart in files; all but one of the targets are empty.
    natural_names: ClassVar = (*TARGETS, "system", "code")

    class Meta:
        verbose_name = _("coded mapping")
        verbose_name_plural = _("coded mappings")
        ordering = ["system", "code", "pk"]
        constraints = [
            models.CheckConstraint(
                name="treatments_codemapping_one_target",
                condition=reduce(or_, map(_only, TARGETS)),
                violation_error_message=_("Name exactly one term that the code stands for."),
            ),
            models.CheckConstraint(
                name="treatments_codemapping_licensed",
                condition=~Q(licence_note="") & ~Q(code="") & ~Q(system=""),
                violation_error_message=_("A code needs its system and its licence note."),
            ),
            *(
                models.UniqueConstraint(
                    fields=[target, "system", "code"],
                    name=f"treatments_codemapping_{target}_once",
                    violation_error_message=_("The term already has this code."),
                )
                for target in TERMS
            ),
            models.UniqueConstraint(
                fields=["local", "system", "code"],
                condition=~Q(local=""),
                name="treatments_codemapping_local_once",
                violation_error_message=_("The term already has this code."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.display}"

    @property
    def term(self) -> str:
        """The name of what the code stands for."""
        row = next((one for name in TERMS if (one := getattr(self, name))), None)
        return str(row or self.get_local_display())
