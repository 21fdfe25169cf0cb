from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from clinic.api import JSON, ClinicAPIView
from clinic.roles import Action
from treatments.api import document, examples
from treatments.api.errors import CatalogueErrorsMixin
from treatments.api.releases import chosen_release
from treatments.compiler import catalogue_of
from treatments.engine import canonical_json, evaluate, parse_facts

RELEASE = OpenApiParameter("release", str, description="Another release than the one in force.")


class EvaluateView(CatalogueErrorsMixin, ClinicAPIView):
    """From facts to ranked options. Nothing is stored."""

    required_actions = {"post": Action.EVALUATE}
    query_parameters = frozenset({"release"})
    stores_nothing = True  # so a read-only token may ask too
    conflicts = frozenset({"post"})
    looks_up = frozenset({"post"})  # the release that a parameter names

    @extend_schema(
        operation_id="evaluate",
        request=document.Facts,
        responses=document.Evaluation,
        parameters=[RELEASE],
        examples=examples.EVALUATE,
    )
    def post(self, request: Request) -> HttpResponse:
        """Evaluate facts that are sent, without a patient on record.

        Equal facts and an equal release give the same bytes.
        """
        catalogue = catalogue_of(chosen_release(request))
        facts = parse_facts(catalogue, request.data)
        return HttpResponse(canonical_json(evaluate(catalogue, facts)), content_type=JSON)
