"""Before publishing, over REST: what a draft would change for everybody who is being treated."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django_scopes import scopes_disabled
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from clinic.permissions import allowed
from clinic.roles import Action
from clinic.serializers import StrictIntegerField, StrictSerializer
from consultations import radius
from consultations.api import examples
from consultations.api.errors import FlowViewSet
from consultations.api.filters import BlastResultFilters, BlastRunFilters
from consultations.enums import Effect, RunStatus
from consultations.models import BlastResult, BlastRun
from consultations.services import blast
from consultations.services.patients import note_listed
from treatments.compiler import catalogue_of, current_release
from treatments.explanations import wording_of
from treatments.models import Draft

SECONDS = 1.5
LARGEST_ID = 2**31 - 1


class LineSerializer(serializers.Serializer):
    label = serializers.CharField()  # type: ignore[assignment]
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)


class ChangedGroupSerializer(serializers.Serializer):
    """One area; without a name, the patient as a whole."""

    name = serializers.CharField(allow_blank=True)
    lines = LineSerializer(many=True)


class TallySerializer(serializers.Serializer):
    kind = serializers.CharField(help_text="plans or proposals")
    evaluated = serializers.IntegerField(source="seen")
    changed = serializers.IntegerField()
    effects = serializers.SerializerMethodField(help_text="How many of them change in which way.")

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "integer"}})
    def get_effects(self, tally: radius.Tally) -> dict[str, int]:
        return {effect.value: number for effect, number in tally.effects}


class BlastRunSerializer(serializers.ModelSerializer):
    """`done` of `total` are evaluated. Numbers are of all clinics."""

    draft = serializers.IntegerField(source="draft_id")
    base = serializers.CharField(source="base.key")
    status = serializers.ChoiceField(choices=RunStatus.choices)
    started_by = serializers.CharField(source="started_by.username", allow_null=True, default=None)
    counts = serializers.SerializerMethodField()

    class Meta:
        model = BlastRun
        fields = [
            "id",
            "draft",
            "base",
            "digest",
            "status",
            "done",
            "total",
            "counts",
            "started_at",
            "started_by",
            "finished_at",
        ]
        read_only_fields = fields

    @extend_schema_field(TallySerializer(many=True))
    def get_counts(self, run: BlastRun) -> Any:
        return TallySerializer(radius.tallies(run), many=True).data


class BlastRunDetailSerializer(BlastRunSerializer):
    up_to_date = serializers.SerializerMethodField(
        help_text="false once the draft says something else than what is evaluated here."
    )

    class Meta(BlastRunSerializer.Meta):
        fields = [*BlastRunSerializer.Meta.fields, "up_to_date"]
        read_only_fields = fields

    def get_up_to_date(self, run: BlastRun) -> bool:
        return blast.counts_now(run)


class BlastResultSerializer(serializers.Serializer):
    """What changes for one plan or proposal. `consultation` is there for readers who may open it;
    for all others nobody is named and days are counted from the consultation."""

    id = serializers.UUIDField(source="result.pk")
    subject = serializers.SerializerMethodField()
    effect = serializers.ChoiceField(source="result.effect", choices=Effect.choices)
    effects = serializers.SerializerMethodField()
    consultation = serializers.SerializerMethodField()
    changes = ChangedGroupSerializer(source="groups", many=True)

    @extend_schema_field({"type": "string", "enum": ["plan", "proposal"]})
    def get_subject(self, row: radius.Shown) -> str:
        return "plan" if row.result.plan_id else "proposal"

    @extend_schema_field({"type": "array", "items": {"type": "string", "enum": Effect.values}})
    def get_effects(self, row: radius.Shown) -> list[str]:
        return row.result.effects.split()

    @extend_schema_field({"type": "string", "format": "uuid", "nullable": True})
    def get_consultation(self, row: radius.Shown) -> str | None:
        return str(row.consultation.pk) if row.consultation else None


class StartRunSerializer(StrictSerializer):
    draft = StrictIntegerField(min_value=1, max_value=LARGEST_ID, help_text="Its id.")


class BlastRunViewSet(FlowViewSet):
    """Evaluations of everything that is open with a draft. Nothing of the patients is written."""

    required_actions = dict.fromkeys(
        ("list", "retrieve", "create", "go_on", "cancel", "resume"), Action.EDIT_CATALOGUE
    )
    conflicts = frozenset({"create", "go_on", "resume"})
    serializer_class = BlastRunSerializer
    filterset_class = BlastRunFilters
    lookup_url_kwarg = "run"
    lookup_value_regex = r"[^/]+"
    orderings = {"-id": ("-pk",), "id": ("pk",)}

    def get_queryset(self) -> QuerySet[BlastRun]:
        rows = BlastRun.objects.filter(
            draft__isnull=False
        )  # those of a release go on by themselves
        rows = rows.select_related("draft__release", "base", "started_by")
        return rows.defer("draft__release__body", "base__body")

    def note_listed(self, rows: Sequence[Any]) -> None:
        """Runs hold numbers, and nobody's row."""

    @extend_schema(responses=BlastRunSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Runs, the newest first."""
        return self.listed()

    @extend_schema(responses=BlastRunDetailSerializer)
    def retrieve(self, request: Request, run: str) -> Response:
        """How far a run is, and what it has found so far."""
        return self._answer()

    @extend_schema(
        request=StartRunSerializer,
        responses={201: BlastRunDetailSerializer},
        examples=examples.BLAST_RUNS,
    )
    def create(self, request: Request) -> Response:
        """Begin with the draft as it stands; a run of the same state that goes on is given back.

        It evaluates nothing yet: ask it to continue until its status is `finished`.
        """
        asked = StartRunSerializer(data=self.body())
        asked.is_valid(raise_exception=True)
        draft = Draft.objects.filter(pk=asked.validated_data["draft"]).first()
        if draft is None:
            raise ValidationError({"draft": _("There is no draft of this id.")})
        run = blast.start_run(draft, by=self.by)
        location = reverse("blast-run-detail", [run.pk], request=request)
        data = BlastRunDetailSerializer(self.get_queryset().get(pk=run.pk)).data
        return Response(data, status=201, headers={"Location": location})

    @extend_schema(request=None, responses=BlastRunDetailSerializer)
    @action(detail=True, methods=["post"], url_path="continue")
    def go_on(self, request: Request, run: str) -> Response:
        """Go on for a second or two; what is found is kept. Repeat until `finished`."""
        blast.continue_run(self.get_object(), budget=SECONDS)
        return self._answer()

    @extend_schema(request=None, responses=BlastRunDetailSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, run: str) -> Response:
        """Stop; what was found stays, and the run can be resumed."""
        blast.cancel_run(self.get_object(), by=self.by)
        return self._answer()

    @extend_schema(request=None, responses=BlastRunDetailSerializer)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, run: str) -> Response:
        """Let a stopped run go on, while the draft still says the same."""
        blast.resume_run(self.get_object(), by=self.by)
        return self._answer()

    def _answer(self) -> Response:
        return Response(BlastRunDetailSerializer(self.get_object()).data)


class BlastResultViewSet(FlowViewSet):
    """What a run found, the weightiest first. What stays equal has no row."""

    required_actions = {"list": Action.EDIT_CATALOGUE}
    looks_up = frozenset({"list"})
    serializer_class = BlastResultSerializer
    queryset = BlastResult.objects.none()  # names the model; rows come from get_queryset
    filterset_class = BlastResultFilters
    orderings = {"weight": ("rank", "pk")}

    def get_queryset(self) -> QuerySet[BlastResult]:
        return radius.filtered(self._run())

    def _run(self) -> BlastRun:
        text = self.kwargs["run"]
        key = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004 - more digits than an id has
        rows = BlastRun.objects.filter(draft__isnull=False).select_related("draft__release")
        return get_object_or_404(rows.defer("draft__release__body"), pk=key)

    def list(self, request: Request, run: str) -> Response:
        """Before and after of each plan and proposal that changes, in words."""
        with (
            scopes_disabled()
        ):  # of all clinics: what is shown of them holds nobody's name or dates
            rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
            data = BlastResultSerializer(self._told(rows), many=True).data
        return self.get_paginated_response(data)

    def _told(self, rows: Any) -> Any:
        run = self._run()
        published = run.draft.release if run.draft else None
        wording = wording_of(catalogue_of(published or current_release()))
        may_open = allowed(self.request._request, Action.VIEW_CONSULTATION)  # noqa: SLF001 - where both doors leave the membership
        own = radius.consultations_of(rows, clinic=self.membership.clinic_id) if may_open else {}
        note_listed(BlastResult, own.values(), by=self.by)
        return [radius.shown(wording, row, own.get(row.pk)) for row in rows]
