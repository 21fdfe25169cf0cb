"""A signature drawn on the screen: whole numbers in a small frame, and nothing else.

No markup of the browser's is ever kept: what is shown is drawn from the numbers.
"""

from collections.abc import Sequence
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

WIDTH: Final = 600
HEIGHT: Final = 200
MOST_STROKES: Final = 100
MOST_POINTS: Final = 4000
LEAST_EXTENT: Final = 30  # a dot is no signature

Stroke = list[list[int]]


def checked(strokes: Any) -> list[Stroke]:
    """The strokes, each a list of points [x, y] within the frame. Raises ValidationError."""
    if not isinstance(strokes, list) or not 1 <= len(strokes) <= MOST_STROKES:
        raise _malformed()
    points = 0
    for stroke in strokes:
        if not isinstance(stroke, list) or not stroke:
            raise _malformed()
        points += len(stroke)
        if points > MOST_POINTS or not all(_is_point(one) for one in stroke):
            raise _malformed()
    if _extent(strokes) < LEAST_EXTENT:
        raise ValidationError(_("Draw the whole signature, or type the name."), code="too-small")
    return strokes


def path_of(strokes: Sequence[Sequence[Sequence[int]]]) -> str:
    """The path of an SVG in a frame of WIDTH by HEIGHT. A stroke of one point is a dot."""
    parts = []
    for stroke in strokes:
        (x, y), *rest = stroke
        line = "".join(f"L{right} {down}" for right, down in rest or [(x, y)])
        parts.append(f"M{x} {y}{line}")
    return "".join(parts)


def svg_of(strokes: Sequence[Sequence[Sequence[int]]]) -> str:
    """A whole picture, for paper."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<path d="{path_of(strokes)}" fill="none" stroke="#1c2729" stroke-width="3"'
        ' stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )


def _is_point(point: Any) -> bool:
    return (
        isinstance(point, list)
        and len(point) == 2  # noqa: PLR2004 - x and y
        and all(type(one) is int for one in point)
        and 0 <= point[0] <= WIDTH
        and 0 <= point[1] <= HEIGHT
    )


def _extent(strokes: list[Stroke]) -> int:
    across = [point[0] for stroke in strokes for point in stroke]
    down = [point[1] for stroke in strokes for point in stroke]
    return max(max(across) - min(across), max(down) - min(down))


def _malformed() -> ValidationError:
    return ValidationError(_("This drawing cannot be read. Draw it again."), code="malformed")
