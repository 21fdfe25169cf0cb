from django.urls import path
from rest_framework.routers import SimpleRouter

from consultations.api.amendments import AmendmentViewSet
from consultations.api.blast import BlastResultViewSet, BlastRunViewSet
from consultations.api.consents import ConsentViewSet
from consultations.api.consultations import ConsultationViewSet
from consultations.api.events import AdverseEventViewSet
from consultations.api.notes import MapNoteViewSet
from consultations.api.overrides import OverrideViewSet
from consultations.api.patients import PatientViewSet
from consultations.api.plans import PlanViewSet, SessionViewSet
from consultations.api.prescribers import QuestionViewSet
from consultations.api.proposals import ProposalViewSet
from consultations.api.worklist import WorklistViewSet

router = SimpleRouter()
router.register("patients", PatientViewSet, basename="patient")
router.register("consultations", ConsultationViewSet, basename="consultation")
router.register("proposals", ProposalViewSet, basename="proposal")
router.register("map-notes", MapNoteViewSet, basename="map-note")
router.register("overrides", OverrideViewSet, basename="override")
router.register("questions", QuestionViewSet, basename="question")
router.register("plans", PlanViewSet, basename="plan")
router.register("amendments", AmendmentViewSet, basename="amendment")
router.register("consents", ConsentViewSet, basename="consent")
router.register("sessions", SessionViewSet, basename="session")
router.register("adverse-events", AdverseEventViewSet, basename="adverse-event")
router.register("blast-radius", BlastRunViewSet, basename="blast-run")
router.register("worklist", WorklistViewSet, basename="work")

urlpatterns = [
    path(
        "blast-radius/<str:run>/results/",
        BlastResultViewSet.as_view({"get": "list"}),
        name="blast-results",
    ),
    *router.urls,
]
