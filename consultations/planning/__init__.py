"""Planning without a database: are changed dates still sound?"""

from consultations.planning.course import Breach, Course, Limits, breaches

__all__ = ["Breach", "Course", "Limits", "breaches"]
