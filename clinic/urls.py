from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import include, path

from clinic import views

urlpatterns = [
    path("login/", views.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("account/", views.account, name="account"),
    path("account/password/", views.PasswordChange.as_view(), name="password_change"),
    path("account/clinic/", views.switch_clinic, name="switch-clinic"),
    path("account/language/", views.choose_language, name="set_language"),
    path("admin/", admin.site.urls),
    path("", include("consultations.urls")),
]
