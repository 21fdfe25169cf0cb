from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from clinic.api import expected_version, idempotent, versioned, with_etag
from clinic.openapi import shows_version
from clinic.problems import Problem, Refusal, problems_in
from clinic.roles import Action
from clinic.serializers import StrictModelSerializer
from consultations.api import examples
from consultations.api.errors import FlowViewSet
from consultations.api.filters import PatientFilters
from consultations.models import Patient
from consultations.services import patients


class PatientSerializer(StrictModelSerializer):
    class Meta:
        model = Patient
        fields = [
            "id",
            "number",
            "family_name",
            "given_name",
            "sex",
            "birth_date",
            "phone",
            "email",
            "version",
            "created_at",
        ]
        read_only_fields = ["id", "version", "created_at"]
        extra_kwargs = {"number": {"required": False, "allow_blank": True}}


@contextmanager
def _number_named() -> Iterator[None]:
    """The one rule across fields is that a clinic gives a number once: it is about the number."""
    try:
        yield
    except ValidationError as error:
        raise Refusal(
            Problem(one.path or "number", one.code, one.message) for one in problems_in(error)
        ) from None


class PatientViewSet(FlowViewSet):
    """The people this clinic sees."""

    required_actions = {
        "list": Action.VIEW_PATIENT,
        "retrieve": Action.VIEW_PATIENT,
        "create": Action.EDIT_PATIENT,
        "partial_update": Action.EDIT_PATIENT,
    }
    serializer_class = PatientSerializer
    queryset = Patient.objects.none()  # names the model; rows come from get_queryset
    filterset_class = PatientFilters
    orderings = {
        "family_name": ("family_name", "given_name", "pk"),
        "-family_name": ("-family_name", "-given_name", "-pk"),
        "number": ("number",),
        "-number": ("-number",),
        "created_at": ("created_at", "pk"),
        "-created_at": ("-created_at", "-pk"),
    }

    def get_queryset(self) -> QuerySet[Patient]:
        return Patient.objects.all()

    def list(self, request: Request) -> Response:
        """Patients; `search` takes names, number, phone and date of birth, accents ignored."""
        return self.listed()

    @shows_version
    @extend_schema(examples=examples.PATIENTS[1:])
    def retrieve(self, request: Request, pk: str) -> Response:
        """One patient. Opening a record is noted in the audit trail."""
        patient = self.get_object()
        patients.note_opened(patient, by=self.by)
        return with_etag(self.get_serializer(patient).data, patient.version)

    @shows_version
    @idempotent
    @extend_schema(examples=examples.PATIENTS)
    def create(self, request: Request) -> Response:
        """Add a patient. Without a record number the next free one is given."""
        fields = self._fields()
        with _number_named():
            patient = patients.register_patient(by=self.by, clinic=self.membership.clinic, **fields)
        location = reverse("patient-detail", [patient.pk], request=request)
        return with_etag(
            self.get_serializer(patient).data, patient.version, status_code=201, location=location
        )

    @versioned
    @extend_schema(examples=examples.PATIENT_CHANGES)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change single details. Needs If-Match."""
        patient, version = self.get_object(), expected_version(request)
        fields = self._fields(partial=True)
        with _number_named():
            patient = patients.update_patient(patient, by=self.by, version=version, **fields)
        return with_etag(self.get_serializer(patient).data, patient.version)

    def _fields(self, *, partial: bool = False) -> dict[str, Any]:
        serializer = self.get_serializer(data=self.body(), partial=partial)
        serializer.is_valid(raise_exception=True)
        fields: dict[str, Any] = serializer.validated_data
        return fields
