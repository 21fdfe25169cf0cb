"""The drawings of a plan on paper: what is treated, and where notes are pinned."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from clinic.digits import local_digits
from clinic.text import with_commas
from consultations.bodymap import VIEWS, Region, View
from consultations.models import MapNote, Plan
from treatments.compiler import catalogue_of
from treatments.explanations import wording_of
from treatments.texts import in_plain_text


def maps_of(plan: Plan, notes: Iterable[MapNote]) -> list[dict[str, str]]:
    """The drawings on which something is treated or noted, and in words what is marked there."""
    wording = wording_of(catalogue_of(plan.proposal.release))
    planned = {item.area.code for one in plan.sessions.all() for item in one.items.all()}
    maps = []
    for view in VIEWS:
        here = [one.code for one in view.regions if one.code in planned]
        pinned = [one for one in notes if one.view == view.key]
        if here or pinned:
            names = map(in_plain_text, wording.each("areas", here))
            marks = [*names, *map(_pin_name, pinned)]
            alt = _("%(view)s, marked: %(areas)s") % {
                "view": view.title,
                "areas": with_commas(marks),
            }
            maps.append({"svg": _svg(view, planned, pinned), "alt": alt})
    return maps


def _pin_name(note: MapNote) -> str:
    return _("note %(number)d") % {"number": note.number}


def _pin(note: MapNote, view: View) -> str:
    """A number in a circle, as it stands in the list below."""
    x, y = float(note.x) * view.width, float(note.y) * view.height
    size = 8 * view.sign_scale
    circle = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" fill="#fff" stroke="#164b52"/>'
    style = f'font-size="{size * 1.25:.1f}" font-family="Noto Sans, Vazirmatn"'
    number = local_digits(str(note.number))
    text = (
        f'<text x="{x:.1f}" y="{y + size * 0.45:.1f}" text-anchor="middle" {style}>{number}</text>'
    )
    return circle + text


def _svg(view: View, planned: set[str], pinned: Iterable[MapNote]) -> str:
    resting = [one for one in view.regions if one.code not in planned]
    shapes = [_shape(one, view, "none", "#c3cccd") for one in resting]
    marked = [one for one in view.regions if one.code in planned]
    shapes += [_shape(one, view, "#a9cbcf", "#1d6069") for one in marked]
    edge = _both(f'<path d="{view.silhouette}"/>', view)
    inside = f'<clipPath id="edge">{edge}</clipPath><g clip-path="url(#edge)">{"".join(shapes)}</g>'
    lines = [f'<path d="{line}" fill="none" stroke="#c3cccd"/>' for line in view.lines]
    lines.append(_both(f'<path d="{view.contour}" fill="none" stroke="#8da0a3"/>', view))
    box = f"0 0 {view.width} {view.height}"
    pins = "".join(_pin(one, view) for one in pinned)
    body = f"{inside}{''.join(lines)}{pins}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">{body}</svg>'


def _shape(region: Region, view: View, fill: str, stroke: str) -> str:
    path = f'<path d="{region.path}" fill="{fill}" stroke="{stroke}"/>'
    return _both(path, view) if region.mirrored else path


def _both(path: str, view: View) -> str:
    mirrored = path.replace("/>", f' transform="translate({view.width} 0) scale(-1 1)"/>')
    return f"{path}{mirrored}"
