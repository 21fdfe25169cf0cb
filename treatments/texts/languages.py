"""Which languages there are: that in which the catalogue is written, and the others."""

from django.conf import settings
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _


def source_language() -> str:
    """The language in which curators write the rows themselves."""
    return settings.LANGUAGE_CODE


def other_languages() -> tuple[str, ...]:
    """What the rows can be translated into: every other language that the program speaks."""
    return tuple(code for code, _name in settings.LANGUAGES if code != source_language())


def wanted_language() -> str:
    """The language of whoever reads this page."""
    spoken = (get_language() or source_language()).split("-")[0]
    return spoken if spoken in other_languages() else source_language()


def name_of_language(code: str) -> str:
    """“Greek”, in the reader's own language."""
    return _(get_language_info(code)["name"])
