"""The kinds of rows that a release holds, as the browser names and groups them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """`slug` stands in addresses for good; `section` is the list in the release document."""

    slug: str
    section: str
    one: Words
    several: Words
    group: str

    @property
    def by_code(self) -> bool:
        """Whether people say the code of such a row, as in “rule S-07”."""
        return self.section in {"rules", "statements", "conflicts"}


GROUPS: Final[Mapping[str, Words]] = {
    "care": _("Concerns and treatments"),
    "rules": _("Rules"),
    "facts": _("What is asked of a patient"),
    "courses": _("Courses"),
    "materials": _("What goes in, and how"),
    "patients": _("What patients are told"),
    "evidence": _("Where it comes from"),
}
_ROWS: Final[tuple[tuple[str, str, str, Words, Words], ...]] = (
    ("care", "concerns", "concerns", _("Concern"), _("Concerns")),
    ("care", "treatments", "treatments", _("Treatment"), _("Treatments")),
    ("care", "suitabilities", "suitabilities", _("Suitability"), _("Suitabilities")),
    ("care", "areas", "areas", _("Area"), _("Areas")),
    ("care", "referrals", "referrals", _("Referral"), _("Referrals")),
    ("rules", "rules", "rules", _("Rule"), _("Rules")),
    (
        "rules",
        "contradictions",
        "input_conflicts",
        _("Facts that contradict each other"),
        _("Facts that contradict each other"),
    ),
    ("rules", "notices", "notices", _("Safety notice"), _("Safety notices")),
    ("rules", "warnings", "warnings", _("Warning on options"), _("Warnings on options")),
    ("facts", "conditions", "conditions", _("Condition"), _("Conditions")),
    ("facts", "medications", "medications", _("Medication"), _("Medications")),
    (
        "facts",
        "medication-classes",
        "medication_classes",
        _("Medication class"),
        _("Medication classes"),
    ),
    ("facts", "allergens", "allergens", _("Allergen"), _("Allergens")),
    ("facts", "lab-tests", "lab_tests", _("Lab test"), _("Lab tests")),
    ("facts", "findings", "findings", _("Area finding"), _("Area findings")),
    ("facts", "procedures", "procedures", _("Procedure"), _("Procedures")),
    ("courses", "protocols", "protocols", _("Protocol"), _("Protocols")),
    ("courses", "combinations", "combinations", _("Combination"), _("Combinations")),
    ("courses", "variants", "variants", _("Variant"), _("Variants")),
    ("courses", "adjuncts", "adjuncts", _("Adjunct"), _("Adjuncts")),
    ("courses", "performers", "performers", _("Performer level"), _("Performer levels")),
    ("materials", "formulas", "formulas", _("Formula"), _("Formulas")),
    ("materials", "ingredients", "ingredients", _("Ingredient"), _("Ingredients")),
    (
        "materials",
        "ingredient-classes",
        "ingredient_classes",
        _("Ingredient class"),
        _("Ingredient classes"),
    ),
    (
        "materials",
        "never-proposed",
        "never_proposed",
        _("Ingredient that is never proposed"),
        _("Ingredients that are never proposed"),
    ),
    ("materials", "activators", "activators", _("Activator"), _("Activators")),
    ("materials", "techniques", "techniques", _("Technique"), _("Techniques")),
    ("materials", "devices", "devices", _("Device"), _("Devices")),
    ("patients", "side-effects", "side_effects", _("Side effect"), _("Side effects")),
    ("patients", "care", "care_instructions", _("Care instruction"), _("Care instructions")),
    ("patients", "consents", "consent_texts", _("Consent text"), _("Consent texts")),
    (
        "courses",
        "reasons",
        "decision_reasons",
        _("Reason of a decision"),
        _("Reasons of decisions"),
    ),
    (
        "patients",
        "aspects",
        "comparison",
        _("Row of the comparison"),
        _("Rows of the comparison"),
    ),
    ("evidence", "statements", "statements", _("Statement"), _("Statements")),
    ("evidence", "sources", "sources", _("Source"), _("Sources")),
    (
        "evidence",
        "conflicts",
        "conflicts",
        _("Conflict between sources"),
        _("Conflicts between sources"),
    ),
)
KINDS: Final[Mapping[str, Kind]] = {
    slug: Kind(slug=slug, section=section, one=one, several=several, group=group)
    for group, slug, section, one, several in _ROWS
}
KIND_OF: Final[Mapping[str, Kind]] = {kind.section: kind for kind in KINDS.values()}
