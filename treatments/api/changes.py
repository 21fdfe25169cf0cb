"""The history of the catalogue's rows over REST, and the way back to what one was."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.api import ClinicViewSet
from clinic.problems import refusal
from clinic.roles import Action
from clinic.serializers import StrictCharField, StrictIntegerField, StrictSerializer
from treatments.api import draft_rows, examples
from treatments.api.errors import CatalogueErrorsMixin
from treatments.api.row_edits import RowSerializer, told
from treatments.enums import ChangeKind
from treatments.models import CatalogueChange
from treatments.services.restoring import can_restore, newest_change, restore
from treatments.services.row_forms import KINDS, found_row

LARGEST_ID = 2**31 - 1
FILTERS = [
    OpenApiParameter("kind", {"type": "string", "enum": list(KINDS)}),
    OpenApiParameter("code", str, description="With `kind`: of this row and its lines alone."),
    OpenApiParameter("draft", int, description="The id of a draft: of its edits alone."),
]


class OldAndNewFieldSerializer(serializers.Serializer):
    field = serializers.CharField()
    old = serializers.CharField(allow_blank=True)
    new = serializers.CharField(allow_blank=True)
    restorable = serializers.BooleanField()


class CatalogueChangeSerializer(serializers.ModelSerializer):
    """One edit of one row: who, when, in which draft, old and new values."""

    what = serializers.ChoiceField(source="kind", choices=ChangeKind.choices)
    kind = serializers.SerializerMethodField(help_text="The kind of row.")
    row = serializers.CharField(source="label")
    by = draft_rows.person("by")
    draft = serializers.CharField(source="draft.key", allow_null=True, default=None)
    part_of = serializers.SerializerMethodField(help_text="Of a line: the kind it is a part of.")
    restorable = serializers.SerializerMethodField(help_text="Whether the row can be put back.")
    fields_changed = serializers.SerializerMethodField()

    class Meta:
        model = CatalogueChange
        fields = [
            "id",
            "at",
            "by",
            "draft",
            "what",
            "kind",
            "row",
            "part_of",
            "restorable",
            "fields_changed",
        ]

    def get_kind(self, change: CatalogueChange) -> str:
        return change.model.partition(".")[2]

    def get_part_of(self, change: CatalogueChange) -> str:
        return change.parent_model.partition(".")[2]

    def get_restorable(self, change: CatalogueChange) -> bool:
        return can_restore(change)

    @extend_schema_field(OldAndNewFieldSerializer(many=True))
    def get_fields_changed(self, change: CatalogueChange) -> Any:
        return [
            {
                "field": name,
                "old": value.get("old", ""),
                "new": value.get("new", ""),
                "restorable": can_restore(change, name),
            }
            for name, value in change.values.items()
        ]


class CatalogueChangeDetailSerializer(CatalogueChangeSerializer):
    newest = serializers.SerializerMethodField(
        help_text="The id of the row's last change; send it as `seen` to put something back."
    )

    class Meta(CatalogueChangeSerializer.Meta):
        fields = [*CatalogueChangeSerializer.Meta.fields, "newest"]

    def get_newest(self, change: CatalogueChange) -> int:
        return newest_change(change)


class RestoreSerializer(StrictSerializer):
    field = StrictCharField(max_length=60, required=False, help_text="Left out: the whole row.")
    seen = StrictIntegerField(
        min_value=1, max_value=LARGEST_ID, help_text="The `newest` that you have read."
    )


class ChangeViewSet(CatalogueErrorsMixin, ClinicViewSet):
    """Who changed what of the catalogue. Nothing of it is ever taken away."""

    required_actions = {
        "list": Action.VIEW_CATALOGUE,
        "retrieve": Action.VIEW_CATALOGUE,
        "restore": Action.EDIT_CATALOGUE,
    }
    conflicts = frozenset({"restore"})
    serializer_class = CatalogueChangeSerializer
    lookup_url_kwarg = "change"
    lookup_value_regex = r"[^/]+"
    orderings = {"-id": ("-pk",), "id": ("pk",)}

    def known_parameters(self) -> frozenset[str]:
        own = {"kind", "code", "draft"} if self.action == "list" else set()
        return super().known_parameters() | own

    def get_queryset(self) -> QuerySet[CatalogueChange]:
        return CatalogueChange.objects.select_related("by", "draft")

    @extend_schema(parameters=FILTERS)
    def list(self, request: Request) -> Response:
        """Changes, the newest first."""
        rows = self.get_queryset().filter(self._asked(request))
        page: Any = self.paginate_queryset(rows)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def _asked(self, request: Request) -> Q:
        kind, code, draft = (request.query_params.get(one) for one in ("kind", "code", "draft"))
        found = Q()
        if draft is not None:
            if not (draft.isascii() and draft.isdigit() and int(draft[:20]) <= LARGEST_ID):
                message = _("Give the id of a draft.")
                raise refusal("invalid", message, status_code=400, path="draft")
            found &= Q(draft=int(draft))
        if kind is None and code is None:
            return found
        if kind is None or kind not in KINDS:
            message = _("Give one of: %(known)s.") % {"known": ", ".join(KINDS)}
            raise refusal("unknown_value", message, status_code=400, path="kind")
        return found & _of(kind, code)

    @extend_schema(responses=CatalogueChangeDetailSerializer)
    def retrieve(self, request: Request, change: str) -> Response:
        """One change."""
        return Response(CatalogueChangeDetailSerializer(self.get_object()).data)

    @extend_schema(request=RestoreSerializer, responses=RowSerializer, examples=examples.RESTORE)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, change: str) -> Response:
        """Put back one field, or the whole row, as a new edit of the draft."""
        sent = RestoreSerializer(data=self.body())
        sent.is_valid(raise_exception=True)
        data = sent.validated_data
        row = restore(self.get_object(), by=self.by, seen=data["seen"], name=data.get("field", ""))
        return Response(told(type(row)._default_manager.get(pk=row.pk)))  # noqa: SLF001 - any kind of row


def _of(kind: str, code: str | None) -> Q:
    """Of a row and its lines; without a code, of every row of the kind."""
    label = KINDS[kind]._meta.label_lower
    if code is None:
        return Q(model=label) | Q(parent_model=label)
    row = found_row(KINDS[kind], code)
    if row is None:
        raise Http404
    return Q(model=label, row=str(row.pk)) | Q(parent_model=label, parent_row=str(row.pk))
