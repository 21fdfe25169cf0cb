from django.urls import path
from rest_framework.routers import SimpleRouter

from treatments.api.catalogue import CatalogueViewSet
from treatments.api.changes import ChangeViewSet
from treatments.api.drafts import DraftViewSet
from treatments.api.evaluate import EvaluateView
from treatments.api.exchange import ExportFileView, ExportView, ImportView
from treatments.api.golden import GoldenCaseViewSet
from treatments.api.releases import ReleaseViewSet
from treatments.api.row_edits import RowViewSet
from treatments.api.trying import TryView

router = SimpleRouter()
router.register("drafts", DraftViewSet, basename="draft")
router.register("changes", ChangeViewSet, basename="change")
router.register("golden-cases", GoldenCaseViewSet, basename="golden-case")
router.register("releases", ReleaseViewSet, basename="release")

urlpatterns = [
    path("evaluate/", EvaluateView.as_view(), name="evaluate"),
    path("try/", TryView.as_view(), name="try"),
    path(
        "rows/<str:kind>/",
        RowViewSet.as_view({"get": "list", "post": "create"}),
        name="row-list",
    ),
    path(
        "rows/<str:kind>/<str:code>/",
        RowViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="row-detail",
    ),
    path("catalogue/", CatalogueViewSet.as_view({"get": "kinds"}), name="catalogue"),
    path("catalogue/export/", ExportView.as_view(), name="catalogue-export"),
    path("catalogue/export/<str:file>/", ExportFileView.as_view(), name="catalogue-export-file"),
    path("catalogue/import/", ImportView.as_view(), name="catalogue-import"),
    path("catalogue/<str:kind>/", CatalogueViewSet.as_view({"get": "rows"}), name="catalogue-rows"),
    path(
        "catalogue/<str:kind>/<str:code>/",
        CatalogueViewSet.as_view({"get": "row"}),
        name="catalogue-row",
    ),
    *router.urls,
]
