"""Closed lists that code branches on. What a curator may extend is a row, not a choice here."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SourceKind(models.TextChoices):
    ARTICLE = "article", _("Article for the public")
    GUIDELINE = "guideline", _("Guideline or expert group")
    TRIAL = "trial", _("Trial or study")
    REVIEW = "review", _("Review or meta-analysis")
    LABEL = "label", _("Label or instructions for use")
    AUTHORITY = "authority", _("Authority or law")
    VENDOR = "vendor", _("Clinic or vendor page")
    POLICY = "policy", _("Clinic policy")


class Grade(models.TextChoices):
    """How far a source carries, strongest first."""

    A = "A", _("A: reviews and meta-analyses")
    B = "B", _("B: trials, guidelines, labels, authorities")
    C = "C", _("C: case series and small studies")
    D = "D", _("D: opinion, vendor pages, articles for the public")
    P = "P", _("P: clinic policy, awaiting the medical lead")


class Claim(models.TextChoices):
    """What kind of thing a statement says."""

    DEFINITION = "definition", _("Definition")
    INDICATION = "indication", _("Indication")
    INGREDIENT = "ingredient", _("Role of an ingredient")
    TECHNIQUE = "technique", _("Technique, device or area")
    PROTOCOL = "protocol", _("Protocol")
    INSTRUCTION = "instruction", _("Instruction before or after")
    RISK = "risk", _("Risk, side effect or contraindication")
    NO_RISK = "no-risk", _("Absence of risk (shown, never clears a rule)")
    MECHANISM = "mechanism", _("Mechanism or preparation")
    COMBINATION = "combination", _("Combination or order")
    OUTCOME = "outcome", _("Duration, onset, cost or satisfaction")
    EVIDENCE = "evidence", _("Evidence")
    POLICY = "policy", _("Clinic policy")


class Principle(models.TextChoices):
    """By which principle a conflict between statements was resolved."""

    SPECIFIC = "more-specific", _("The more specific statement wins")
    CAUTIOUS = "more-cautious", _("The more cautious statement wins")
    GRADE = "higher-grade", _("The better evidence wins")
    CURATOR = "curator", _("The curator decided")


class ReasonFor(models.TextChoices):
    """What a clinician gives a coded reason for."""

    OVERRIDE = "override", _("Overriding a rule")
    DEPARTURE = "departure", _("Leaving the range of a protocol")


class RuleKind(models.TextChoices):
    CONTRAINDICATION = "contraindication", _("Contraindication or caution")
    INGREDIENT_ALLERGY = "ingredient-allergy", _("Allergy to an ingredient")
    CROSS_REACTIVITY = "cross-reactivity", _("Cross-reactivity")
    ACTIVATOR_ALLERGY = "activator-allergy", _("Allergy to an activator")
    ALLERGEN_WARNING = "allergen-warning", _("Allergy that adds a warning")
    INPUT_CONFLICT = "input-conflict", _("Facts that contradict each other")
    BASIS = "basis", _("Basis of a protocol, combination or notice")


class RuleOrigin(models.TextChoices):
    SEED = "seed", _("Source articles")
    LITERATURE = "literature", _("Literature")
    POLICY = "policy", _("Clinic policy")


class Scope(models.TextChoices):
    ALL = "all", _("The whole patient")
    TREATMENT = "treatment", _("A treatment")
    AREA = "area", _("A treatment in one area")


class EffectKind(models.TextChoices):
    EXCLUDE = "exclude", _("Exclude")
    EXCLUDE_OVERRIDABLE = "exclude-overridable", _("Exclude, may be overridden")
    ASK_PRESCRIBER = "ask-prescriber", _("Ask the prescriber")
    DELAY = "delay", _("Delay")
    CAUTION = "caution", _("Caution")
    REFER = "refer", _("Refer")


class OngoingEnd(models.TextChoices):
    DATED = "dated", _("Counts from the consultation")
    UNKNOWN = "unknown", _("Has no known end")


class WhenUnknown(models.TextChoices):
    NOTE = "note", _("List it as not evaluated")
    ASK = "ask", _("Ask before proposing")


class ClauseKind(models.TextChoices):
    CONDITION = "condition", _("Condition is yes")
    SEX = "sex", _("Sex is")
    AGE = "age", _("Age is")
    MEDICATION = "medication", _("Medication taken")
    LAB = "lab", _("Lab value is")
    LAB_MISSING = "lab-missing", _("No recent lab value")
    FINDING = "finding", _("Finding in the area")
    PROCEDURE = "procedure", _("Past procedure in the area")
    ALLERGY = "allergy", _("Allergy to")


class Prescribed(models.TextChoices):
    ANY = "any", _("Prescribed or not")
    YES = "yes", _("Prescribed")
    NO = "no", _("Not prescribed")


class RelativeTo(models.TextChoices):
    CONSULTATION = "consultation", _("Consultation")
    START = "start", _("Start of treatment")


class Rating(models.TextChoices):
    SUITABLE = "suitable", _("Suitable")
    FIRST_CHOICE = "first-choice", _("First choice")


class Preparation(models.TextChoices):
    FORMULA = "formula", _("Compounded from ingredients")
    ACTIVATOR = "activator", _("From the patient's blood, with or without an activator")


class CombinationMode(models.TextChoices):
    ALTERNATING = "alternating", _("Separate sessions, alternating")
    SAME_SESSION = "same-session", _("Same session")


class Vehicle(models.TextChoices):
    AQUEOUS = "aqueous", _("Watery")
    OIL = "oil", _("Oil")
    ALCOHOL = "alcohol", _("Alcohol")
    UNSTATED = "unstated", _("Not stated")


class CarePhase(models.TextChoices):
    BEFORE = "before", _("Before the session")
    AFTER = "after", _("After the session")


class Sex(models.TextChoices):
    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    OTHER = "other", _("Other")


class ChangeKind(models.TextChoices):
    ADDED = "added", _("Added")
    CHANGED = "changed", _("Changed")
    DELETED = "deleted", _("Deleted")


class DraftStatus(models.TextChoices):
    DRAFT = "draft", _("Being edited")
    IN_REVIEW = "in-review", _("In review")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class LocalTerm(models.TextChoices):
    """What the program records without a row of its own."""

    FITZPATRICK = "fitzpatrick", _("Fitzpatrick skin type")
    COSMETIC = "cosmetic-reason", _("Consultation for cosmetic reasons")
