"""A proposal in words: why, why not, what would change it, and what was not looked at.

Pure functions over a release, a request and its response. Every text comes from the release that
the proposal was made with, so that an old proposal reads as it did on its day.
"""

from treatments.explanations.proposals import Explanation, explain
from treatments.explanations.wording import Wording, wording_of

__all__ = ["Explanation", "Wording", "explain", "wording_of"]
