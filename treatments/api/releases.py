"""Releases: which is in force, and what each of them froze."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.api import ClinicViewSet, idempotent
from clinic.problems import refusal
from clinic.reauthentication import reauthenticated
from clinic.roles import Action
from treatments.api import examples
from treatments.api.draft_rows import (
    ActivateSerializer,
    ApprovalSerializer,
    ApproveSerializer,
    GoneSerializer,
    ReignSerializer,
    WayBackSerializer,
    approval_row,
    gone_row,
    reign_row,
)
from treatments.api.errors import CatalogueErrorsMixin
from treatments.api.filters import ReleaseFilters
from treatments.compiler import catalogue_of, current_release
from treatments.models import Release, ReleaseActivation, ReleaseApproval
from treatments.services.approvals import approve_release
from treatments.services.going_back import Gone, go_to_release, take_back_release
from treatments.services.releases import activate_release
from treatments.services.standing import standing_now


def chosen_release(request: Request) -> Release:
    """The release of ``?release=KEY``, else the one in force."""
    key = request.query_params.get("release")
    if key is None:
        return current_release()
    release = Release.objects.defer("body").filter(key=key).first()
    if release is None:
        message = _("There is no release of this key.")
        raise refusal("not_found", message, status_code=404, path="release")
    return release


class ReleaseSerializer(serializers.ModelSerializer):
    """`approved`: the medical lead of your clinic stands behind it."""

    approved = serializers.BooleanField(read_only=True)

    class Meta:
        model = Release
        fields = ["key", "digest", "note", "published_at", "approved"]
        read_only_fields = fields


class ReleaseDetailSerializer(ReleaseSerializer):
    document = serializers.SerializerMethodField()

    class Meta(ReleaseSerializer.Meta):
        fields = [*ReleaseSerializer.Meta.fields, "document"]
        read_only_fields = fields

    @extend_schema_field({"type": "object", "additionalProperties": {}})
    def get_document(self, release: Release) -> Any:
        return catalogue_of(release).document


class ReleaseViewSet(CatalogueErrorsMixin, ClinicViewSet):
    """Frozen states of the catalogue. They never change."""

    required_actions = {
        "list": Action.VIEW_CATALOGUE,
        "retrieve": Action.VIEW_CATALOGUE,
        "current": Action.VIEW_CATALOGUE,
        "history": Action.VIEW_CATALOGUE,
        "activate": Action.PUBLISH_RELEASE,
        "take_back": Action.PUBLISH_RELEASE,
        "approve": Action.APPROVE_RELEASE,
    }
    conflicts = frozenset({"current", "approve", "take_back"})
    serializer_class = ReleaseSerializer
    filterset_class = ReleaseFilters
    lookup_field = "key"
    lookup_value_regex = r"[^/]+"
    orderings = {
        "-published_at": ("-pk",),  # they are added as they are published
        "published_at": ("pk",),
    }

    def get_queryset(self) -> QuerySet[Release]:
        rows = Release.objects.defer("body")
        if getattr(self, "swagger_fake_view", False):  # the API document is being written
            return rows
        own = ReleaseApproval.objects.filter(release=OuterRef("pk"), clinic=self.membership.clinic)
        return rows.annotate(approved=Exists(own))

    @extend_schema(responses=ReleaseSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Releases, the newest first."""
        return self.listed()

    @extend_schema(responses=ReleaseDetailSerializer)
    def retrieve(self, request: Request, key: str) -> Response:
        """A release with its whole document."""
        return Response(ReleaseDetailSerializer(self.get_object()).data)

    @extend_schema(responses=ReleaseDetailSerializer)
    @action(detail=False, methods=["get"])
    def current(self, request: Request) -> Response:
        """The release in force, with its whole document."""
        release = self.get_queryset().get(pk=current_release().pk)
        return Response(ReleaseDetailSerializer(release).data)

    @extend_schema(responses=ReignSerializer(many=True))
    @action(detail=False, methods=["get"], pagination_class=None)
    def history(self, request: Request) -> Response:
        """Every decision about releases, the newest first, and what became of it."""
        return Response([reign_row(one) for one in standing_now().reigns])

    @extend_schema(request=ActivateSerializer, responses=GoneSerializer, examples=examples.ACTIVATE)
    @action(detail=True, methods=["post"])
    @reauthenticated
    @idempotent
    def activate(self, request: Request, key: str) -> Response:
        """Put a release in force; a former one too, which is the way back."""
        data = self._read(ActivateSerializer)
        release, note, moment = self.get_object(), data.get("note", ""), data.get("effective_at")
        if moment is not None:
            activation = activate_release(release, by=self.by, note=note, effective_at=moment)
            return Response(gone_row(Gone(activation=activation, before=None)))
        back = data["put_rows_back"]
        return Response(gone_row(go_to_release(release, by=self.by, note=note, put_rows_back=back)))

    @extend_schema(request=WayBackSerializer, responses=GoneSerializer, examples=examples.TAKE_BACK)
    @action(detail=True, methods=["post"], url_path="take-back")
    @reauthenticated
    @idempotent
    def take_back(self, request: Request, key: str) -> Response:
        """Do not let a scheduled release come into force, as long as it has not."""
        data = self._read(WayBackSerializer)
        waiting = ReleaseActivation.objects.to_come().filter(release=self.get_object())
        activation = waiting.order_by("effective_at").first()
        if activation is None:
            raise ValidationError(
                _("This release is not waiting to come into force."), code="state"
            )
        note, back = data.get("note", ""), data["put_rows_back"]
        return Response(
            gone_row(take_back_release(activation, by=self.by, note=note, put_rows_back=back))
        )

    @extend_schema(
        request=ApproveSerializer, responses=ApprovalSerializer, examples=examples.APPROVE
    )
    @action(detail=True, methods=["post"])
    @reauthenticated
    def approve(self, request: Request, key: str) -> Response:
        """The medical lead stands behind a release in your clinic's name."""
        note, clinic = self._read(ApproveSerializer)["note"], self.membership.clinic
        approval = approve_release(self.get_object(), clinic=clinic, by=self.by, note=note)
        return Response(approval_row(approval))

    def _read(self, serializer: type[serializers.Serializer]) -> dict[str, Any]:
        known = serializer(data=self.body())
        known.is_valid(raise_exception=True)
        return dict(known.validated_data)
