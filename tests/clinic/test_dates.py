"""Days, times, digits and lists in the four languages."""

# ruff: noqa: RUF001 - as people write them

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from clinic import dates
from clinic.digits import local_digits, local_digits_in_markup, local_digits_within
from clinic.text import with_commas, with_semicolons

DAY = date(2026, 5, 4)
MOMENT = datetime(2026, 5, 4, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "long", "with_weekday", "short", "moment"),
    [
        ("en", "4 May 2026", "Monday, 4 May 2026", "2026-05-04", "4 May 2026, 09:05"),
        ("tr", "4 Mayıs 2026", "4 Mayıs 2026 Pazartesi", "04.05.2026", "4 Mayıs 2026, 09:05"),
        ("el", "4 Μαΐου 2026", "Δευτέρα 4 Μαΐου 2026", "04/05/2026", "4 Μαΐου 2026, 09:05"),
        ("fa", "۴ مه ۲۰۲۶ (۱۴ اردیبهشت ۱۴۰۵)", "دوشنبه ۴ مه ۲۰۲۶ (۱۴ اردیبهشت ۱۴۰۵)",
         "۲۰۲۶/۰۵/۰۴ (۱۴۰۵/۰۲/۱۴)", "۴ مه ۲۰۲۶ (۱۴ اردیبهشت ۱۴۰۵)، ساعت ۰۹:۰۵"),
    ],
)  # fmt: skip
def test_a_day_is_written_as_the_language_writes_it(language, long, with_weekday, short, moment):
    with translation.override(language):
        assert dates.long_day(DAY) == long
        assert dates.weekday_and_day(DAY) == with_weekday
        assert dates.short_day(DAY) == short
        assert dates.day_and_time(MOMENT) == moment


@pytest.mark.parametrize(
    ("day", "solar"),
    [
        (date(2025, 3, 20), "۱۴۰۳/۱۲/۳۰"),  # a leap year ends
        (date(2025, 3, 21), "۱۴۰۴/۰۱/۰۱"),
        (date(1980, 3, 21), "۱۳۵۹/۰۱/۰۱"),
        (date(622, 3, 22), "۰۰۰۱/۰۱/۰۱"),
    ],
)
def test_the_solar_year_turns_in_spring(day, solar):
    with translation.override("fa"):
        assert dates.short_day(day).endswith(f"({solar})")


@pytest.mark.parametrize("day", [date(622, 3, 1), date.max])
def test_a_day_that_the_solar_calendar_cannot_tell_stands_alone(day):
    with translation.override("fa"):
        assert "(" not in dates.long_day(day)


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Los_Angeles"])
@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(1, 1, 1, tzinfo=UTC), "1 January 0001"),
        (datetime(9999, 12, 31, 23, 59, tzinfo=UTC), "31 December 9999"),
    ],
)
def test_a_moment_at_the_ends_of_the_calendar_is_told_too(zone, moment, day):
    with timezone.override(ZoneInfo(zone)):
        told = dates.day_and_time(moment)

    assert told.startswith(f"{day}, ")


def test_templates_have_the_filters_and_say_nothing_of_no_day():
    told = Template("{{ day|long_day }}|{{ none|short_day|default:'—' }}|{{ day|day_and_time }}")

    assert told.render(Context({"day": DAY, "none": None})) == "4 May 2026|—|"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("12 جلسه", "۱۲ جلسه"),
        ("۲۰۲۶، 14:05", "۲۰۲۶، ۱۴:۰۵"),
        ("(3 از 31)", "(۳ از ۳۱)"),
        ("L-08b: 5", "L-08b: ۵"),
        ("210 10*9/L", "۲۱۰ 10*9/L"),
        ("a1@b.org B12", "a1@b.org B12"),
    ],
)
def test_persian_has_its_own_digits_but_codes_stay(text, shown):
    assert local_digits(text, "fa") == shown
    assert local_digits(text, "tr") == text


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ('<p id="a1" title="2">3</p>', '<p id="a1" title="2">۳</p>'),
        ("it&#x27;s &#39; 4", "it&#x27;s &#39; ۴"),
        ("<code>12</code>12", "<code>12</code>۱۲"),
        ('<textarea name="t">12</textarea>', '<textarea name="t">12</textarea>'),
        ('<b class="n" translate="no">12 <i>3</i></b> 4',
         '<b class="n" translate="no">12 <i>3</i></b> ۴'),
        ("<!-- 12 -->", "<!-- 12 -->"),
    ],
)  # fmt: skip
def test_in_a_page_only_what_is_read_changes(markup, shown):
    assert local_digits_in_markup(markup, "fa") == shown


def test_within_a_document_what_is_named_stays():
    with translation.override("fa"):
        given = {"a": ["1", {"b": "2", "code": "3"}], "n": 4}
        assert local_digits_within(given, but={"code"}) == {
            "a": ["۱", {"b": "۲", "code": "3"}],
            "n": 4,
        }


def test_pages_in_persian_show_persian_digits_and_inputs_do_not(client_of):
    client = client_of("physician")
    client.cookies["django_language"] = "fa"

    page = client.get("/").content.decode()

    assert dates.local_digits(str(date.today().year), "fa") in page  # noqa: DTZ011


@pytest.mark.parametrize(
    ("language", "commas", "semicolons"),
    [
        ("en", "a, b", "a; b"),
        ("tr", "a, b", "a; b"),
        ("el", "a, b", "a· b"),
        ("fa", "a، b", "a؛ b"),
    ],
)
def test_lists_are_joined_as_the_language_joins_them(language, commas, semicolons):
    with translation.override(language):
        assert with_commas(["a", "b"]) == commas
        assert with_semicolons(["a", "b"]) == semicolons
