"""The drawings of face and body: shapes that know areas by their codes.

All are seen as the examiner sees them: from the front, the patient's right stands on the left.
Shapes reach over the edge of the body and are cut off by its silhouette. A silhouette is one half,
the other is its mirror image.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

RIGHT, LEFT = _("patient's right"), _("patient's left")


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """``mirrored``: the same shape stands on the other side, too. ``at`` is a point within."""

    code: str
    path: str
    at: tuple[int, int]
    mirrored: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """``silhouette`` closes around the body, ``contour`` is the line that is drawn of it.

    ``sides`` say whose right and left the drawing's left and right are.
    """

    key: str
    title: Any
    width: int
    height: int
    regions: tuple[Region, ...]
    silhouette: str
    contour: str
    sides: tuple[Any, Any] = (RIGHT, LEFT)
    lines: tuple[str, ...] = ()

    @property
    def sign_scale(self) -> float:
        """What stands on a tall drawing is drawn larger, to be read at the same size."""
        return max(1.0, self.height / 360)


_HEAD = (
    "M110 12C70 12 46 40 46 88C46 98 47 106 48 114C43 108 36 112 38 124C40 136 45 146 51 147"
    "C53 160 56 172 60 182C66 196 80 212 94 220C100 223 105 224 110 224"
)
_THROAT = "M66 193C69 208 70 222 67 232C57 243 38 248 16 256"
_BODY = (
    "M110 9C98 9 90 18 90 32C90 37 91 41 92 45C94 54 99 61 103 65C103 70 102 74 100 78"
    "C95 83 84 86 75 90C65 94 60 102 59 113C58 125 55 136 52 149C50 160 47 171 44 184"
    "C40 201 37 217 34 233C30 240 26 249 24 258C22 266 23 276 27 279C31 282 36 276 38 269"
    "C40 264 41 258 42 252C45 254 47 250 47 244C47 239 47 236 48 232C53 215 58 200 61 184"
    "C64 168 69 150 74 131C77 146 81 160 81 175C81 190 76 205 72 221C68 236 66 252 67 271"
    "C69 296 74 318 77 340C78 348 77 356 76 363C74 380 77 404 83 428C85 438 86 446 85 452"
    "C83 460 77 466 75 470C75 475 88 476 95 472C99 468 99 460 98 452C97 446 98 438 100 430"
    "C105 408 107 384 104 363C103 356 104 349 105 341C107 316 109 290 110 262"
)
_ARMS = Region(
    code="arms",
    at=(58, 150),
    mirrored=True,
    path="M50 84L76 88C70 100 70 118 74 131L62 184L48 234H30L38 180Z",
)
_HANDS = Region(code="hands", at=(34, 260), mirrored=True, path="M50 233H28L15 285H48Z")

FACE = View(
    key="face",
    title=_("Face"),
    width=220,
    height=264,
    silhouette=f"{_HEAD}Z{_THROAT}V270H110V190Z",
    contour=f"{_HEAD}{_THROAT}",
    regions=(
        Region(
            code="neck",
            at=(110, 252),
            path="M60 214C82 238 98 243 110 243S138 238 160 214V238C170 246 184 250 206 256V272H14"
            "V256C36 250 50 246 60 238Z",
        ),
        Region(
            code="submental",
            at=(110, 232),
            path="M62 184H158V213C140 235 124 240 110 240S80 235 62 213Z",
        ),
        Region(
            code="scalp",
            at=(110, 34),
            path="M30 5H190V110H171.6C170 98 167 84 160 74C146 58 130 54 110 54S74 58 60 74"
            "C53 84 50 98 48.4 110H30Z",
        ),
        Region(
            code="face",
            at=(152, 184),
            path="M48 114C49 99 52 85 60 75C74 59 92 55 110 55S146 59 160 75C168 85 171 99 172 114"
            "L169 147C167 160 164 172 160 182C154 196 140 212 126 220C120 223 115 224 110 224"
            "S100 223 94 220C80 212 66 196 60 182C56 172 53 160 51 147Z",
        ),
        Region(
            code="forehead",
            at=(110, 74),
            path="M63 77C76 62 93 59 110 59S144 62 157 77C161 83 163 88 164 94C154 85 144 84 134 85"
            "C126 86 120 90 118 90H102C100 90 94 86 86 85C76 84 66 85 56 94C57 88 59 83 63 77Z",
        ),
        Region(
            code="glabella",
            at=(110, 101),
            path="M110 93C116 93 119 95 118 101C117 107 114 112 110 112S103 107 102 101"
            "C101 95 104 93 110 93Z",
        ),
        Region(
            code="periorbital",
            at=(61, 109),
            mirrored=True,
            path="M54 109C58 98 68 92 79 93S95 99 97 109C94 120 88 126 77 126S58 120 54 109Z",
        ),
        Region(
            code="cheeks",
            at=(72, 145),
            mirrored=True,
            path="M54 131C62 125 76 127 88 130C92 138 89 149 83 159C77 168 70 169 65 163"
            "C59 155 55 144 54 131Z",
        ),
        Region(
            code="nasolabial-folds",
            at=(88, 168),
            mirrored=True,
            path="M94 146C91 153 87 160 84 168C82 176 83 183 86 185C90 185 90 179 91 173"
            "C92 166 97 158 99 152C99 148 96 144 94 146Z",
        ),
        Region(
            code="perioral",
            at=(110, 164),
            path="M110 159C122 159 128 167 128 176S122 192 110 192S92 185 92 176S98 159 110 159Z",
        ),
        Region(
            code="chin",
            at=(110, 208),
            path="M110 196C121 196 129 198 132 202C130 212 121 220 110 220S90 212 88 202"
            "C91 198 99 196 110 196Z",
        ),
    ),
    lines=(
        "M61 99C69 92 82 92 92 98M159 99C151 92 138 92 128 98",
        "M64 110C70 103 84 103 91 111C84 116 70 116 64 110",
        "M156 110C150 103 136 103 129 111C136 116 150 116 156 110",
        "M82 109A4.5 4.5 0 1 1 73 109A4.5 4.5 0 1 1 82 109",
        "M147 109A4.5 4.5 0 1 1 138 109A4.5 4.5 0 1 1 147 109",
        "M43 121C41 127 43 135 48 140M177 121C179 127 177 135 172 140",
        (
            "M103 116C103 127 101 135 98 141C96 147 99 151 104 148.5C107 152 113 152 116 148.5"
            "C121 151 124 147 122 141"
        ),
        (
            "M96 175C101 170 106 169 110 171C114 169 119 170 124 175C119 183 115 185 110 185"
            "S101 183 96 175Z"
        ),
        "M96 175C104 177.5 116 177.5 124 175",
    ),
)
FRONT = View(
    key="front",
    title=_("Front"),
    width=220,
    height=480,
    silhouette=_BODY,
    contour=_BODY,
    regions=(
        Region(code="scalp", at=(110, 17), path="M85 5H135V40C132 30 126 23 110 23S88 30 85 40Z"),
        Region(
            code="face",
            at=(110, 44),
            path="M85 42C88 31 94 24 110 24S132 31 135 42V60C128 67 120 68 110 68S92 67 85 60Z",
        ),
        Region(
            code="neck",
            at=(110, 80),
            path="M90 60C98 68 104 69 110 69S122 68 130 60V82C122 88 116 91 110 91S98 88 90 82Z",
        ),
        Region(
            code="decolletage",
            at=(110, 102),
            path="M80 86C90 87 100 92 110 92S130 87 140 86C138 98 128 110 110 112C92 110 82 98"
            " 80 86Z",
        ),
        Region(
            code="chest",
            at=(110, 128),
            path="M72 80L79 86C81 100 92 111 110 113C128 111 139 100 141 86L148 80V131"
            "C138 141 124 143 110 143S82 141 72 131Z",
        ),
        _ARMS,
        _HANDS,
        Region(
            code="abdomen",
            at=(110, 172),
            path="M70 132C82 142 96 145 110 145S138 142 150 132V203C138 212 124 214 110 214"
            "S82 212 70 203Z",
        ),
        Region(
            code="hips",
            at=(110, 232),
            path="M62 205C82 214 96 216 110 216S138 214 158 205V244C140 246 122 252 110 266"
            "C98 252 80 246 62 244Z",
        ),
        Region(
            code="thighs",
            at=(88, 292),
            mirrored=True,
            path="M60 246C82 247 98 254 110 268V330C98 336 86 336 70 330Z",
        ),
        Region(
            code="knee",
            at=(90, 353),
            mirrored=True,
            path="M70 332C86 338 98 338 110 332V366C98 372 86 372 70 366Z",
        ),
        Region(
            code="legs",
            at=(91, 402),
            mirrored=True,
            path="M70 368C86 374 98 374 110 368V446H70Z",
        ),
    ),
    lines=(
        "M104 96C96 93 86 92 78 94",
        "M116 96C124 93 134 92 142 94",
        "M110 150V188M110 193C109 195 109 197 110 198",
        "M84 344C87 350 87 356 84 361M97 344C95 350 95 356 97 361",
        "M136 344C133 350 133 356 136 361M123 344C125 350 125 356 123 361",
        "M80 222C88 236 98 246 106 252",
        "M140 222C132 236 122 246 114 252",
        "M100 38C102.5 36.5 104.5 36.5 107 38",
        "M113 38C115.5 36.5 117.5 36.5 120 38",
        "M110 40C109.5 44 108.5 46 109.5 47.5H111",
        "M105 54C108 55.5 112 55.5 115 54",
        "M32 263L30 273M188 263L190 273",
    ),
)
BACK = View(
    key="back",
    title=_("Back"),
    width=220,
    height=480,
    silhouette=_BODY,
    contour=_BODY,
    sides=(LEFT, RIGHT),
    regions=(
        Region(code="scalp", at=(110, 34), path="M85 5H135V50C126 58 118 60 110 60S94 58 85 50Z"),
        Region(
            code="neck",
            at=(110, 75),
            path="M88 52C98 61 104 62 110 62S122 61 132 52V80C122 86 116 88 110 88S98 86 88 80Z",
        ),
        _ARMS,
        _HANDS,
        Region(
            code="back",
            at=(110, 150),
            path="M72 80C88 86 98 90 110 90S132 86 148 80V131L144 176L150 208"
            "C138 204 122 204 110 216C98 204 82 204 70 208L76 176L72 131Z",
        ),
        Region(
            code="buttocks",
            at=(90, 240),
            path="M64 210C82 205 98 206 110 219C122 206 138 205 156 210V262"
            "C140 274 120 272 110 264C100 272 80 274 64 262Z",
        ),
        Region(
            code="thighs",
            at=(88, 305),
            mirrored=True,
            path="M60 265C80 276 98 275 110 268V340C98 345 86 345 70 340Z",
        ),
        Region(
            code="legs",
            at=(91, 395),
            mirrored=True,
            path="M70 342C86 347 98 347 110 342V446H70Z",
        ),
    ),
    lines=(
        "M110 94V202",
        "M84 104C92 108 98 120 99 134C92 134 86 128 83 120",
        "M136 104C128 108 122 120 121 134C128 134 134 128 137 120",
        "M110 222V262",
        "M80 262C90 270 102 270 109 265M140 262C130 270 118 270 111 265",
        "M84 352C90 356 97 356 102 352M118 352C124 356 131 356 136 352",
        "M87 380C85 395 88 408 91 416M99 380C101 395 98 408 96 416",
        "M133 380C135 395 132 408 129 416M121 380C119 395 122 408 124 416",
    ),
)
VIEWS = (FACE, FRONT, BACK)
