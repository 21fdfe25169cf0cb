"""Drafts over REST: what they change, what is missing, and the steps to a release."""

from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.api import ClinicViewSet, idempotent
from clinic.reauthentication import reauthenticated
from clinic.roles import Action
from treatments.api import draft_rows as rows
from treatments.api import examples
from treatments.api.errors import CatalogueErrorsMixin
from treatments.api.filters import DraftFilters
from treatments.models import Draft, GoldenCase
from treatments.services import drafts
from treatments.services.approvals import approve_rule
from treatments.services.golden import accept_outcome
from treatments.services.review import (
    Review,
    comparison_of,
    missing_for_publishing,
    missing_for_submitting,
    released_before,
    review_of,
)


class DraftViewSet(CatalogueErrorsMixin, ClinicViewSet):
    """Edits of the catalogue on their way to a release. At most one draft is open.

    A draft answers to its id and to the key of its release.
    """

    required_actions = {
        "list": Action.VIEW_CATALOGUE,
        "retrieve": Action.VIEW_CATALOGUE,
        "current": Action.VIEW_CATALOGUE,
        "diff": Action.VIEW_CATALOGUE,
        "lint": Action.VIEW_CATALOGUE,
        "golden": Action.VIEW_CATALOGUE,
        "rules": Action.VIEW_CATALOGUE,
        "submit": Action.EDIT_CATALOGUE,
        "send_back": Action.EDIT_CATALOGUE,
        "withdraw": Action.EDIT_CATALOGUE,
        "accept_outcome": Action.EDIT_CATALOGUE,
        "approve_rule": Action.APPROVE_RELEASE,
        "publish": Action.APPROVE_RELEASE,
    }
    conflicts = frozenset(required_actions) - {"list", "retrieve", "current"}
    serializer_class = rows.DraftSerializer
    filterset_class = DraftFilters
    lookup_url_kwarg = "draft"
    lookup_value_regex = r"[^/]+"
    orderings = {"-opened_at": ("-opened_at", "-pk"), "opened_at": ("opened_at", "pk")}

    def get_queryset(self) -> QuerySet[Draft]:
        people = ("base", "release", "opened_by", "submitted_by", "closed_by")
        found = Draft.objects.select_related(*people).defer("base__body", "release__body")
        return found.annotate(edits_total=Count("changes"))

    def get_object(self) -> Draft:
        """By its number, or by the key that its release will have: the newest draft of that key."""
        named = self.kwargs[self.lookup_url_kwarg]
        if "." in named:
            newest = Draft.objects.filter(key=named).order_by("-pk").values_list("pk", flat=True)
            self.kwargs[self.lookup_url_kwarg] = str(newest.first() or 0)
        return cast("Draft", super().get_object())

    @extend_schema(responses=rows.DraftSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Drafts, the newest first."""
        return self.listed()

    @extend_schema(responses=rows.DraftDetailSerializer)
    def retrieve(self, request: Request, draft: str) -> Response:
        """A draft, and what it still lacks."""
        return Response(self._detail(self.get_object()))

    @extend_schema(responses=rows.DraftDetailSerializer)
    @action(detail=False, methods=["get"])
    def current(self, request: Request) -> Response:
        """The draft that is open; there is none until somebody edits a row."""
        draft = self.get_queryset().filter(is_open=True).first()
        if draft is None:
            raise Http404
        return Response(self._detail(draft))

    @extend_schema(responses=rows.DiffSerializer, examples=examples.DIFF)
    @action(detail=True, methods=["get"])
    def diff(self, request: Request, draft: str) -> Response:
        """What it changes against the release in force; of a published one, what it changed."""
        found = self.get_object()
        if found.is_open or found.release is not None:
            against = released_before(found) if found.is_open else found.base
            return Response({"against": against.key, **comparison_of(found).as_json()})
        raise _closed()

    @extend_schema(responses=rows.FindingSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def lint(self, request: Request, draft: str) -> Response:
        """What to mend and what to acknowledge before the review."""
        return Response([one.as_json() for one in self._review().findings])

    @extend_schema(responses=rows.OutcomeSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def golden(self, request: Request, draft: str) -> Response:
        """Every golden case in use, or taken out of use by the draft, tried with it."""
        return Response([rows.outcome_row(one) for one in self._review().outcomes])

    @extend_schema(responses=rows.AwaitedRuleSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def rules(self, request: Request, draft: str) -> Response:
        """Rules of literature or policy that it changes, and who stands behind them."""
        return Response(rows.AwaitedRuleSerializer(self._review().awaited, many=True).data)

    @extend_schema(
        request=rows.SubmitSerializer,
        responses=rows.DraftDetailSerializer,
        examples=examples.SUBMIT,
    )
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, draft: str) -> Response:
        """Hand it to the medical lead. Errors block, warnings need an acknowledgement."""
        data = self._read(rows.SubmitSerializer)
        found = self.get_object()
        drafts.submit_for_review(found, by=self.by, acknowledged=data.get("acknowledged", ()))
        return Response(self._detail(self.get_object()))

    @extend_schema(
        request=rows.NoteSerializer,
        responses=rows.DraftDetailSerializer,
        examples=examples.SEND_BACK,
    )
    @action(detail=True, methods=["post"], url_path="send-back")
    def send_back(self, request: Request, draft: str) -> Response:
        """Let it be edited again, with a word on why."""
        data = self._read(rows.NoteSerializer)
        drafts.send_back(self.get_object(), by=self.by, note=data["note"])
        return Response(self._detail(self.get_object()))

    @extend_schema(
        request=rows.OptionalNoteSerializer,
        responses=rows.DraftSerializer,
        examples=examples.WITHDRAW,
    )
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, draft: str) -> Response:
        """Give it up: every row becomes again what it was before."""
        data = self._read(rows.OptionalNoteSerializer)
        drafts.withdraw_draft(self.get_object(), by=self.by, note=data.get("note", ""))
        return Response(rows.DraftSerializer(self.get_object()).data)

    @extend_schema(
        request=rows.AcceptOutcomeSerializer,
        responses=rows.OutcomeSerializer,
        examples=examples.ACCEPT_OUTCOME,
    )
    @action(detail=True, methods=["post"], url_path="accept-outcome")
    def accept_outcome(self, request: Request, draft: str) -> Response:
        """Accept that one golden case has another outcome, exactly as it is now, and why."""
        data = self._read(rows.AcceptOutcomeSerializer)
        found, code = self.get_object(), data["case"]
        case = GoldenCase.objects.filter(code=code).first()
        if case is None:
            raise ValidationError({"case": _("There is no golden case of this code.")})
        accept_outcome(found, case, by=self.by, reason=data["reason"])
        outcomes = self._review().outcomes
        return Response(next(rows.outcome_row(one) for one in outcomes if one.case.code == code))

    @extend_schema(
        request=rows.ApproveRuleSerializer,
        responses=rows.ApprovalSerializer,
        examples=examples.APPROVE_RULE,
    )
    @action(detail=True, methods=["post"], url_path="approve-rule")
    @reauthenticated
    def approve_rule(self, request: Request, draft: str) -> Response:
        """Stand behind one rule of literature or policy, as it reads now."""
        data = self._read(rows.ApproveRuleSerializer)
        approval = approve_rule(
            self.get_object(), data["rule"], by=self.by, note=data.get("note", "")
        )
        return Response(rows.approval_row(approval))

    @extend_schema(
        request=rows.PublishSerializer,
        responses=rows.DraftSerializer,
        examples=examples.PUBLISH,
    )
    @action(detail=True, methods=["post"])
    @reauthenticated
    @idempotent
    def publish(self, request: Request, draft: str) -> Response:
        """Publish what was reviewed. Who edited or submitted it cannot."""
        data = self._read(rows.PublishSerializer)
        drafts.publish_draft(
            self.get_object(),
            by=self.by,
            note=data["note"],
            effective_at=data.get("effective_at"),
            clinic=self.membership.clinic,
        )
        return Response(rows.DraftSerializer(self.get_object()).data)

    def _read(self, serializer: type[serializers.Serializer]) -> dict[str, Any]:
        known = serializer(data=self.body())
        known.is_valid(raise_exception=True)
        return dict(known.validated_data)

    def _review(self) -> Review:
        draft = self.get_object()
        if not draft.is_open:
            raise _closed()
        return review_of(draft)

    def _detail(self, draft: Any) -> Any:
        draft.missing_for_submitting = draft.missing_for_publishing = []
        if draft.is_open:
            review = review_of(draft)
            draft.missing_for_submitting = missing_for_submitting(review)
            draft.missing_for_publishing = missing_for_publishing(review, by=self.by)
        return rows.DraftDetailSerializer(draft).data


def _closed() -> ValidationError:
    return ValidationError(_("This draft is closed."), code="state")
