"""What documents on paper share: whose they are, which version, and texts that know their language.

``version`` ends with a digest over everything that is printed, so two prints of one version are the
same to the byte.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from clinic.dates import long_day
from clinic.digits import DIGITS, local_digits_within
from clinic.models import Clinic
from clinic.text import isolated
from consultations.models import Patient
from treatments.engine import digest_of
from treatments.texts import Untranslated, runs_of

Printed = dict[str, Any]
# Codes and texts in another language keep their digits.
_AS_THEY_ARE: Final = frozenset(
    {"svg", "language", "direction", "name", "foot", "foreign", "lang", "digits"}
)
DIGEST: Final = slice(7, 23)  # what follows “sha256:”, as much of it as a person compares


def language_of(asked: str | None) -> str:
    """The language of a sheet: the one asked for, else that of the page."""
    if not asked:
        return _language()
    if asked not in dict(settings.LANGUAGES):
        raise ValidationError({"language": _("Choose one of the program's languages.")})
    return asked


def frame(*, title: str, patient: Patient, clinic: Clinic, labels: Mapping[str, str]) -> Printed:
    """The page around the content, and the language that it is in."""
    language = _language()
    details = [patient.number]
    if patient.birth_date:
        details.append(_("born %(day)s") % {"day": long_day(patient.birth_date)})
    return {
        "language": language,
        "direction": "rtl" if get_language_bidi() else "ltr",
        "digits": DIGITS.get(language, DIGITS["en"]),
        "title": title,
        "patient": {"name": str(patient), "shown": isolated(patient), "details": details},
        "clinic": clinic.name,
        "labels": {**labels, "version": _("Version"), "page": _("Page {page} of {pages}")},
    }


def in_time_of(clinic: Clinic) -> Any:
    """Days and times are told as they are at the clinic."""
    return timezone.override(ZoneInfo(clinic.timezone))


def versioned(parts: Printed, *, of: str = "") -> Printed:
    """The data as the template takes them; `of` is the digest of what was signed."""
    data: Printed = local_digits_within(_runs(parts), but=_AS_THEY_ARE)
    content = digest_of(data)[DIGEST][:8]
    return data | {"version": f"{of[DIGEST]}-{content}" if of else content}


def lines_of(text: str) -> list[str]:
    """What people wrote, line by line: each runs in its own direction."""
    return [isolated(line.strip()) for line in text.splitlines() if line.strip()]


def _runs(value: Any) -> Any:
    """Marked texts as the runs they are made of."""
    if isinstance(value, str):
        runs = [_run(one) for one in runs_of(value)]
        return runs[0] if len(runs) == 1 else runs
    if isinstance(value, Mapping):
        return {key: _runs(one) for key, one in value.items()}
    if isinstance(value, Iterable):
        return [_runs(one) for one in value]
    return value


def _run(text: str) -> Any:
    if isinstance(text, Untranslated):
        return {"foreign": str(text), "lang": text.language}
    return str(text)


def _language() -> str:
    return (get_language() or settings.LANGUAGE_CODE).partition("-")[0]
