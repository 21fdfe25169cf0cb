"""What differs between two release documents, told in a curator's words. Plain data in and out."""

from treatments.diffing.comparing import compare
from treatments.diffing.comparison import Change, Comparison, FieldChange, Group, Kind
from treatments.diffing.names import Names
from treatments.diffing.triggers import trigger_phrase

__all__ = [
    "Change",
    "Comparison",
    "FieldChange",
    "Group",
    "Kind",
    "Names",
    "compare",
    "trigger_phrase",
]
