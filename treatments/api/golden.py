"""Golden cases over REST: read, kept, and tried on the catalogue as it stands."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.api import ClinicViewSet, idempotent
from clinic.problems import Problem, Refusal
from clinic.roles import Action
from clinic.serializers import StrictCharField, StrictSerializer
from treatments.api import document, examples
from treatments.api import draft_rows as rows
from treatments.api.errors import CatalogueErrorsMixin
from treatments.api.filters import GoldenCaseFilters
from treatments.compiler import current_catalogue
from treatments.engine import InvalidRequest, parse_facts
from treatments.models import GoldenCase
from treatments.services.cases import (
    describe_case,
    retire_case,
    return_case,
    working_catalogue,
)
from treatments.services.drafting import open_draft
from treatments.services.golden import add_case, outcomes_of

OUTCOME = {"type": "object", "additionalProperties": {}}


class CaseSerializer(serializers.ModelSerializer):
    """Facts about nobody that every draft is tried on."""

    created_by = rows.person("created_by")

    class Meta:
        model = GoldenCase
        fields = ["code", "title", "note", "active", "created_at", "created_by"]
        read_only_fields = fields


class CaseDetailSerializer(CaseSerializer):
    request = serializers.SerializerMethodField()
    expected = serializers.SerializerMethodField()

    class Meta(CaseSerializer.Meta):
        fields = [*CaseSerializer.Meta.fields, "request", "expected"]
        read_only_fields = fields

    @extend_schema_field(document.Facts)
    def get_request(self, case: GoldenCase) -> Any:
        return case.request

    @extend_schema_field(OUTCOME)
    def get_expected(self, case: GoldenCase) -> Any:
        return case.expected


@extend_schema_field(document.Facts)
class FactsField(serializers.JSONField):
    """Any JSON; the engine says what is wrong with it."""


class NewCaseSerializer(StrictSerializer):
    """What it expects is what the release in force gives for its facts."""

    code = StrictCharField(max_length=60)
    title = StrictCharField(max_length=200)
    note = StrictCharField(max_length=rows.LONGEST_NOTE, required=False, allow_blank=True)
    request = FactsField()


class CaseWordsSerializer(StrictSerializer):
    """What is left out stays. The facts of a case stay: other facts are another case."""

    title = StrictCharField(max_length=200, required=False)
    note = StrictCharField(max_length=rows.LONGEST_NOTE, required=False, allow_blank=True)


class GoldenCaseViewSet(CatalogueErrorsMixin, ClinicViewSet):
    """Cases that live with the catalogue: facts, and the outcome that it has to give."""

    required_actions = {
        "list": Action.VIEW_CATALOGUE,
        "retrieve": Action.VIEW_CATALOGUE,
        "run": Action.VIEW_CATALOGUE,
        "create": Action.EDIT_CATALOGUE,
        "partial_update": Action.EDIT_CATALOGUE,
        "retire": Action.EDIT_CATALOGUE,
        "return_to_use": Action.EDIT_CATALOGUE,
    }
    conflicts = frozenset({"create", "run", "retire", "return_to_use"})
    serializer_class = CaseSerializer
    filterset_class = GoldenCaseFilters
    lookup_field = "code"
    lookup_value_regex = r"[^/]+"
    orderings = {"code": ("code",), "-code": ("-code",)}

    def get_queryset(self) -> QuerySet[GoldenCase]:
        return GoldenCase.objects.select_related("created_by")

    @extend_schema(responses=CaseSerializer(many=True))
    def list(self, request: Request) -> Response:
        """All cases, also those out of use."""
        return self.listed()

    @extend_schema(responses=CaseDetailSerializer)
    def retrieve(self, request: Request, code: str) -> Response:
        """A case with its facts and what it expects."""
        return Response(CaseDetailSerializer(self.get_object()).data)

    @extend_schema(
        request=NewCaseSerializer,
        responses={201: CaseDetailSerializer},
        examples=examples.NEW_CASE,
    )
    @idempotent
    def create(self, request: Request) -> Response:
        """Keep facts as a case. Never send anything about a person: of a birth date only the age
        is kept, and products are numbered."""
        new = NewCaseSerializer(data=self.body())
        new.is_valid(raise_exception=True)
        _check(new.validated_data["request"])
        case = add_case(by=self.by, **new.validated_data)
        return Response(CaseDetailSerializer(case).data, status=201)

    @extend_schema(
        request=CaseWordsSerializer, responses=CaseDetailSerializer, examples=examples.CASE_WORDS
    )
    def partial_update(self, request: Request, code: str) -> Response:
        """Another title or note."""
        words, case = CaseWordsSerializer(data=self.body()), self.get_object()
        words.is_valid(raise_exception=True)
        told = {"title": case.title, "note": case.note, **words.validated_data}
        return Response(CaseDetailSerializer(describe_case(case, by=self.by, **told)).data)

    @extend_schema(request=None, responses=CaseDetailSerializer, examples=examples.CASE_RETIRED)
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, code: str) -> Response:
        """Take a case out of use; not while the draft changes its outcome."""
        return Response(CaseDetailSerializer(retire_case(self.get_object(), by=self.by)).data)

    @extend_schema(request=None, responses=CaseDetailSerializer, examples=examples.CASE_RETURNED)
    @action(detail=True, methods=["post"], url_path="return")
    def return_to_use(self, request: Request, code: str) -> Response:
        """Take a case into use again; it expects what it did when it was retired."""
        return Response(CaseDetailSerializer(return_case(self.get_object(), by=self.by)).data)

    @extend_schema(responses=rows.OutcomeSerializer(many=True))
    @action(detail=False, methods=["get"], pagination_class=None)
    def run(self, request: Request) -> Response:
        """Every case in use, tried on the catalogue as it stands; nothing is stored."""
        cases, catalogue = GoldenCase.objects.filter(active=True), working_catalogue()
        outcomes = outcomes_of(cases, catalogue, draft=open_draft())
        return Response([rows.outcome_row(one) for one in outcomes])


def _check(facts: Any) -> None:
    """Faults of the facts, by their paths in this body."""
    try:
        parse_facts(current_catalogue(), facts)
    except InvalidRequest as error:
        raise Refusal(
            Problem(f"request.{one.path}".rstrip("."), one.code, one.message)
            for one in error.faults
        ) from None
