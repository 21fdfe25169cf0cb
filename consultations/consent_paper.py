"""A signed consent on paper, in its own language: the same bytes whenever it is printed."""

import json
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from clinic import pdf
from clinic.dates import day_and_time
from clinic.digits import DIGITS, local_digits
from clinic.text import isolated
from consultations.drawing import svg_of
from consultations.models import Consent
from treatments.engine import digest_of

_DIGEST = slice(7, 23)  # what follows “sha256:”, as much of it as a person compares


def consent_pdf(consent: Consent) -> HttpResponse:
    data = printed(consent)
    return pdf.response(pdf.render("consent.typ", data), f"consent-{data['version']}")


def printed(consent: Consent) -> dict[str, Any]:
    """What the template sets; ``version`` begins with the consent's own digest."""
    document = json.loads(consent.document)
    zone = timezone.override(ZoneInfo(consent.clinic.timezone))
    with translation.override(document["language"]), zone:
        data = {
            **{key: document[key] for key in ("language", "direction", "title", "sections")},
            "patient": document["patient"] | {"shown": isolated(document["patient"]["name"])},
            "clinic": document["clinic"],
            "labels": {
                "signature": _("Signature"),
                "drawing": _("Drawn signature"),
                "withdrawn": _("Withdrawn"),
                "version": _("Version"),
                "page": _("Page {page} of {pages}"),
            },
            "signed": [local_digits(line) for line in _signed(consent, document)],
            "drawing": _drawing(document),
            "withdrawn": [local_digits(line) for line in _withdrawn(consent)],
            "digits": DIGITS.get(document["language"], DIGITS["en"]),
            "foot": [
                _("Text version %(number)d, release %(release)s. Signed record %(digest)s.")
                % {
                    "number": consent.version,
                    "release": document["release"],
                    "digest": consent.digest,
                }
            ],
        }
    return data | {"version": f"{consent.digest[_DIGEST]}-{digest_of(data)[_DIGEST][:8]}"}


def _signed(consent: Consent, document: dict[str, Any]) -> list[str]:
    name, time = isolated(document["signature"]["name"]), day_and_time(consent.signed_at)
    lines = [_("Signed by %(who)s on %(time)s") % {"who": name, "time": time}]
    if document["signature"]["how"] == "typed":
        lines.append(_("The typed name stands for the signature."))
    if consent.witness_name:
        told = _("Witness: %(who)s, %(time)s")
        lines.append(told % {"who": isolated(consent.witness_name), "time": time})
    lines.append(_("Taken by %(who)s") % {"who": isolated(consent.taken_by)})
    return lines


def _withdrawn(consent: Consent) -> list[str]:
    row = getattr(consent, "withdrawal", None)
    if row is None:
        return []
    told = _("Told by %(who)s on %(time)s")
    lines = [told % {"who": isolated(row.told_by), "time": day_and_time(row.at)}]
    return [*lines, row.reason] if row.reason else lines


def _drawing(document: dict[str, Any]) -> str:
    strokes = document["signature"]["drawing"]
    return svg_of(strokes) if strokes else ""
