"""The map of face and body: what is shown of each area, and the notes pinned to it.

An area without a drawing stands in the lists all the same, and a drawing whose area is not in use
is only an outline.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from consultations.drawings import VIEWS, Region, View


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """What the map says of an area: in a pattern, in a sign that stands on it, and in words."""

    fill: str
    sign: str
    told: str

    @property
    def width(self) -> int:
        """Of the plate behind the sign."""
        return 12 + 6 * len(self.sign)

    @property
    def start(self) -> float:
        return -self.width / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """``within`` is the area that this one lies in: what is said of it holds here, too."""

    region: Region
    name: str
    spot: Spot | None
    within: str
    fill: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A note where it stands on a drawing, in the drawing's own measure."""

    number: int
    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    view: View
    shapes: tuple[Shape, ...]
    outline: tuple[Region, ...]
    pins: tuple[Pin, ...]

    @property
    def marked(self) -> tuple[Shape, ...]:
        return tuple(one for one in self.shapes if one.spot)


def map_of(
    areas: Iterable[Any],
    spots: Mapping[str, Spot] = MappingProxyType({}),
    notes: Iterable[Any] = (),
) -> list[Drawn]:
    """The drawings with the names that the catalogue gives to their areas.

    Load the areas with their parents.
    """
    known = {area.code: area for area in areas}
    pinned = list(notes)
    return [
        Drawn(
            view=view,
            shapes=tuple(
                _shape(one, known[one.code], spots) for one in view.regions if one.code in known
            ),
            outline=tuple(one for one in view.regions if one.code not in known),
            pins=tuple(_pin(one, view) for one in pinned if one.view == view.key),
        )
        for view in VIEWS
    ]


def _shape(region: Region, area: Any, spots: Mapping[str, Spot]) -> Shape:
    within = area.parent.code if area.parent else ""
    spot = spots.get(region.code)
    said = spot or spots.get(within)
    return Shape(
        region=region, name=area.name, spot=spot, within=within, fill=said.fill if said else ""
    )


def _pin(note: Any, view: View) -> Pin:
    return Pin(
        number=note.number,
        x=round(float(note.x) * view.width, 1),
        y=round(float(note.y) * view.height, 1),
        text=note.text,
    )


__all__ = ["VIEWS", "Drawn", "Pin", "Region", "Shape", "Spot", "View", "map_of"]
