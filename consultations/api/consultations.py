from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from clinic.api import expected_version, idempotent, versioned, with_etag
from clinic.openapi import shows_version
from clinic.problems import refusal
from clinic.reauthentication import reauthenticated
from clinic.roles import Action
from consultations.api import examples
from consultations.api.amendments import AmendmentSerializer, AmendSerializer
from consultations.api.cancelling import CancelActions
from consultations.api.carried import EXAMPLES, ConfirmSerializer, keys_at, source_of
from consultations.api.consent_actions import ConsentActions
from consultations.api.documents import OwnFacts, own_facts
from consultations.api.errors import FlowViewSet, under
from consultations.api.filters import ConsultationFilters
from consultations.api.notes import NoteActions
from consultations.api.plans import PlanSerializer, SignSerializer
from consultations.api.proposals import OverrideSerializer, ProposalSerializer
from consultations.api.records import (
    ConsultationDetailSerializer,
    ConsultationSerializer,
    StartDocument,
    StartSerializer,
)
from consultations.api.sheets import RecordActions
from consultations.api.unfinished import InputActions
from consultations.errors import InvalidFacts
from consultations.models import Consultation, Patient
from consultations.services import amendments, carrying, decisions, intake, plans, proposals
from consultations.services.patients import note_opened


class ConsultationViewSet(
    RecordActions, ConsentActions, NoteActions, InputActions, CancelActions, FlowViewSet
):
    """One conversation with one patient, from its first fact to the signed plan."""

    required_actions = {
        "list": Action.VIEW_CONSULTATION,
        "retrieve": Action.VIEW_CONSULTATION,
        "create": Action.EDIT_CONSULTATION,
        "partial_update": Action.EDIT_CONSULTATION,
        "facts": Action.VIEW_CONSULTATION,
        "put_facts": Action.EDIT_CONSULTATION,
        "confirm": Action.EDIT_CONSULTATION,
        "propose": Action.PROPOSE,
        "override": Action.OVERRIDE,
        "sign": Action.SIGN,
        "amend": Action.SIGN,
        **ConsentActions.consent_actions,
        **NoteActions.note_actions,
        **InputActions.input_actions,
        **CancelActions.cancel_actions,
        **RecordActions.record_actions,
    }
    conflicts = frozenset({"partial_update", "put_facts", "confirm"})
    serializer_class = ConsultationSerializer
    queryset = Consultation.objects.none()  # names the model; rows come from get_queryset
    filterset_class = ConsultationFilters
    orderings = {
        "-consulted_on": ("-consulted_on", "-created_at", "-pk"),
        "consulted_on": ("consulted_on", "created_at", "pk"),
        "-created_at": ("-created_at", "-pk"),
        "created_at": ("created_at", "pk"),
    }

    def get_queryset(self) -> QuerySet[Consultation]:
        if self.action == "list":
            return Consultation.objects.select_related("performer")
        if self.action in {"retrieve", "facts", "confirm", "record"}:
            found: QuerySet[Consultation] = Consultation.objects.with_facts()
            amended = self.action == "retrieve"
            return found.prefetch_related("amendments__by") if amended else found
        return Consultation.objects.select_related("patient")

    def list(self, request: Request) -> Response:
        """Consultations, the newest first."""
        return self.listed()

    @shows_version
    @extend_schema(responses=ConsultationDetailSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One consultation with its facts. Opening it is noted in the audit trail."""
        consultation = self.get_object()
        note_opened(consultation, by=self.by)
        data = ConsultationDetailSerializer(consultation).data
        return with_etag(data, consultation.version)

    @shows_version
    @idempotent
    @extend_schema(
        request=StartDocument,
        responses={201: ConsultationDetailSerializer},
        examples=examples.CONSULTATIONS,
    )
    @transaction.atomic
    def create(self, request: Request) -> Response:
        """Start a consultation: empty, with facts, or from the patient's last signed one."""
        serializer = StartSerializer(data=self.body())
        serializer.is_valid(raise_exception=True)
        sent = serializer.validated_data
        patient = Patient.objects.filter(pk=sent["patient"]).first()
        if patient is None:
            message = _("There is no such patient.")
            raise refusal("does_not_exist", message, status_code=400, path="patient")
        if source := source_of(patient, sent):
            consultation = carrying.start_from(source, by=self.by)
        else:
            consultation = intake.start_consultation(patient, by=self.by)
        if "facts" in sent:
            consultation = self._with_facts(consultation, sent["facts"])
        location = reverse("consultation-detail", [consultation.pk], request=request)
        return self._shown(consultation, status_code=201, location=location)

    def _with_facts(self, consultation: Consultation, document: Any) -> Consultation:
        try:
            return intake.replace_facts(
                consultation,
                _an_object(document, "facts"),
                by=self.by,
                version=consultation.version,
            )
        except (InvalidFacts, ValidationError) as error:
            raise under("facts", error) from None

    @versioned
    @extend_schema(responses=ConsultationDetailSerializer, examples=examples.CHANGES)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change single values. Needs If-Match."""
        consultation, version = self.get_object(), expected_version(request)
        serializer = self.get_serializer(data=self.body(), partial=True)
        serializer.is_valid(raise_exception=True)
        values = serializer.validated_data
        return self._shown(
            intake.update_consultation(consultation, by=self.by, version=version, **values)
        )

    @shows_version
    @extend_schema(responses=OwnFacts)
    @action(detail=True, methods=["get"])
    def facts(self, request: Request, pk: str) -> Response:
        """The facts alone, as PUT takes them."""
        consultation = self.get_object()
        note_opened(consultation, by=self.by)
        return with_etag(own_facts(consultation), consultation.version)

    @versioned
    @extend_schema(
        request=OwnFacts, responses=ConsultationDetailSerializer, examples=examples.PUT_FACTS
    )
    @facts.mapping.put
    def put_facts(self, request: Request, pk: str) -> Response:
        """Put these facts in place of all facts. Needs If-Match."""
        consultation, version = self.get_object(), expected_version(request)
        document = self.body()
        return self._shown(
            intake.replace_facts(consultation, document, by=self.by, version=version)
        )

    @versioned
    @extend_schema(
        request=ConfirmSerializer, responses=ConsultationDetailSerializer, examples=EXAMPLES
    )
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        """Confirm answers that were carried over. Needs If-Match."""
        consultation, version = self.get_object(), expected_version(request)
        serializer = ConfirmSerializer(data=self.body())
        serializer.is_valid(raise_exception=True)
        keys = keys_at(consultation, serializer.validated_data["paths"])
        return self._shown(carrying.confirm(consultation, keys, by=self.by, version=version))

    @idempotent
    @extend_schema(request=None, responses={201: ProposalSerializer})
    @action(detail=True, methods=["post"])
    def propose(self, request: Request, pk: str) -> Response:
        """Evaluate the facts with the release in force and keep the proposal."""
        proposal = proposals.propose(self.get_object(), by=self.by)
        return self._made("proposal-detail", ProposalSerializer(proposal).data)

    @idempotent
    @extend_schema(
        request=OverrideSerializer,
        responses={201: ProposalSerializer},
        examples=examples.OVERRIDES,
    )
    @action(detail=True, methods=["post"])
    def override(self, request: Request, pk: str) -> Response:
        """Go ahead against an overridable rule, saying why; the answer is a new proposal."""
        consultation = self.get_object()
        serializer = OverrideSerializer(data=self.body())
        serializer.is_valid(raise_exception=True)
        proposal = decisions.override_rule(consultation, by=self.by, **serializer.validated_data)
        return self._made("proposal-detail", ProposalSerializer(proposal).data)

    @reauthenticated
    @idempotent
    @extend_schema(
        request=SignSerializer, responses={201: PlanSerializer}, examples=examples.SIGNATURES
    )
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, pk: str) -> Response:
        """Sign the decisions, or co-sign what somebody else has prepared.

        The consultation closes for good; the answer is the plan. Signing again gives it once more.
        """
        serializer = SignSerializer(data=self.body())
        serializer.is_valid(raise_exception=True)
        past = serializer.validated_data.get("past_sessions", False)
        plan = plans.sign(self.get_object(), by=self.by, past_sessions=past)
        return self._made("plan-detail", PlanSerializer(plan).data)

    @reauthenticated
    @idempotent
    @extend_schema(
        request=AmendSerializer, responses={201: AmendmentSerializer}, examples=examples.AMENDMENTS
    )
    @action(detail=True, methods=["post"])
    def amend(self, request: Request, pk: str) -> Response:
        """Add an amendment to a signed consultation, which itself stays as it was signed."""
        consultation = self.get_object()
        serializer = AmendSerializer(data=self.body())
        serializer.is_valid(raise_exception=True)
        values = serializer.validated_data
        amendment = amendments.amend(
            consultation, reason=values["reason"], text=values["text"], by=self.by
        )
        return self._made("amendment-detail", AmendmentSerializer(amendment).data)

    def _made(self, view: str, data: dict[str, Any]) -> Response:
        location = reverse(view, [data["id"]], request=self.request)
        return Response(data, status=201, headers={"Location": location})

    def _shown(
        self, consultation: Consultation, *, status_code: int = 200, location: str = ""
    ) -> Response:
        whole = Consultation.objects.with_facts().get(pk=consultation.pk)
        data = ConsultationDetailSerializer(whole).data
        return with_etag(data, whole.version, status_code=status_code, location=location)


def _an_object(document: Any, path: str) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise refusal("type", _("An object is expected here."), status_code=400, path=path)
    return document
