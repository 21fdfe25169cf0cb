"""Every write to the catalogue and its releases."""

from treatments.services.allergens import keep_allergens_in_step
from treatments.services.importing import ImportCounts, import_catalogue
from treatments.services.releases import activate_release, publish_release

__all__ = [
    "ImportCounts",
    "activate_release",
    "import_catalogue",
    "keep_allergens_in_step",
    "publish_release",
]
