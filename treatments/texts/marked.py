"""Text that knows its language: what is not translated yet is seen, and read aloud, as such.

It is a `str`, so that everything that handles texts handles it. A template writes it with its
mark; sentences keep the mark when they are put together with `said` and `joined`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from treatments.texts.languages import name_of_language

_PLACE: Final = re.compile(r"%\((\w+)\)[sd]")


class Marked(str):
    """Text with more to it than its letters. For an attribute, take `in_plain_text`."""

    __slots__ = ()

    def __html__(self) -> SafeString:
        raise NotImplementedError


class Untranslated(Marked):
    """`language`: what it is written in. `wanted`: the language that it is not in yet."""

    language: str
    wanted: str

    def __new__(cls, text: str, *, language: str, wanted: str) -> "Untranslated":
        made = super().__new__(cls, text)
        made.language, made.wanted = language, wanted
        return made

    @property
    def told(self) -> str:
        return _("not yet in %(language)s") % {"language": name_of_language(self.wanted)}

    def __html__(self) -> SafeString:
        return format_html(
            '<span class="untranslated"><bdi lang="{}" dir="ltr" translate="no">{}</bdi>'
            '<small class="untranslated-mark" title="{}"><span aria-hidden="true">{}</span>'
            '<span class="visually-hidden"> ({})</span></small></span>',
            self.language,
            str(self),
            self.told,
            self.language.upper(),
            self.told,
        )


class _Said(Marked):
    """A sentence with marked texts in it. `plain` marks them by letters alone; `runs` are what
    the sentence is put together from."""

    html: SafeString
    plain: str
    runs: tuple[str, ...]

    def __new__(cls, text: str, *, html: SafeString, plain: str, runs: Iterable[str]) -> "_Said":
        made = super().__new__(cls, text)
        made.html, made.plain, made.runs = html, plain, tuple(runs)
        return made

    def __html__(self) -> SafeString:
        return self.html


def said(sentence: str, values: Mapping[str, object]) -> str:
    """`sentence % values`, in which every text keeps its mark."""
    text = sentence % values
    if not any(isinstance(one, Marked) for one in values.values()):
        return text
    written = {
        name: conditional_escape(one) if isinstance(one, str) else one
        for name, one in values.items()
    }
    html = mark_safe(conditional_escape(sentence) % written)  # noqa: S308 - escaped
    plain = {
        name: in_plain_text(one) if isinstance(one, str) else one for name, one in values.items()
    }
    return _Said(text, html=html, plain=sentence % plain, runs=_runs(sentence, values))


def joined(between: str, texts: Iterable[str]) -> str:
    """`between.join(texts)`, in which every text keeps its mark."""
    parts = list(texts)
    text = between.join(parts)
    if not any(isinstance(one, Marked) for one in parts):
        return text
    html = conditional_escape(between).join(conditional_escape(one) for one in parts)
    plain = between.join(map(in_plain_text, parts))
    between_each = [one for part in parts for one in (between, part)][1:]
    return _Said(
        text,
        html=mark_safe(html),  # noqa: S308 - every part is escaped
        plain=plain,
        runs=between_each,
    )


def listed(texts: Iterable[str]) -> str:
    """“Face, neck”, in which every text keeps its mark."""
    return joined(pgettext("between the items of a list", ", "), texts)


def runs_of(text: str) -> list[str]:
    """The parts of a text, one after the other: its marked texts, and what stands between."""
    if not isinstance(text, _Said):
        return [text]
    return [one for run in text.runs for one in runs_of(run)]


def _runs(sentence: str, values: Mapping[str, object]) -> Iterator[str]:
    """The sentence cut at its places: between them letters, in them the values."""
    end = 0
    for place in _PLACE.finditer(sentence):
        value = values[place[1]]
        yield sentence[end : place.start()] % {}
        yield value if isinstance(value, Marked) else place[0] % values
        end = place.end()
    yield sentence[end:] % {}


def rewritten(text: str, write: Callable[[str], str]) -> str:
    """`write(text)`, which stays in the language that it was in."""
    made = write(str(text))
    if isinstance(text, Untranslated):
        return Untranslated(made, language=text.language, wanted=text.wanted)
    return made


def in_plain_text(text: str) -> str:
    """Where nothing but letters fits, as in a list to choose from: “Face [EN]”."""
    if isinstance(text, _Said):
        return text.plain
    return f"{text} [{text.language.upper()}]" if isinstance(text, Untranslated) else str(text)
