"""The catalogue to read. `/catalogue/2026.1/rules/S-07/` says the same for good."""

from django.urls import path, register_converter

from treatments.views import catalogue, comparison


class ReleaseConverter:
    """A release's key: a year and a number."""

    regex = r"[0-9]{4}\.[0-9]{1,4}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(ReleaseConverter, "release")

app_name = "treatments"
urlpatterns = [
    path("", catalogue.start, name="catalogue"),
    path("releases/", catalogue.releases, name="releases"),
    path("comparison/", comparison.comparison, name="comparison"),
    path("<release:release>/", catalogue.start, name="release"),
    path("<release:release>/comparison/", comparison.comparison, name="release-comparison"),
    path("<release:release>/<slug:kind>/", catalogue.rows, name="rows"),
    path("<release:release>/<slug:kind>/<path:code>/", catalogue.row, name="row"),
    path("<slug:kind>/", catalogue.newest, name="current-rows"),
    path("<slug:kind>/<path:code>/", catalogue.newest, name="current-row"),
]
