"""How a treatment may be given in an area, as the release says."""

from typing import Any

from treatments.engine import Catalogue
from treatments.explanations import wording_of


def techniques_for(catalogue: Catalogue, treatment: str, area: str) -> list[dict[str, Any]]:
    """Those of the treatment whose areas meet this one, or that name no area; in the reader's
    language. Releases from before techniques were frozen have none."""
    near = catalogue.vocabulary.areas[area].near
    rows = wording_of(catalogue).document.get("techniques", ())
    of_treatment = [row for row in rows if treatment in row["treatments"]]
    return [row for row in of_treatment if not row["areas"] or near.intersection(row["areas"])]
