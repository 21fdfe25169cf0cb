"""The map of face and body: where on the drawings an area lies.

Drawings know areas by their codes. An area without a drawing can be chosen in the list all the
same, and a drawing whose area is not in use is only an outline.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """``mirrored``: the same shape stands on the other side, too."""

    code: str
    path: str
    mirrored: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    key: str
    title: Any
    width: int
    height: int
    regions: tuple[Region, ...]
    lines: tuple[str, ...] = ()
    outline: tuple[Region, ...] = ()


_ARMS = "M44 85Q33 89 31 106L25 150 19 189 31 192 39 153 46 129Z"
_HANDS = "M19 193 31 196Q34 209 28 218 19 224 15 213Z"
_HIPS = "M50 176Q80 185 110 176 116 189 117 203L84 208 80 201 76 208 43 203Q44 189 50 176Z"
_THIGHS = "M43 207 76 212 75 262Q60 268 47 262Z"
_KNEES = "M47 266Q60 272 75 266L74 288Q61 294 49 288Z"
_LEGS = "M49 292Q61 298 74 292 77 322 69 350L67 373H54L52 350Q43 322 49 292Z"
_NECK = "M71 59Q80 66 89 59V69Q89 74 96 77 80 72 64 77 71 74 71 69Z"
_FEET = Region(code="", path="M54 377H67L68 388Q58 394 45 390Z", mirrored=True)
_HEAD = "M60 33Q60 8 80 8T100 33Q100 50 88 58 80 62 72 58 60 50 60 33Z"

FACE = View(
    key="face",
    title=_("Face"),
    width=200,
    height=252,
    regions=(
        Region(
            code="scalp",
            path="M38 104C28 42 60 12 100 12S172 42 162 104C161 80 152 64 136 57 114 48 86 48 64 57"
            " 48 64 39 80 38 104Z",
        ),
        Region(
            code="neck",
            path="M71 214H129V238Q142 245 158 249 100 252 42 249 58 245 71 238Z",
        ),
        Region(
            code="submental",
            path="M64 184H136C134 200 134 211 128 219 119 228 108 230 100 230S81 228 72 219C66 211"
            " 66 200 64 184Z",
        ),
        Region(
            code="face",
            path="M43 98C42 70 62 54 100 54S158 70 157 98C159 130 154 158 140 182 128 202 114 213"
            " 100 213S72 202 60 182C46 158 41 130 43 98Z",
        ),
        Region(
            code="forehead",
            path="M55 83C60 67 78 60 100 60S140 67 145 83C134 77 121 75 112 77 104 81 96 81 88 77"
            " 79 75 66 77 55 83Z",
        ),
        Region(
            code="glabella",
            path="M100 84C106 84 109 87 108 93 107 100 104 104 100 104S93 100 92 93C91 87 94 84"
            " 100 84Z",
        ),
        Region(
            code="periorbital",
            path="M53 102C56 92 63 88 71 88S87 92 90 101C86 110 80 114 71 114S57 110 53 102Z",
            mirrored=True,
        ),
        Region(
            code="cheeks",
            path="M50 124C58 117 72 117 80 122 85 130 82 142 76 150 70 156 62 154 57 147 52 140"
            " 49 132 50 124Z",
            mirrored=True,
        ),
        Region(
            code="nasolabial-folds",
            path="M86 138C82 146 78 153 76 161 75 168 76 173 79 176 82 176 82 171 83 166 84 158"
            " 88 150 90 144 90 140 88 137 86 138Z",
            mirrored=True,
        ),
        Region(
            code="perioral",
            path="M100 152C111 152 118 159 118 166S112 180 100 180 82 173 82 166 89 152 100 152Z",
        ),
        Region(
            code="chin",
            path="M100 184C110 184 119 186 121 190 118 201 110 207 100 207S82 201 79 190C81 186"
            " 90 184 100 184Z",
        ),
    ),
    outline=(
        Region(
            code="",
            path="M42 106C36 102 32 108 34 117 36 127 40 132 45 131 43 122 42 114 42 106Z",
            mirrored=True,
        ),
    ),
    lines=(
        "M59 102C64 95 78 95 84 103",
        "M62 104C67 109 76 109 82 104",
        "M68.5 101.5A3.5 3.5 0 1 0 75.5 101.5",
        "M141 102C136 95 122 95 116 103",
        "M138 104C133 109 124 109 118 104",
        "M124.5 101.5A3.5 3.5 0 1 0 131.5 101.5",
        "M57 90C64 83 76 83 85 87",
        "M143 90C136 83 124 83 115 87",
        "M92 133C88 138 91 142 95 141 97 144 103 144 105 141 109 142 112 138 108 133",
        "M88 165C93 161 97 161 100 163 103 161 107 161 112 165Q107 173 100 173T88 165Z",
        "M86 164C93 168 107 168 114 164",
    ),
)
FRONT = View(
    key="front",
    title=_("Front"),
    width=160,
    height=398,
    regions=(
        Region(code="face", path=_HEAD),
        Region(code="neck", path=_NECK),
        Region(code="decolletage", path="M57 81Q80 75 103 81L99 101Q80 111 61 101Z"),
        Region(
            code="chest",
            path="M46 85Q50 82 54 82L58 104Q80 115 102 104L106 82Q110 82 114 85L112 129"
            "Q80 138 48 129Z",
        ),
        Region(code="arms", path=_ARMS, mirrored=True),
        Region(code="hands", path=_HANDS, mirrored=True),
        Region(code="abdomen", path="M49 133Q80 142 111 133L109 172Q80 181 51 172Z"),
        Region(code="hips", path=_HIPS),
        Region(code="thighs", path=_THIGHS, mirrored=True),
        Region(code="knee", path=_KNEES, mirrored=True),
        Region(code="legs", path=_LEGS, mirrored=True),
    ),
    outline=(_FEET,),
)
BACK = View(
    key="back",
    title=_("Back"),
    width=160,
    height=398,
    regions=(
        Region(code="scalp", path=_HEAD),
        Region(code="neck", path=_NECK),
        Region(code="arms", path=_ARMS, mirrored=True),
        Region(code="hands", path=_HANDS, mirrored=True),
        Region(code="back", path="M46 85Q80 74 114 85L112 129 109 172Q80 181 51 172L48 129Z"),
        Region(code="buttocks", path=_HIPS),
        Region(code="thighs", path=_THIGHS, mirrored=True),
        Region(code="legs", path=_LEGS, mirrored=True),
    ),
    outline=(Region(code="", path=_KNEES, mirrored=True), _FEET),
)
VIEWS = (FACE, FRONT, BACK)


def map_of(areas: Iterable[Any]) -> list[dict[str, Any]]:
    """The drawings with the names that the catalogue gives to their areas."""
    names = {area.code: area.name for area in areas}
    return [
        {
            "view": view,
            "regions": [(one, names[one.code]) for one in view.regions if one.code in names],
            "outline": [
                *view.outline,
                *(one for one in view.regions if one.code not in names),
            ],
        }
        for view in VIEWS
    ]
