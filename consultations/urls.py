"""Pages of the flow. Addresses hold random ids only, never a name or a number of a patient."""

from django.urls import path

from consultations.views import (
    amendments,
    blast,
    cases,
    comparison,
    consultations,
    decisions,
    patients,
    plans,
    proposals,
    signing,
    today,
    worklist,
)

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
    path("consultations/<uuid:pk>/amend/", amendments.amend, name="amend"),
    path("consultations/<uuid:pk>/comparison/", comparison.comparison, name="comparison"),
    path("consultations/<uuid:pk>/propose/", proposals.propose, name="propose"),
    path("consultations/<uuid:pk>/proposal/", proposals.newest, name="proposal"),
    path("consultations/<uuid:pk>/proposals/", proposals.history, name="proposals"),
    path(
        "consultations/<uuid:pk>/proposals/<int:number>/",
        proposals.proposal,
        name="proposal-number",
    ),
    path(
        "consultations/<uuid:pk>/proposals/<int:number>/changed/",
        worklist.proposal_changed,
        name="proposal-changed",
    ),
    path(
        "consultations/<uuid:pk>/proposals/<int:number>/keep-as-case/",
        cases.keep,
        name="keep-as-case",
    ),
    path(
        "consultations/<uuid:pk>/proposals/<int:number>/<slug:area>/decide/",
        decisions.decide,
        name="decide",
    ),
    path(
        "consultations/<uuid:pk>/proposals/<int:number>/<slug:area>/options/<int:option>/change/",
        decisions.change,
        name="change-option",
    ),
    path(
        "consultations/<uuid:pk>/proposals/<int:number>/<slug:area>/<slug:treatment>/<slug:rule>/",
        decisions.override,
        name="override",
    ),
    path("overrides/<uuid:pk>/withdraw/", decisions.withdraw, name="withdraw-override"),
    path("consultations/<uuid:pk>/sign/", signing.sign, name="sign"),
    path("plans/", plans.plans, name="plans"),
    path("plans/<uuid:pk>/", plans.plan, name="plan"),
    path("plans/<uuid:pk>/print/", plans.print_plan, name="print-plan"),
    path("plans/<uuid:pk>/pdf/", plans.plan_pdf, name="plan-pdf"),
    path("plans/<uuid:pk>/changed/", worklist.plan_changed, name="plan-changed"),
    path("sessions/<uuid:pk>/mark/", plans.mark, name="mark-session"),
    path("worklist/", worklist.worklist, name="worklist"),
    path("worklist/<uuid:pk>/seen/", worklist.seen, name="seen"),
    path("drafts/<int:pk>/blast-radius/", blast.blast_radius, name="blast-radius"),
    path("drafts/<int:pk>/blast-radius/start/", blast.start, name="start-blast"),
    path("blast-radius/<int:pk>/continue/", blast.go_on, name="continue-blast"),
    path("blast-radius/<int:pk>/stop/", blast.cancel, name="cancel-blast"),
    path("blast-radius/<int:pk>/resume/", blast.resume, name="resume-blast"),
    path("overrides/", worklist.overrides, name="overrides"),
]
