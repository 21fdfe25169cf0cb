"""The API document and its browser, for members of a clinic."""

from typing import Any

from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import HttpRequest
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import NotFound
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import TemplateHTMLRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clinic.api import METHODS, AnyMember
from clinic.tokens import TokenAuthentication

AUTHENTICATION = [TokenAuthentication, SessionAuthentication]


class SchemaView(SpectacularAPIView):
    """OpenAPI 3, generated from the code. By session or token."""

    http_method_names = METHODS
    authentication_classes = AUTHENTICATION
    permission_classes = [AnyMember]
    content_negotiation_class = DefaultContentNegotiation  # YAML or JSON


@method_decorator(
    # Swagger UI sets style attributes; scripts stay files of our own.
    csp_update({"style-src": [UNSAFE_INLINE]}),
    name="dispatch",
)
class DocsView(SpectacularSwaggerSplitView):
    """The API's browser, served by the program itself."""

    http_method_names = METHODS
    authentication_classes = [SessionAuthentication]
    permission_classes = [AnyMember]
    renderer_classes = [TemplateHTMLRenderer]
    template_name = "api_docs.html"


class NotFoundView(APIView):
    """Addresses below /api/ that nobody answers: a 404 in the API's own shape."""

    http_method_names = METHODS
    authentication_classes = AUTHENTICATION
    permission_classes = [AnyMember]
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFound

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        raise NotFound
