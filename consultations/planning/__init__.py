"""Planning without a database: are changed dates still sound, and where else could they lie?"""

from consultations.planning.course import RANGES, Breach, Course, Limits, Range, breaches
from consultations.planning.laying import laid

__all__ = ["RANGES", "Breach", "Course", "Limits", "Range", "breaches", "laid"]
