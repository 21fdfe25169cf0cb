"""The front page of the admin: what is done there, in the order in which it is done.

Models are named here as text, since this floor knows neither of the apps above it. What stands on
no shelf comes last, under the name of its app.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    key: str
    name: str | Promise
    models: tuple[str, ...]


def _of(app: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{app}.{name}" for name in names)


SHELVES: Final = (
    Shelf(
        key="releases",
        name=_("Releases and drafts"),
        models=_of(
            "treatments", "Draft", "Release", "GoldenCase", "CatalogueImport", "CatalogueChange"
        ),
    ),
    Shelf(
        key="rules",
        name=_("Rules"),
        models=_of(
            "treatments",
            "Rule",
            "Suitability",
            "Protocol",
            "Combination",
            "Variant",
            "Adjunct",
            "DecisionReason",
            "EngineParameter",
        ),
    ),
    Shelf(
        key="asked",
        name=_("What is asked"),
        models=_of(
            "treatments",
            "Concern",
            "Area",
            "Condition",
            "Allergen",
            "Medication",
            "MedicationClass",
            "LabTest",
            "AreaFinding",
            "Procedure",
            "CodeMapping",
        ),
    ),
    Shelf(
        key="materials",
        name=_("Treatments and materials"),
        models=_of(
            "treatments",
            "Treatment",
            "Technique",
            "Device",
            "Activator",
            "Formula",
            "Product",
            "Ingredient",
            "IngredientClass",
            "PerformerLevel",
            "Referral",
        ),
    ),
    Shelf(
        key="told",
        name=_("What patients are told"),
        models=_of(
            "treatments",
            "ConsentText",
            "CareInstruction",
            "SideEffect",
            "OptionWarning",
            "Notice",
            "ComparisonAspect",
        ),
    ),
    Shelf(
        key="evidence",
        name=_("Evidence"),
        models=_of("treatments", "Source", "Statement", "Conflict"),
    ),
    Shelf(
        key="clinic",
        name=_("Clinic"),
        models=_of("clinic", "Clinic", "User", "Membership", "ApiToken"),
    ),
    Shelf(
        key="records",
        name=_("Records, read only"),
        models=(
            *_of("consultations", "Patient", "Consultation", "Proposal", "Plan"),
            "clinic.AuditEvent",
            *_of("axes", "AccessAttempt", "AccessLog", "AccessFailureLog"),
        ),
    ),
)


def shelved(apps: Iterable[Mapping[str, Any]], *, address: str) -> list[dict[str, Any]]:
    """Django's list of apps, put on the shelves; a shelf with nothing on it is not shown."""
    left = {model["model"]._meta.label: (app, model) for app in apps for model in app["models"]}
    shown = []
    for shelf in SHELVES:
        models = [left.pop(label)[1] for label in shelf.models if label in left]
        if models:
            shown.append(_listed(shelf.key, str(shelf.name), models, address=address))
    others: dict[str, dict[str, Any]] = {}
    for app, model in left.values():
        others.setdefault(app["app_label"], {**app, "models": []})["models"].append(model)
    return [*shown, *others.values()]


def _listed(key: str, name: str, models: list[dict[str, Any]], *, address: str) -> dict[str, Any]:
    return {
        "name": name,
        "app_label": key,
        "app_url": f"{address}#shelf-{key}",
        "has_module_perms": True,
        "models": models,
    }
