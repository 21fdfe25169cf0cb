"""Codes of published systems for the catalogue's own terms."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from treatments.admin.rows import CatalogueAdmin
from treatments.models import CodeMapping
from treatments.models.mappings import TARGETS, TERMS


@admin.register(CodeMapping)
class CodeMappingAdmin(CatalogueAdmin):
    list_display = ("code", "display", "stands_for", "system", "active")
    list_filter = ("system", "active")
    search_fields = ("code", "display", "note", *(f"{name}__name" for name in TERMS))
    fetched_with = TERMS
    fieldsets = (
        (
            _("Term"),
            {
                "fields": [TARGETS],
                "description": _("The one term of this catalogue that the code stands for."),
            },
        ),
        (
            _("Code"),
            {
                "fields": ["system", "code", "display", "active"],
                "description": _(
                    "SNOMED CT, ICD-10 of the WHO and ATC need a licence of your own before their "
                    "codes may be written here. The program ships none of them."
                ),
            },
        ),
        (None, {"fields": ["licence_note", "note"]}),
    )

    @admin.display(description=_("term"))
    def stands_for(self, mapping: Any) -> str:
        return str(mapping.term)
