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
            path="M34 92Q28 14 100 13T166 92Q160 61 139 52 100 40 61 52 40 61 34 92Z",
        ),
        Region(
            code="face",
            path="M40 90Q44 64 62 56 100 44 138 56 156 64 160 90 162 150 140 184"
            " 120 211 100 212T60 184Q38 150 40 90Z",
        ),
        Region(
            code="forehead",
            path="M52 84Q54 67 66 61 100 50 134 61 146 67 148 84 124 76 111 82 100 87 89 82"
            " 76 76 52 84Z",
        ),
        Region(code="glabella", path="M90 86Q100 91 110 86L107 106Q100 110 93 106Z"),
        Region(
            code="periorbital",
            path="M53 101Q55 88 71 88T89 102Q86 114 71 115 55 114 53 101Z",
            mirrored=True,
        ),
        Region(
            code="cheeks",
            path="M47 124Q64 115 81 121 87 131 80 142 73 152 66 158 52 150 47 124Z",
            mirrored=True,
        ),
        Region(
            code="nasolabial-folds",
            path="M86 138Q91 146 84 154 78 163 79 176 70 174 72 160 75 148 86 138Z",
            mirrored=True,
        ),
        Region(code="perioral", path="M82 165Q89 151 100 151T118 165Q116 180 100 181T82 165Z"),
        Region(code="chin", path="M76 184Q88 186 100 186T124 184Q116 206 100 207T76 184Z"),
        Region(
            code="submental",
            path="M64 196Q79 216 100 217T136 196L131 213Q118 226 100 227T69 213Z",
        ),
        Region(code="neck", path="M69 218Q82 231 100 232T131 218L133 246Q100 254 67 246Z"),
    ),
    lines=(
        "M60 101Q71 94 82 101 71 108 60 101Z",
        "M140 101Q129 94 118 101 129 108 140 101Z",
        "M97 112Q95 131 89 138 94 145 100 145T111 138Q105 131 103 112",
        "M88 166Q95 161 100 163 105 161 112 166 100 173 88 166Z",
        "M56 86Q70 79 86 84",
        "M144 86Q130 79 114 84",
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
