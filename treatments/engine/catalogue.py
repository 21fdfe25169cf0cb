"""A release of the catalogue, compiled once and then only read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self, cast

from treatments.engine.allergies import AllergyRules, compile_allergy_rules
from treatments.engine.canonical import digest_of
from treatments.engine.document import Document
from treatments.engine.plans import Plans, compile_plans
from treatments.engine.rules import Rulebook, compile_rulebook
from treatments.engine.vocabulary import Vocabulary, compile_vocabulary


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """Made of a document that nobody changes afterwards; `digest` names its content."""

    key: str
    digest: str
    document: Mapping[str, Any]
    vocabulary: Vocabulary
    plans: Plans
    rulebook: Rulebook
    allergy_rules: AllergyRules

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        release = cast("Document", document)
        catalogue = cls(
            key=release["key"],
            digest=digest_of(document),
            document=document,
            vocabulary=compile_vocabulary(release),
            plans=compile_plans(release),
            rulebook=compile_rulebook(release),
            allergy_rules=compile_allergy_rules(release),
        )
        catalogue.check_references()
        return catalogue

    def check_references(self) -> None:
        """What an evaluation would look up in vain is found when the release is made ready."""
        self._check_protocols()
        rules, formulas = self.rulebook.rules, self.vocabulary.formulas
        for variant in self.plans.variants:
            if variant.blocked_by is not None and variant.blocked_by not in rules:
                raise ValueError(f"{variant.code} is blocked by an unknown rule")
        for suitability in self.vocabulary.suitabilities.values():
            if suitability.formula is not None and suitability.formula not in formulas:
                raise ValueError(f"there is no formula {suitability.formula}")
        if not self.vocabulary.performers:
            raise ValueError("there is no performer")

    def _check_protocols(self) -> None:
        protocols = self.plans.protocols
        for treatment in self.vocabulary.treatments:
            if not any(not one.concerns for one in protocols.get(treatment.code, ())):
                raise ValueError(f"{treatment.code} has no protocol of its own")
        for protocol in (one for made in protocols.values() for one in made):
            if protocol.planned < 1 or protocol.interval_days < 1:
                raise ValueError("a protocol needs a session, and a day between two of them")
