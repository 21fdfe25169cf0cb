"""Documents on paper: a Typst template and the data that is set with it.

Data reach the template as JSON and are printed as they are: nothing in them is read as markup.
The same template and data give the same bytes: no time and no font of the machine gets in.
"""

import json
from collections.abc import Mapping
from typing import Any

import typst
from django.conf import settings
from django.http import HttpResponse

TEMPLATES = settings.BASE_DIR / "templates" / "pdf"
FONTS = settings.BASE_DIR / "static" / "vendor" / "fonts"


def render(template: str, data: Mapping[str, Any]) -> bytes:
    """The template set with the data, as a tagged PDF (PDF/UA-1).

    That standard takes no sign that the fonts lack, so a text with one (an emoji, a Chinese name)
    is set without its seal rather than not at all.
    """
    written = json.dumps(data, ensure_ascii=False, sort_keys=True)
    try:
        return _compiled(template, written, sealed=True)
    except typst.TypstError:
        return _compiled(template, written, sealed=False)


def response(content: bytes, name: str) -> HttpResponse:
    """Opened in the browser; ``name`` is what it is saved as, so nobody's name stands in it."""
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _compiled(template: str, data: str, *, sealed: bool) -> bytes:
    return typst.compile(
        str(TEMPLATES / template),
        root=str(TEMPLATES),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": data},
        pdf_standards="ua-1" if sealed else None,
    )
