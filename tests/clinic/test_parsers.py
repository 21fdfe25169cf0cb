"""Strict JSON: what is refused, and by which path. Most of it needs no database."""

import io
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.parsers import DEEPEST, LARGEST_WHOLE, MOST_PROBLEMS, read_json
from clinic.problems import Refusal

EVALUATE = "/api/v1/evaluate/"


def problems(body):
    try:
        read_json(body)
    except Refusal as refused:
        return [(one.path, one.code) for one in refused.problems]
    return []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", [("", "malformed")]),
        (b"{", [("", "malformed")]),
        (b"[1,]", [("", "malformed")]),
        (b"{'a': 1}", [("", "malformed")]),
        (b'{"a": 1} x', [("", "malformed")]),
        (b'{"a": 01}', [("", "malformed")]),
        (b'"', [("", "malformed")]),
        (b'"\\', [("", "malformed")]),
        (b'"\\x"', [("", "malformed")]),
        (b"\xef\xbb\xbf{}", [("", "malformed")]),
        (b'{"a": "\x01"}', [("", "malformed")]),
        (b"\xff\xfe", [("", "encoding")]),
        (b'{"a": "\xed\xa0\x80"}', [("", "encoding")]),
        (b'{"a": NaN}', [("a", "number")]),
        (b'{"a": [1, Infinity, -Infinity]}', [("a[1]", "number"), ("a[2]", "number")]),
        (b'{"a": 1e400}', [("a", "range")]),
        (b'{"a": -1e400}', [("a", "range")]),
        (b'{"a": 9007199254740992}', [("a", "range")]),
        (b'{"a": ' + b"9" * 5000 + b"}", [("a", "range")]),
        (b'{"a": 0.' + b"9" * 5000 + b"}", [("a", "range")]),
        (b'{"a": "\\u0000"}', [("a", "unstorable")]),
        (b'{"a": {"b": ["x", "\\ud800"]}}', [("a.b[1]", "unstorable")]),
        (b'{"a": "\\udc00\\ud800"}', [("a", "unstorable")]),
        (b'{"a": "\\u202e"}', [("a", "unstorable")]),
        (b'{"a": "\\u0007"}', [("a", "unstorable")]),
        (b'{"a\\u0000": 1}', [("a\N{REPLACEMENT CHARACTER}", "unstorable")]),
        (b'{"a": 1, "a": 1}', [("a", "duplicate_key")]),
        (b'[{"b": {"a": 1, "c": 2, "a": 3}}]', [("[0].b.a", "duplicate_key")]),
        (b'{"a": "\\u0000", "b": 1e999}', [("a", "unstorable"), ("b", "range")]),
    ],
)
def test_unsound_json_is_refused_by_path(body, expected):
    assert problems(body) == expected


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"{}", {}),
        (b'{"a": [1, 2.5, -3, "x", true, null]}', {"a": [1, 2.5, -3, "x", True, None]}),
        (b'"\\ud83d\\ude00"', "\N{GRINNING FACE}"),
        ('"Güneş\tİ\n"'.replace("\t", "\\t").replace("\n", "\\n").encode(), "Güneş\tİ\n"),
        (b'"[[[[[[[[[[[[[[[[[[[[[[[[["', "[" * 25),
        (b'"\\"[[[[[[[[[[[[[[[[[[[[[[[[["', '"' + "[" * 25),
        (b"9007199254740991", LARGEST_WHOLE),
        (b"1e-400", 0.0),
        (b"[" * DEEPEST + b"]" * DEEPEST, None),
    ],
)
def test_sound_json_is_read_as_it_is(body, value):
    assert problems(body) == []
    if value is not None:
        assert read_json(body) == value


@pytest.mark.parametrize("levels", [DEEPEST + 1, 1_000, 100_000])
def test_deep_nesting_is_refused_with_the_way_into_it(levels):
    body = b'{"a": [0, {"b": ' + b"[" * levels + b"]" * levels + b"}]}"

    assert problems(body) == [("a[1].b" + "[0]" * (DEEPEST - 3), "depth")]


def test_no_more_problems_are_told_than_a_reader_can_use():
    assert len(problems(json.dumps(["\x00"] * 5_000).encode())) == MOST_PROBLEMS


@pytest.mark.parametrize(
    "body",
    [
        b'"' + b'\\"' * 500_000,
        b'"' * 500_000,
        b"\\" * 1_000_000,
        b"[" * 1_000_000,
        b'{"' * 300_000,
        b"[" + b"1," * 400_000 + b"1]",
        b"-" * 1_000_000,
    ],
)
def test_no_text_of_the_largest_size_takes_long(body):
    before = time.process_time()

    problems(body)

    assert time.process_time() - before < 3


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-LARGEST_WHOLE, LARGEST_WHOLE) | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
        max_leaves=12,
    )
)
def test_what_is_read_is_what_was_written_or_is_refused(value):
    body = json.dumps(value).encode()

    if not problems(body):
        assert read_json(body) == value


@given(st.binary(max_size=60) | st.text(alphabet='{}[],:"\\u0d8 1e', max_size=60).map(str.encode))
def test_whatever_comes_is_read_or_refused(body):
    assert isinstance(problems(body), list)


def refusal_of(response):
    assert list(response.json()) == ["errors"]
    return response.status_code, [(one["path"], one["code"]) for one in response.json()["errors"]]


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data"],
)
def test_other_content_types_are_refused(api_of, content_type):
    answer = api_of("integration").generic("POST", EVALUATE, b"a=1", content_type=content_type)

    assert refusal_of(answer) == (415, [("", "unsupported_media_type")])


@pytest.mark.parametrize("content_type", ["multipart/form-data; boundary=", "multipart/form-data"])
def test_a_broken_form_in_a_session_is_refused_too(client_of, content_type):
    answer = client_of("physician").generic("POST", EVALUATE, b"--x", content_type=content_type)

    assert answer.status_code in {400, 403, 415}
    assert list(answer.json()) == ["errors"]


def test_other_charsets_are_refused(api_of):
    answer = api_of("integration").generic(
        "POST", EVALUATE, "{}".encode("utf-16"), content_type="application/json; charset=utf-16"
    )

    assert refusal_of(answer) == (415, [("", "unsupported_media_type")])


@pytest.mark.parametrize("path", [EVALUATE, "/api/v1/patients/"])
def test_a_body_of_20_mb_is_refused(api_of, path):
    body = b'{"a": "' + b"x" * 20_000_000 + b'"}'

    answer = api_of("integration").generic("POST", path, body, content_type="application/json")

    assert refusal_of(answer) == (413, [("", "too_large")])


class Terminated(io.BytesIO):
    """A stream that counts what is taken from it."""

    taken = 0

    def read(self, size=-1):
        chunk = super().read(size)
        self.taken += len(chunk)
        return chunk


def chunked(api, stream, **environ):
    return api.generic(
        "POST",
        EVALUATE,
        content_type="application/json",
        **{"wsgi.input": stream, "HTTP_TRANSFER_ENCODING": "chunked", **environ},
    )


def test_a_long_chunked_body_is_refused_without_reading_it_all(api_of):
    stream = Terminated(b'{"a": "' + b"x" * 20_000_000)

    answer = chunked(api_of("integration"), stream, **{"wsgi.input_terminated": True})

    assert refusal_of(answer) == (413, [("", "too_large")])
    assert stream.taken <= 1024 * 1024 + 1


def test_a_short_chunked_body_is_read(api_of):
    stream = Terminated(b'{"horoscope": "aries"}')

    answer = chunked(api_of("integration"), stream, **{"wsgi.input_terminated": True})

    assert ("horoscope", "unknown_key") in refusal_of(answer)[1]


def test_a_chunked_body_whose_end_nobody_knows_is_refused(api_of):
    answer = chunked(api_of("integration"), Terminated(b"{}"))

    assert refusal_of(answer) == (411, [("", "length_required")])
