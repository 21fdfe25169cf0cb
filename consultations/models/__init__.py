from consultations.models.amendments import Amendment
from consultations.models.blast import BlastResult, BlastRun, SeenResult
from consultations.models.consents import Consent, ConsentWithdrawal
from consultations.models.consultations import Consultation
from consultations.models.editing import DraftInput, FieldChange, Presence
from consultations.models.events import AdverseEvent
from consultations.models.facts import (
    AllergyEntry,
    ClosedDayEntry,
    ConcernEntry,
    ConditionAnswer,
    FindingEntry,
    LabEntry,
    MedicationEntry,
    ProcedureEntry,
    ProductEntry,
    ProductPart,
)
from consultations.models.notes import MapNote
from consultations.models.patients import Patient
from consultations.models.plans import ItemNotGiven, Plan, PlanSession, SessionItem
from consultations.models.preparations import Preparation
from consultations.models.prescribers import PrescriberQuestion
from consultations.models.proposals import Decision, Proposal, RuleOverride

__all__ = [
    "AdverseEvent",
    "AllergyEntry",
    "Amendment",
    "BlastResult",
    "BlastRun",
    "ClosedDayEntry",
    "ConcernEntry",
    "ConditionAnswer",
    "Consent",
    "ConsentWithdrawal",
    "Consultation",
    "Decision",
    "DraftInput",
    "FieldChange",
    "FindingEntry",
    "ItemNotGiven",
    "LabEntry",
    "MapNote",
    "MedicationEntry",
    "Patient",
    "Plan",
    "PlanSession",
    "Preparation",
    "PrescriberQuestion",
    "Presence",
    "ProcedureEntry",
    "ProductEntry",
    "ProductPart",
    "Proposal",
    "RuleOverride",
    "SeenResult",
    "SessionItem",
]
