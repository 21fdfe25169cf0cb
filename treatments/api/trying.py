"""Trying the catalogue as it stands: what it answers, beside the release in force."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.api import ClinicAPIView
from clinic.problems import Problem, Refusal
from clinic.roles import Action
from clinic.serializers import StrictCharField, StrictSerializer
from treatments.api import examples
from treatments.api.errors import CatalogueErrorsMixin
from treatments.api.golden import FactsField
from treatments.compiler import catalogue_of, current_release
from treatments.engine import Catalogue, InvalidRequest, parse_facts
from treatments.explanations import wording_of
from treatments.explanations.outcomes import compared
from treatments.models import GoldenCase
from treatments.services.cases import working_catalogue
from treatments.services.drafting import open_draft
from treatments.services.golden import outcome_of


class TrySerializer(StrictSerializer):
    """Either a golden case or facts. Never send anything about a person."""

    case = StrictCharField(max_length=60, required=False, help_text="The code of a golden case.")
    facts = FactsField(required=False)


class ComparedSerializer(serializers.Serializer):
    section = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    current = serializers.CharField(source="before", allow_blank=True)
    draft = serializers.CharField(source="after", allow_blank=True)


class TriedSerializer(serializers.Serializer):
    """Both answers to the same facts. `differences` are told line by line, in words."""

    release = serializers.CharField(help_text="The release in force.")
    draft = serializers.CharField(allow_null=True, help_text="The open draft, if there is one.")
    changed = serializers.BooleanField()
    differences = ComparedSerializer(many=True)
    current_outcome = serializers.JSONField()
    draft_outcome = serializers.JSONField()


class TryView(CatalogueErrorsMixin, ClinicAPIView):
    """A try costs nothing: no row, no draft and no event is stored."""

    required_actions = {"post": Action.VIEW_CATALOGUE}
    conflicts = frozenset({"post"})
    stores_nothing = True  # so a read-only token may ask too

    @extend_schema(
        operation_id="try",
        request=TrySerializer,
        responses=TriedSerializer,
        examples=examples.TRY,
    )
    def post(self, request: Request) -> Response:
        """What the rows with the draft's edits would propose, beside the release in force."""
        sent = TrySerializer(data=self.body())
        sent.is_valid(raise_exception=True)
        release, working = current_release(), working_catalogue()
        current = catalogue_of(release)
        facts = _facts(sent.validated_data, working)
        old, new = outcome_of(current, facts), outcome_of(working, facts)
        lines = compared([wording_of(working), wording_of(current)], facts, old, new)
        draft = open_draft()
        answer = {
            "release": release.key,
            "draft": draft.key if draft else None,
            "changed": old != new,
            "differences": [line for line in lines if line.changed],
            "current_outcome": old,
            "draft_outcome": new,
        }
        return Response(TriedSerializer(answer).data)


def _facts(sent: dict[str, Any], working: Catalogue) -> Any:
    """Faults of facts stand under their path in the body."""
    if ("case" in sent) == ("facts" in sent):
        raise ValidationError(_("Give either a golden case or facts."), code="either")
    if "case" in sent:
        case = GoldenCase.objects.filter(code=sent["case"]).first()
        if case is None:
            raise ValidationError({"case": _("There is no golden case of this code.")})
        return case.request
    try:
        parse_facts(working, sent["facts"])
    except InvalidRequest as error:
        raise Refusal(
            Problem(f"facts.{one.path}".rstrip("."), one.code, one.message) for one in error.faults
        ) from None
    return sent["facts"]
