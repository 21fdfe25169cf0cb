"""The decision engine: a release and a consultation's facts in, a proposal out. Plain Python."""

from treatments.engine.canonical import canonical_json, digest_of
from treatments.engine.catalogue import Catalogue
from treatments.engine.evaluation import evaluate
from treatments.engine.facts import Facts
from treatments.engine.faults import Fault, InvalidRequest
from treatments.engine.leaving_out import left_of, warnings_of
from treatments.engine.request import parse_facts

__all__ = [
    "Catalogue",
    "Facts",
    "Fault",
    "InvalidRequest",
    "canonical_json",
    "digest_of",
    "evaluate",
    "left_of",
    "parse_facts",
    "warnings_of",
]
