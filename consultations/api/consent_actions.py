"""What a consultation is asked about its consents, and the signatures beside the plan's."""

from typing import Any, Final

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from clinic.api import idempotent
from clinic.problems import Problem, Refusal
from clinic.reauthentication import PasswordSerializer, reauthenticated
from clinic.roles import Action
from consultations import policies
from consultations.api import examples
from consultations.api.consents import (
    ConsentSerializer,
    GiveSerializer,
    NeededSerializer,
    ReadingSerializer,
)
from consultations.consents import needed_for
from consultations.models import Preparation
from consultations.services import consents, plans
from consultations.services.patients import note_opened
from consultations.services.proposals import latest
from treatments.engine import digest_of

_ASKED: Final = ("treatment", "language")


class PreparationSerializer(serializers.ModelSerializer):
    signed_by = serializers.CharField(source="signed_by.get_username")

    class Meta:
        model = Preparation
        fields = ["id", "consultation", "proposal", "digest", "signed_at", "signed_by"]


class ConsentActions:
    """Mixed into the resource of consultations."""

    consent_actions: Final = {
        "consents": Action.VIEW_CONSULTATION,
        "consent_text": Action.VIEW_CONSULTATION,
        "consent": Action.TAKE_CONSENT,
        "prepare": Action.PREPARE,
    }

    def known_parameters(self: Any) -> frozenset[str]:
        if self.action == "consent_text":
            return frozenset(_ASKED)
        known: frozenset[str] = super().known_parameters()  # type: ignore[misc]
        return known

    @extend_schema(responses=NeededSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def consents(self: Any, request: Request, pk: str) -> Response:
        """The consents that the decisions of the newest proposal need, and where each stands.

        Opening them is noted as opening the consultation."""
        consultation = self.get_object()
        note_opened(consultation, by=self.by)
        proposal = latest(consultation)
        needed = needed_for(proposal) if proposal else []
        return Response(NeededSerializer(needed, many=True).data)

    @extend_schema(
        responses=ReadingSerializer,
        parameters=[
            OpenApiParameter(name, str, required=True, description=about)
            for name, about in zip(
                _ASKED, ("A treatment of the plan.", "Such as en, tr, el, fa."), strict=True
            )
        ],
    )
    @action(detail=True, methods=["get"], url_path="consent-text")
    def consent_text(self: Any, request: Request, pk: str) -> Response:
        """What the patient reads before signing, their own plan in it. Opening it is noted."""
        consultation = self.get_object()
        missing = [name for name in _ASKED if not request.query_params.get(name)]
        if missing:
            raise Refusal(Problem(one, "required", _("Say which.")) for one in missing)
        policies.check_is_decided(consultation)
        treatment, language = (request.query_params[name] for name in _ASKED)
        proposal = latest(consultation)
        assert proposal is not None  # noqa: S101 - something is decided on it
        if treatment not in {one.treatment for one in needed_for(proposal)}:
            message = _("No area of the plan has this treatment.")
            raise Refusal([Problem("treatment", "invalid", message)])
        document = consents.document_to_sign(proposal, treatment, language)
        note_opened(consultation, by=self.by)
        return Response({"digest": digest_of(document), "document": document})

    @idempotent
    @extend_schema(
        request=GiveSerializer, responses={201: ConsentSerializer}, examples=examples.CONSENTS
    )
    @action(detail=True, methods=["post"])
    def consent(self: Any, request: Request, pk: str) -> Response:
        """Keep the patient's signature under what was read. It holds for that plan alone."""
        consultation = self.get_object()
        serializer = GiveSerializer(data=self.body())
        serializer.is_valid(raise_exception=True)
        sent = serializer.validated_data
        given = consents.give_consent(
            consultation,
            treatment=sent["treatment"],
            language=sent["language"],
            read=sent["read"],
            signature=consents.Signature(
                name=sent["name"], drawn=sent.get("drawing"), witness=sent.get("witness", "")
            ),
            by=self.by,
        )
        location = reverse("consent-detail", [given.pk], request=request)
        data = ConsentSerializer(given).data
        return Response(data, status=201, headers={"Location": location})

    @reauthenticated
    @idempotent
    @extend_schema(
        request=PasswordSerializer,
        responses={201: PreparationSerializer},
        examples=examples.SIGNATURES,
    )
    @action(detail=True, methods=["post"])
    def prepare(self: Any, request: Request, pk: str) -> Response:
        """Sign as who prepared a plan whose combination asks for a specialist to co-sign it."""
        PasswordSerializer(data=self.body()).is_valid(raise_exception=True)
        preparation = plans.prepare(self.get_object(), by=self.by)
        return Response(PreparationSerializer(preparation).data, status=201)
