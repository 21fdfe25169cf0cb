"""Releases: which is in force, and what each of them froze."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.api import ClinicViewSet
from clinic.problems import refusal
from clinic.roles import Action
from treatments.api.errors import CatalogueErrorsMixin
from treatments.compiler import catalogue_of, current_release
from treatments.models import Release


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
    class Meta:
        model = Release
        fields = ["key", "digest", "note", "published_at"]
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

    required_actions = {"*": Action.VIEW_CATALOGUE}
    conflicts = frozenset({"current"})
    serializer_class = ReleaseSerializer
    lookup_field = "key"
    lookup_value_regex = r"[^/]+"
    orderings = {
        "-published_at": ("-pk",),  # they are added as they are published
        "published_at": ("pk",),
    }

    def get_queryset(self) -> QuerySet[Release]:
        return Release.objects.defer("body")

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
        return Response(ReleaseDetailSerializer(current_release()).data)
