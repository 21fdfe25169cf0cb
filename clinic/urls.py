from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.urls import include, path, re_path

from clinic import api_pages, views

handler400 = "clinic.failures.bad_request"
handler500 = "clinic.failures.server_error"

urlpatterns = [
    path("login/", views.Login.as_view(), name="login"),
    path("logout/", views.Logout.as_view(), name="logout"),
    path("account/", views.account, name="account"),
    path("account/password/", views.PasswordChange.as_view(), name="password_change"),
    path("account/clinic/", views.switch_clinic, name="switch-clinic"),
    path("account/language/", views.choose_language, name="set_language"),
    path("admin/", admin.site.urls),
    path("api/schema/", api_pages.SchemaView.as_view(), name="schema"),
    path("api/docs/", login_required(api_pages.DocsView.as_view()), name="api-docs"),
    path("api/v1/", include("treatments.api.urls")),
    path("api/v1/", include("consultations.api.urls")),
    re_path(r"^api/", api_pages.NotFoundView.as_view()),
    path("catalogue/", include("treatments.urls")),
    path("", include("consultations.urls")),
]
