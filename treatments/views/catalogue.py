"""The catalogue for clinicians: what a release froze, never the rows that are being edited."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from clinic.permissions import require
from clinic.roles import Action
from treatments.browsing import GROUPS, KINDS, Entry, Kind, Shelf, found, page_of
from treatments.browsing.pages import item_of
from treatments.browsing.searching import MOST
from treatments.models import Release, ReleaseActivation
from treatments.views.releases import Chosen, NothingInForce, chosen, in_force

LONGEST_SEARCH = 200


@require(Action.VIEW_CATALOGUE)
def start(request: HttpRequest, release: str | None = None) -> HttpResponse:
    """All sections, or what a search finds in them. The words are the catalogue's, not a
    patient's, so that they may stand in the address."""
    try:
        one = chosen(release)
    except NothingInForce:
        return render(request, "treatments/no_release.html")
    text = request.GET.get("q", "")[:LONGEST_SEARCH].strip()
    hits = found(one.shelf, text)
    context = {
        "q": text,
        "sections": _sections(one.shelf),
        "hits": [item_of(one.shelf, entry) for entry in hits[:MOST]],
        "count": len(hits),
    }
    return render(request, "treatments/catalogue.html", _context(one) | context)


@require(Action.VIEW_CATALOGUE)
def rows(request: HttpRequest, release: str, kind: str) -> HttpResponse:
    one, of_kind = chosen(release), _kind_or_404(kind)
    items = [item_of(one.shelf, entry) for entry in one.shelf.of_kind(of_kind)]
    context = {"kind": of_kind, "items": items}
    return render(request, "treatments/rows.html", _context(one) | context)


@require(Action.VIEW_CATALOGUE)
def row(request: HttpRequest, release: str, kind: str, code: str) -> HttpResponse:
    one, of_kind = chosen(release), _kind_or_404(kind)
    spelled = one.shelf.spelled(of_kind, code)
    if spelled not in {None, code}:
        return redirect("treatments:row", release, kind, spelled, permanent=True)
    entry = _entry_or_404(one.shelf, of_kind, code)
    now = one.current_shelf
    context = {
        "page": page_of(one.shelf, entry),
        "kind": entry.kind,
        "now": now.entry(entry.kind, code) if now else None,
    }
    return render(request, "treatments/row.html", _context(one) | context)


@require(Action.VIEW_CATALOGUE)
def newest(_request: HttpRequest, kind: str, code: str | None = None) -> HttpResponse:
    """From an address without a release to the permanent one of the release in force."""
    one, of_kind = chosen(None), _kind_or_404(kind)
    if code is None:
        return redirect("treatments:rows", one.release.key, of_kind.slug)
    code = one.shelf.spelled(of_kind, code) or code
    _entry_or_404(one.shelf, of_kind, code)
    return redirect("treatments:row", one.release.key, of_kind.slug, code)


@require(Action.VIEW_CATALOGUE)
def releases(request: HttpRequest) -> HttpResponse:
    """Every release, the newest first, with the moments from which it was in force."""
    activations: dict[int, list[ReleaseActivation]] = {}
    for activation in ReleaseActivation.objects.not_superseded().defer("note"):
        activations.setdefault(activation.release_id, []).append(activation)
    shown = Release.objects.defer("body")
    context = {
        "rows": [(release, activations.get(release.pk, [])) for release in shown],
        "current": in_force(),
    }
    return render(request, "treatments/releases.html", context)


def _context(one: Chosen) -> dict[str, Any]:
    return {
        "release": one.release,
        "release_key": one.release.key,
        "current": one.current,
        "in_force": one.in_force,
    }


def _sections(shelf: Shelf) -> list[tuple[Any, list[tuple[Kind, int]]]]:
    """Kinds by group with how many rows each has; those without any are left out."""
    counted = [(kind, len(shelf.of_kind(kind))) for kind in KINDS.values()]
    return [
        (title, [(kind, count) for kind, count in counted if kind.group == group and count])
        for group, title in GROUPS.items()
    ]


def _kind_or_404(slug: str) -> Kind:
    if slug not in KINDS:
        raise Http404
    return KINDS[slug]


def _entry_or_404(shelf: Shelf, kind: Kind, code: str) -> Entry:
    entry = shelf.entry(kind, code)
    if entry is None:
        raise Http404
    return entry
