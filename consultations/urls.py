"""Pages of the flow. Addresses hold random ids only, never a name or a number of a patient."""

from django.urls import path

from consultations.views import consultations, patients, today

app_name = "consultations"
urlpatterns = [
    path("", today.today, name="today"),
    path("patients/", patients.patients, name="patients"),
    path("patients/new/", patients.new_patient, name="new-patient"),
    path("patients/<uuid:pk>/", patients.patient, name="patient"),
    path("patients/<uuid:pk>/edit/", patients.edit_patient, name="edit-patient"),
    path("patients/<uuid:pk>/consult/", consultations.start, name="start"),
    path("consultations/<uuid:pk>/", consultations.consultation, name="consultation"),
    path("consultations/<uuid:pk>/steps/<slug:key>/", consultations.step, name="step"),
    path("consultations/<uuid:pk>/review/", consultations.review, name="review"),
]
