"""Pages by key: no COUNT, no OFFSET, and no row twice or missing while others are added."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from clinic.problems import Refusal, refusal

LARGEST: Final = 100
USUAL: Final = 50
_LONGEST_CURSOR: Final = 200


@dataclass(frozen=True, slots=True)
class Place:
    """The row a page begins behind, and the way it is read. Only an id: cursors stand in URLs
    and logs, where the name that a list is ordered by has no place."""

    row: str
    backwards: bool


class KeysetPagination(CursorPagination):
    """``?limit=`` and ``?cursor=``; orders by one of the view's ``orderings``."""

    page_size = USUAL
    max_page_size = LARGEST
    page_size_query_param = "limit"
    page_size_query_description = f"Rows of a page, 1 to {LARGEST}; {USUAL} when left out."
    cursor_query_description = "Where the page begins: taken from `next` or `previous`."

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.request = request
        order = ordering_of(request, view.orderings)
        limit = limit_of(request)
        place = place_of(request)
        backwards = place is not None and place.backwards
        rows = queryset.order_by(*(_reversed(order) if backwards else order))
        if place:
            start = _row_at(queryset, place)
            rows = rows.filter(_behind(start, _reversed(order) if backwards else order))
        found = list(rows[: limit + 1])
        self.more = len(found) > limit
        self.page = found[:limit][::-1] if backwards else found[:limit]
        self.place = place
        return self.page

    def get_next_link(self) -> str | None:
        backwards = self.place is not None and self.place.backwards
        if not self.page or not (backwards or self.more):
            return None
        return link_to(self.request, Place(str(self.page[-1].pk), backwards=False))

    def get_previous_link(self) -> str | None:
        if not self.page or self.place is None or (self.place.backwards and not self.more):
            return None
        return link_to(self.request, Place(str(self.page[0].pk), backwards=True))

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "nullable": True, "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "next": link,
                "previous": link,
                "results": {**schema, "maxItems": LARGEST},
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        parameters = super().get_schema_operation_parameters(view)
        for one in parameters:
            if one["name"] == "limit":
                one["schema"] = {"type": "integer", "minimum": 1, "maximum": LARGEST}
        if orderings := getattr(view, "orderings", None):
            schema = {"type": "string", "enum": list(orderings)}
            parameters.append({"name": "ordering", "in": "query", "schema": schema})
        return parameters


def limit_of(request: Request) -> int:
    text = request.query_params.get("limit", str(USUAL))
    if text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST)):
        limit = int(text)
        if 1 <= limit <= LARGEST:
            return limit
    message = _("Give a number from 1 to %(largest)d.") % {"largest": LARGEST}
    raise refusal("range", message, status_code=400, path="limit")


def ordering_of(request: Request, orderings: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    chosen = request.query_params.get("ordering", next(iter(orderings)))
    if chosen not in orderings:
        message = _("Order by one of: %(names)s.") % {"names": ", ".join(orderings)}
        raise refusal("unknown_value", message, status_code=400, path="ordering")
    return orderings[chosen]


def place_of(request: Request) -> Place | None:
    text = request.query_params.get("cursor")
    if text is None:
        return None
    try:
        row, backwards = json.loads(urlsafe_b64decode(text[:_LONGEST_CURSOR].encode("ascii")))
    except (ValueError, TypeError, RecursionError):
        raise bad_cursor() from None
    if not isinstance(row, str) or not isinstance(backwards, bool):
        raise bad_cursor()
    return Place(row, backwards)


def link_to(request: Request, place: Place) -> str:
    text = json.dumps([place.row, place.backwards], separators=(",", ":"))
    query = request.query_params.dict()
    query["cursor"] = urlsafe_b64encode(text.encode()).decode()
    return request.build_absolute_uri(f"{request.path}?{urlencode(query)}")


def bad_cursor() -> Refusal:
    message = _("This cursor leads nowhere. Begin again without it.")
    return refusal("invalid", message, status_code=400, path="cursor")


def _row_at(queryset: QuerySet, place: Place) -> Model:
    """The row as it is now, whether or not the filters still let it through."""
    model = queryset.model
    try:
        key = model._meta.pk.to_python(place.row)
    except ValidationError:
        raise bad_cursor() from None
    row = model._default_manager.filter(pk=key).first()  # noqa: SLF001 - scoped to the clinic
    if row is None:
        raise bad_cursor()
    found: Model = row
    return found


def _reversed(order: Sequence[str]) -> tuple[str, ...]:
    return tuple(name[1:] if name.startswith("-") else f"-{name}" for name in order)


def _behind(row: Model, order: Sequence[str]) -> Q:
    """Rows that come after this one in the order, in which the first difference decides."""
    behind = Q()
    same: dict[str, Any] = {}
    for name in order:
        field, sign = name.lstrip("-"), "lt" if name.startswith("-") else "gt"
        value = getattr(row, field)
        behind |= Q(**same, **{f"{field}__{sign}": value})
        same[field] = value
    first = order[0].lstrip("-")
    limit = "lte" if order[0].startswith("-") else "gte"  # what an index can be entered by
    return Q(**{f"{first}__{limit}": getattr(row, first)}) & behind
