"""Notes on the map: a consultation's own, and each by itself."""

from decimal import Decimal
from typing import Any, Final

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from clinic.api import expected_version, idempotent, versioned, with_etag
from clinic.openapi import shows_version
from clinic.roles import Action
from clinic.serializers import (
    StrictCharField,
    StrictChoiceField,
    StrictSerializer,
    StrictSlugField,
)
from consultations.api import examples
from consultations.api.errors import FlowViewSet
from consultations.api.filters import MapNoteFilters
from consultations.enums import MapView
from consultations.mapnotes import notes_of
from consultations.models import MapNote
from consultations.models.notes import LONGEST_NOTE
from consultations.services import notes
from consultations.services.patients import note_opened
from treatments.models import Area

_FINEST: Final = Decimal("0.0001")


class StrictPartField(serializers.FloatField):
    """A number from 0 to 1, kept to the fourth decimal."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=1, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        if type(data) not in {int, float}:
            self.fail("invalid")
        return super().to_internal_value(data)


class MapNoteSerializer(serializers.ModelSerializer):
    """`x` and `y` are parts of the drawing's width and height, from its upper left corner.

    `version` is the note's own: notes are no facts, so a proposal does not go stale with them.
    """

    x = serializers.FloatField()
    y = serializers.FloatField()
    area = serializers.CharField(source="area.code", default=None)
    created_by = serializers.CharField(source="created_by.get_username")
    changed_by = serializers.CharField(source="changed_by.get_username", default=None)

    class Meta:
        model = MapNote
        fields = [
            "id",
            "consultation",
            "number",
            "version",
            "view",
            "x",
            "y",
            "area",
            "text",
            "created_by",
            "created_at",
            "changed_by",
            "changed_at",
        ]


class PinSerializer(StrictSerializer):
    view = StrictChoiceField(choices=MapView.choices)
    x = StrictPartField(help_text="From the left: the left of the drawing, in every language.")
    y = StrictPartField(help_text="From the top.")
    area = StrictSlugField(
        slug_field="code",
        queryset=Area.objects.filter(active=True),
        allow_null=True,
        required=False,
        help_text="An area's code of the catalogue.",
    )
    text = StrictCharField(max_length=LONGEST_NOTE)

    def values(self) -> dict[str, Any]:
        """As the services take them."""
        sent: dict[str, Any] = self.validated_data
        return {
            name: Decimal(str(value)).quantize(_FINEST) if name in {"x", "y"} else value
            for name, value in sent.items()
        }


class NoteActions:
    """Mixed into the resource of consultations."""

    note_actions: Final = {
        "map_notes": Action.VIEW_CONSULTATION,
        "pin_note": Action.EDIT_CONSULTATION,
    }

    @extend_schema(responses=MapNoteSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], url_path="map-notes", pagination_class=None)
    def map_notes(self: Any, request: Request, pk: str) -> Response:
        """The notes on the map of face and body. Opening them is noted."""
        consultation = self.get_object()
        note_opened(consultation, by=self.by)
        return Response(MapNoteSerializer(notes_of(consultation), many=True).data)

    @idempotent
    @extend_schema(
        request=PinSerializer, responses={201: MapNoteSerializer}, examples=examples.MAP_NOTES
    )
    @map_notes.mapping.post
    def pin_note(self: Any, request: Request, pk: str) -> Response:
        """Pin a note to a place of a drawing."""
        consultation = self.get_object()
        serializer = PinSerializer(data=self.body())
        serializer.is_valid(raise_exception=True)
        note = notes.pin_note(consultation, by=self.by, **serializer.values())
        location = reverse("map-note-detail", [note.pk], request=request)
        return with_etag(
            MapNoteSerializer(note).data, note.version, status_code=201, location=location
        )


class MapNoteViewSet(FlowViewSet):
    """Notes that are pinned to a place on the drawings of face and body."""

    required_actions = {
        "list": Action.VIEW_CONSULTATION,
        "retrieve": Action.VIEW_CONSULTATION,
        "partial_update": Action.EDIT_CONSULTATION,
        "destroy": Action.EDIT_CONSULTATION,
    }
    serializer_class = MapNoteSerializer
    queryset = MapNote.objects.none()  # names the model; rows come from get_queryset
    filterset_class = MapNoteFilters
    orderings = {
        "-created_at": ("-created_at", "-pk"),
        "created_at": ("created_at", "pk"),
    }

    def get_queryset(self) -> QuerySet[MapNote]:
        rows: QuerySet[MapNote] = MapNote.objects.select_related(
            "area", "created_by", "changed_by", "consultation"
        )
        return rows

    def list(self, request: Request) -> Response:
        """Notes, the newest first. Those that were taken off the map are gone."""
        return self.listed()

    @shows_version
    def retrieve(self, request: Request, pk: str) -> Response:
        """One note. Opening it is noted as opening its consultation."""
        note: Any = self.get_object()
        note_opened(note.consultation, by=self.by)
        return with_etag(self.get_serializer(note).data, note.version)

    @versioned
    @extend_schema(
        request=PinSerializer(partial=True),
        responses=MapNoteSerializer,
        examples=examples.MOVED_NOTES,
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        """Move a note or write it anew. Needs If-Match with the version of the note."""
        note, version = self.get_object(), expected_version(request)
        serializer = PinSerializer(data=self.body(), partial=True)
        serializer.is_valid(raise_exception=True)
        notes.change_note(note, by=self.by, version=version, **serializer.values())
        changed: Any = self.get_object()
        return with_etag(self.get_serializer(changed).data, changed.version)

    @versioned
    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Take a note off the map. Needs If-Match with the version of the note."""
        note, version = self.get_object(), expected_version(request)
        notes.remove_note(note, by=self.by, version=version)
        return Response(status=204)
