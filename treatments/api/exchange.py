"""The whole catalogue over REST: out, and into the draft in two steps."""

from typing import Any, Final

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from clinic import audit
from clinic.api import JSON, ClinicAPIView
from clinic.models import User
from clinic.parsers import StrictJSONParser
from clinic.problems import refusal
from clinic.roles import Action
from treatments.api import examples
from treatments.api.errors import CatalogueErrorsMixin
from treatments.services.downloads import DOWNLOADS, WORKBOOK
from treatments.services.tables.definitions import TABLES
from treatments.services.trials import apply_import, try_import
from treatments.services.uploads import LARGEST, Documents, documents_of

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

TABLE: Final = OpenApiParameter(
    "table",
    {"type": "string", "enum": list(TABLES)},
    description="Of a CSV file: which table it is.",
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


class _FileParser(BaseParser):
    """A file as it was sent. What kind it is says its Content-Type; what is in it, the import."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        data: bytes = stream.read()
        return data


class CSVParser(_FileParser):
    media_type = "text/csv"


class WorkbookParser(_FileParser):
    media_type = WORKBOOK


class ArchiveParser(_FileParser):
    media_type = "application/zip"


ENDINGS: Final = {"text/csv": "csv", WORKBOOK: "xlsx", "application/zip": "zip"}


class ExportView(CatalogueErrorsMixin, ClinicAPIView):
    """Every row of the catalogue as it stands now, in use or not."""

    required_actions = {"get": Action.EDIT_CATALOGUE}

    @extend_schema(operation_id="catalogue_export", responses={200: FILE})
    def get(self, request: Request) -> HttpResponse:
        """The rows with the changes of the open draft. Equal rows give the same bytes."""
        return exported("catalogue.json", by=self.by)


class ExportFileView(CatalogueErrorsMixin, ClinicAPIView):
    """The flat tables, for spreadsheets."""

    required_actions = {"get": Action.EDIT_CATALOGUE}

    @extend_schema(
        operation_id="catalogue_export_file",
        parameters=[
            OpenApiParameter(
                "file",
                {"type": "string", "enum": list(DOWNLOADS)},
                OpenApiParameter.PATH,
                required=True,
            )
        ],
        responses={(200, one.content_type): OpenApiTypes.BINARY for one in DOWNLOADS.values()},
    )
    def get(self, request: Request, file: str) -> HttpResponse:
        """One table as CSV, all tables as a workbook or a ZIP of CSV files, or everything as JSON.

        Text that a spreadsheet would take for a formula stands behind an apostrophe.
        """
        if file not in DOWNLOADS:
            raise Http404
        return exported(file, by=self.by)


def exported(file: str, *, by: User) -> HttpResponse:
    download = DOWNLOADS[file]
    content = download.content()
    audit.record("catalogue-exported", by=by, detail={"file": file})
    disposition = f'attachment; filename="{file}"'
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store, private"}
    return HttpResponse(content, content_type=download.content_type, headers=headers)


class ImportView(CatalogueErrorsMixin, ClinicAPIView):
    """Rows into the draft: seen first, and then applied exactly as they were shown."""

    required_actions = {"post": Action.EDIT_CATALOGUE}
    query_parameters = frozenset({"dry_run", "digest", "table"})
    conflicts = frozenset({"post"})
    parser_classes = (StrictJSONParser, CSVParser, WorkbookParser, ArchiveParser)
    media_types = frozenset({JSON, *ENDINGS})
    largest_body = LARGEST

    @extend_schema(
        operation_id="catalogue_import",
        request={JSON: FILE, **dict.fromkeys(ENDINGS, OpenApiTypes.BINARY)},
        responses=TrialSerializer,
        parameters=[DRY_RUN, DIGEST, TABLE],
        examples=examples.IMPORTS,
    )
    def post(self, request: Request) -> Response:
        """With ``dry_run=true`` what would change, else what did.

        Applying needs the digest of a dry run. When the catalogue has moved since, so that
        something else would change, nothing is stored and the answer is 409. Faults name the JSON
        path, or the table with its row and column.
        """
        documents = self._documents()
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

    def _documents(self) -> Documents:
        media_type = (self.request.content_type or "").partition(";")[0].strip().lower()
        table = self._table(of_csv=media_type == CSVParser.media_type)
        if media_type not in ENDINGS:
            return {"body": self.body()}
        name = f"{table or 'file'}.{ENDINGS[media_type]}"
        data = self.request.data
        return documents_of(name, data if isinstance(data, bytes) else b"", table=table)

    def _table(self, *, of_csv: bool) -> str:
        table: str = self.request.query_params.get("table", "")
        if table in TABLES if of_csv else not table:
            return table
        if of_csv:
            message = _("Say which table this is: %(known)s.") % {"known": ", ".join(TABLES)}
        else:
            message = _("Only a CSV file is of one table.")
        raise refusal("table", message, status_code=400, path="table")

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
