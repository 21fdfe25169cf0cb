"""The treatments side by side, for anybody who asks; a patient's own is in consultations."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clinic.permissions import require
from clinic.roles import Action
from treatments.browsing import comparison_of
from treatments.compiler import catalogue_of
from treatments.views.releases import chosen


@require(Action.VIEW_CATALOGUE)
def comparison(request: HttpRequest, release: str | None = None) -> HttpResponse:
    one = chosen(release)
    context = {
        "comparison": comparison_of(catalogue_of(one.release)),
        "release": one.release,
        "release_key": one.release.key,
        "current": one.current,
        "in_force": one.in_force,
    }
    return render(request, "treatments/comparison.html", context)
