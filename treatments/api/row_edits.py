"""Single rows of the catalogue, as they stand with the edits of the draft: read and edited."""

from typing import Any

from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from clinic.api import ClinicViewSet, idempotent, versioned
from clinic.openapi import shows_version
from clinic.problems import refusal
from clinic.roles import Action
from treatments.api import examples
from treatments.api.errors import CatalogueErrorsMixin
from treatments.services import row_forms
from treatments.services.exporting import with_everything
from treatments.services.portable import form_of
from treatments.services.row_forms import KINDS, key_of, version_of

KIND = OpenApiParameter(
    "kind", {"type": "string", "enum": list(KINDS)}, OpenApiParameter.PATH, required=True
)
CODE = OpenApiParameter(
    "code",
    str,
    OpenApiParameter.PATH,
    required=True,
    description="The row's `key`: its code, or what else tells it apart.",
)
FORM = {
    "type": "object",
    "description": "Fields as the export names them: other rows by their codes, lines whole.",
    "additionalProperties": {},
}


class RowSerializer(serializers.Serializer):
    kind = serializers.CharField()
    key = serializers.CharField()
    name = serializers.CharField(help_text="As people call it.")
    form = serializers.DictField(help_text="As the export gives it, and as a write takes it.")


def told(row: Model) -> dict[str, Any]:
    kind = str(row._meta.model_name)
    return {"kind": kind, "key": key_of(row), "name": str(row), "form": form_of(row)}


class RowViewSet(CatalogueErrorsMixin, ClinicViewSet):
    """The curators' desk. Every edit stands in the draft, which the first of them opens."""

    required_actions = {
        "list": Action.VIEW_CATALOGUE,
        "retrieve": Action.VIEW_CATALOGUE,
        "create": Action.EDIT_CATALOGUE,
        "partial_update": Action.EDIT_CATALOGUE,
        "destroy": Action.EDIT_CATALOGUE,
    }
    conflicts = frozenset({"create", "partial_update", "destroy"})
    looks_up = frozenset({"list", "create"})
    filter_backends = ()
    serializer_class = RowSerializer
    orderings = {"id": ("pk",), "-id": ("-pk",)}

    def get_queryset(self) -> QuerySet:
        return with_everything(self._model())

    def _model(self) -> type[Model]:
        if self.kwargs["kind"] not in KINDS:
            raise Http404
        return KINDS[self.kwargs["kind"]]

    def _row(self, code: str) -> Model:
        row = row_forms.found_row(self._model(), code)
        if row is None:
            raise Http404
        return row

    @extend_schema(parameters=[KIND], operation_id="rows_list", responses=RowSerializer(many=True))
    def list(self, request: Request, kind: str) -> Response:
        """Rows of one kind, also those out of use, with the changes of the open draft."""
        page: Any = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response([told(row) for row in page])

    @shows_version
    @extend_schema(parameters=[KIND, CODE], operation_id="rows_retrieve", responses=RowSerializer)
    def retrieve(self, request: Request, kind: str, code: str) -> Response:
        """One row with its lines. Its ETag is what a change asks for."""
        return _answer(self._row(code))

    @idempotent
    @extend_schema(
        parameters=[KIND],
        operation_id="rows_create",
        request={"application/json": FORM},
        responses={201: RowSerializer},
        examples=examples.ADD_ROW,
    )
    def create(self, request: Request, kind: str) -> Response:
        """Add a row to the draft."""
        row = row_forms.add_row(self._model(), self.body(), by=self.by)
        location = reverse("row-detail", [kind, key_of(row)], request=request)
        return _answer(self._row(key_of(row)), status_code=201, location=location)

    @versioned
    @extend_schema(
        parameters=[KIND, CODE],
        operation_id="rows_partial_update",
        request={"application/json": FORM},
        responses=RowSerializer,
        examples=examples.CHANGE_ROW,
    )
    def partial_update(self, request: Request, kind: str, code: str) -> Response:
        """Change what is named and leave the rest. A list of lines is the whole list."""
        row, seen = self._row(code), _seen(request)
        row_forms.change_row(row, self.body(), by=self.by, seen=seen)
        return _answer(self._row(code))

    @versioned
    @extend_schema(
        parameters=[KIND, CODE], operation_id="rows_destroy", request=None, responses={204: None}
    )
    def destroy(self, request: Request, kind: str, code: str) -> Response:
        """Delete a row that nothing uses, with its lines. What is used is taken out of use."""
        row, seen = self._row(code), _seen(request)
        row_forms.remove_row(row, by=self.by, seen=seen)
        return Response(status=204)


def _answer(row: Model, *, status_code: int = 200, location: str = "") -> Response:
    headers = {"ETag": f'"{version_of(row)}"', **({"Location": location} if location else {})}
    return Response(told(row), status=status_code, headers=headers)


def _seen(request: Request) -> str:
    sent = request.headers.get("If-Match", "").strip()
    if not sent or sent == "*":
        message = _("Send If-Match with the ETag of what you have read.")
        raise refusal("if_match_required", message, status_code=428, path="If-Match")
    return str(sent.strip('"'))
