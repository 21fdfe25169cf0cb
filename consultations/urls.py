"""Pages of the flow. Addresses hold random ids only, never a name or a number of a patient."""

from django.urls import path

from consultations.views import today

app_name = "consultations"
urlpatterns = [
    path("", today.today, name="today"),
    path("patients/", today.today, name="patients"),
]
