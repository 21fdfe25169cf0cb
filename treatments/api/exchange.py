"""The whole catalogue over REST: out, and into the draft in two steps."""

from typing import Final

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from clinic import audit
from clinic.api import JSON, ClinicAPIView
from clinic.problems import refusal
from clinic.roles import Action
from treatments.api import examples
from treatments.api.errors import CatalogueErrorsMixin
from treatments.services.exporting import export_text
from treatments.services.trials import apply_import, try_import

FILE: Final = {
    "type": "object",
    "description": "Rows by kind, as the export gives them; some kinds or fields alone will do.",
    "additionalProperties": {"type": "array", "items": {"type": "object"}},
}
DRY_RUN: Final = OpenApiParameter(
    "dry_run", {"type": "string", "enum": ["true", "false"]}, description="Show, store nothing."
)
DIGEST: Final = OpenApiParameter(
    "digest", str, description="Of the dry run; what it showed is applied, or nothing."
)


class OldAndNewSerializer(serializers.Serializer):
    old = serializers.CharField()
    new = serializers.CharField()


class TrialChangeSerializer(serializers.Serializer):
    kind = serializers.CharField(help_text="added, changed or deleted.")
    model = serializers.CharField(help_text="The kind of row.")
    row = serializers.CharField()
    part_of = serializers.CharField(help_text="The row that a line belongs to, or nothing.")
    values = serializers.DictField(child=OldAndNewSerializer())


class TrialSerializer(serializers.Serializer):
    digest = serializers.CharField()
    applied = serializers.BooleanField()
    added = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    changes = TrialChangeSerializer(many=True)


class ExportView(CatalogueErrorsMixin, ClinicAPIView):
    """Every row of the catalogue as it stands now, in use or not."""

    required_actions = {"get": Action.EDIT_CATALOGUE}

    @extend_schema(operation_id="catalogue_export", responses={200: FILE})
    def get(self, request: Request) -> HttpResponse:
        """The rows with the changes of the open draft. Equal rows give the same bytes."""
        audit.record("catalogue-exported", by=self.by, detail={"file": "catalogue.json"})
        disposition = 'attachment; filename="catalogue.json"'
        return HttpResponse(
            export_text(), content_type=JSON, headers={"Content-Disposition": disposition}
        )


class ImportView(CatalogueErrorsMixin, ClinicAPIView):
    """Rows into the draft: seen first, and then applied exactly as they were shown."""

    required_actions = {"post": Action.EDIT_CATALOGUE}
    query_parameters = frozenset({"dry_run", "digest"})
    conflicts = frozenset({"post"})

    @extend_schema(
        operation_id="catalogue_import",
        request={JSON: FILE},
        responses=TrialSerializer,
        parameters=[DRY_RUN, DIGEST],
        examples=examples.IMPORT,
    )
    def post(self, request: Request) -> Response:
        """With ``dry_run=true`` what would change, else what did.

        Applying needs the digest of a dry run. When the catalogue has moved since, so that
        something else would change, nothing is stored and the answer is 409.
        """
        documents = {"body": self.body()}
        if self._dry_run():
            trial = try_import(documents, by=self.by)
        else:
            trial = apply_import(documents, by=self.by, digest=self._digest())
        answer = {
            "digest": trial.digest,
            "applied": not self._dry_run(),
            "added": trial.added,
            "changed": trial.changed,
            "unchanged": trial.unchanged,
            "changes": trial.changes,
        }
        return Response(answer)

    def _dry_run(self) -> bool:
        given = self.request.query_params.get("dry_run", "false")
        if given not in {"true", "false"}:
            message = _("This must be true or false.")
            raise refusal("invalid", message, status_code=400, path="dry_run")
        return bool(given == "true")

    def _digest(self) -> str:
        digest: str = self.request.query_params.get("digest", "")
        if not digest:
            message = _("Ask for a dry run first and give its digest.")
            raise refusal("required", message, status_code=400, path="digest")
        return digest
