"""The catalogue, read-only: by kind, and by code."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.api import ClinicViewSet
from clinic.pagination import LARGEST, Place, bad_cursor, limit_of, link_to, place_of
from clinic.problems import refusal
from clinic.roles import Action
from clinic.text import search_key
from treatments.api.errors import CatalogueErrorsMixin
from treatments.api.evaluate import RELEASE
from treatments.api.kinds import FROZEN, KINDS, LIVE, frozen_rows
from treatments.api.releases import chosen_release
from treatments.compiler import catalogue_of
from treatments.compiler.rows import Row

LONGEST_SEARCH = 100
KIND = OpenApiParameter(
    "kind", {"type": "string", "enum": list(KINDS)}, OpenApiParameter.PATH, required=True
)
ROW = {
    "type": "object",
    "required": ["code"],
    "properties": {"code": {"type": "string"}, "name": {"type": "string"}},
    "additionalProperties": {},
}
LINK = {"type": "string", "nullable": True, "format": "uri"}
PAGE = {
    "type": "object",
    "required": ["next", "previous", "results"],
    "properties": {
        "next": LINK,
        "previous": LINK,
        "results": {"type": "array", "items": ROW, "maxItems": LARGEST},
    },
}
PAGING = [
    OpenApiParameter("search", {"type": "string", "maxLength": LONGEST_SEARCH}),
    OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": LARGEST}),
    OpenApiParameter("cursor", str),
]


class KindSerializer(serializers.Serializer):
    kind = serializers.CharField()
    url = serializers.URLField()
    frozen = serializers.BooleanField(help_text="Read from a release; else from the rows.")


class CatalogueViewSet(CatalogueErrorsMixin, ClinicViewSet):
    """Terms, rules, protocols, statements and what else the catalogue holds."""

    required_actions = {"*": Action.VIEW_CATALOGUE}
    conflicts = frozenset({"rows", "row"})
    filter_backends = ()
    pagination_class = None
    serializer_class = KindSerializer

    def known_parameters(self) -> frozenset[str]:
        of_release = {"release"} if self.kwargs.get("kind") in FROZEN else set()
        paging = {"search", "limit", "cursor"} if self.action == "rows" else set()
        return frozenset(of_release | paging)

    @extend_schema(responses=KindSerializer(many=True), operation_id="catalogue_kinds")
    def kinds(self, request: Request) -> Response:
        """What can be asked for."""
        base = request.build_absolute_uri(request.path)
        return Response(
            [{"kind": kind, "url": f"{base}{kind}/", "frozen": kind in FROZEN} for kind in KINDS]
        )

    @extend_schema(
        parameters=[KIND, RELEASE, *PAGING], responses={200: PAGE}, operation_id="catalogue_rows"
    )
    def rows(self, request: Request, kind: str) -> Response:
        """Rows of one kind, in the curators' order."""
        found = _matching(_rows(request, kind), _searched(request))
        return Response(_page(request, found))

    @extend_schema(parameters=[KIND, RELEASE], responses={200: ROW}, operation_id="catalogue_row")
    def row(self, request: Request, kind: str, code: str) -> Response:
        """One row by its code."""
        for row in _rows(request, kind):
            if row["code"] == code:
                return Response(row)
        raise Http404


def _rows(request: Request, kind: str) -> list[Row]:
    if kind in LIVE:
        return LIVE[kind]()
    if kind not in FROZEN:
        raise Http404
    return frozen_rows(catalogue_of(chosen_release(request)).document, kind)


def _searched(request: Request) -> str:
    text: str = request.query_params.get("search", "")
    if len(text) > LONGEST_SEARCH:
        message = _("Search for at most %(longest)d characters.") % {"longest": LONGEST_SEARCH}
        raise refusal("max_length", message, status_code=400, path="search")
    return search_key(text)


def _matching(rows: list[Row], text: str) -> list[Row]:
    names = ("code", "name", "title", "text", "topic")
    return [
        row for row in rows if text in search_key(*(str(row[key]) for key in names if key in row))
    ]


def _page(request: Request, rows: list[Row]) -> dict[str, Any]:
    """The part of a list that the cursor and limit ask for."""
    limit, place = limit_of(request), place_of(request)
    first = 0
    if place:
        at = [index for index, row in enumerate(rows) if row["code"] == place.row]
        if not at:
            raise bad_cursor()
        first = max(0, at[0] - limit) if place.backwards else at[0] + 1
        limit = at[0] - first if place.backwards else limit
    page = rows[first : first + limit]
    after, before = first + limit < len(rows), first > 0
    return {
        "next": link_to(request, Place(page[-1]["code"], backwards=False))
        if page and after
        else None,
        "previous": link_to(request, Place(page[0]["code"], backwards=True))
        if page and before
        else None,
        "results": page,
    }
