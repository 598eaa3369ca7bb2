"""When something was handed in, as nbgrader and the platforms write it."""

from datetime import UTC, datetime

import pytest

from grader.times import parse_time, parse_words, stamp

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-01 12:00:00 UTC", "2026-10-01 12:00:00", "2026-10-01 12:00", "2026-10-01 12:00:00 GMT",
        "2026-10-01 14:00:00 +02:00", "2026-10-01T12:00:00+00:00", "2026-10-01 12:00:00.000000 UTC",
        "2026-10-01 14:00:00 Europe/Berlin", "2026-10-01 14:00:00.000000 CEST", "2026-10-01 08:00:00 EDT",
        "2026-10-01T14:00:00+0200", "2026-10-01T14:00:00+02", "2026-10-01T12:00:00Z", "2026-10-01 14:00:00 UTC+2",
        "2026-10-01 14:00:00 UTC+02:00", "2026-10-01T12:00:00.000000000Z", "20261001120000000", "20261001120000",
        "20261001T120000Z", "2026-10-01-12-00-00", "2026-10-01 12:00:00 UCT\n", "2026-10-01 21:00:00 Asia/Tokyo",
        "2026-10-01 06:30:00 -05:30", "2026-10-01 14:00:00 +0200 CEST",
    ],
)  # fmt: skip
def test_time_stamps_are_read_with_their_zone(text: str) -> None:
    assert parse_time(text) == NOON


def test_every_digit_of_a_stamp_counts() -> None:
    assert parse_time("2026-10-01 12:00:00.123456 UTC") == NOON.replace(microsecond=123456)
    assert stamp(NOON.replace(microsecond=123456)) == "2026-10-01 12:00:00.123456 UTC"


def test_winter_and_summer_time_of_one_hour_are_two_moments() -> None:
    summer, winter = (parse_time(f"2026-04-05 02:30:00 {name}") for name in ("NZDT", "NZST"))
    assert summer is not None and winter is not None
    assert (winter - summer).total_seconds() == 3600


@pytest.mark.parametrize("text", ["2026-10-01 20:00:00", "2026-10-01 20:00:00 CST", "2026-10-01-20-00-00"])
def test_the_courses_zone_tells_what_a_stamp_leaves_open(text: str) -> None:
    assert parse_time(text, "Asia/Shanghai") == NOON


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("01/10/2026 12:00 UTC", "%d/%m/%Y %H:%M %Z"),
        ("01/10/2026 14:00 CEST", "%d/%m/%Y %H:%M %Z"),
        ("01/10/2026 14:00 +0200", "%d/%m/%Y %H:%M %z"),
        ("Oct 01 2026, 12:00", "%b %d %Y, %H:%M"),
        ("2026-10-01 12:00:00 UTC", "%d/%m/%Y"),
        ("2026-10-01 12:00:00 UTC", "%Q"),
    ],
)
def test_a_stamp_in_the_exchanges_own_form_is_read(text: str, form: str) -> None:
    assert parse_time(text, form=form) == NOON


@pytest.mark.parametrize(
    "text",
    [
        "", "yesterday", "2026-10-01", "2026-02-30 12:00:00 UTC", "2026-10-01 25:00:00 UTC", "2026-10-01 12:00:00 XYZ",
        "2026-10-01 12:00:00 CST", "2026-10-01 12:00:00 Europe/Nowhere", "2026-10-01 12:00:00 ../../etc/passwd",
        "2026-10-01 12:00:00 Europe", "2026-10-01 12:00:00 +99:00", "9999-12-31 23:59:59 -23:59",
        "0001-01-01 00:00:00 +23:59", "9999-12-31 23:59:59 UTC", "2026-10-01 12:00:00 UTC" + " x" * 100,
        "\u0662026-10-01 12:00:00", "2026-10-01-13-59", "1790856000",
    ],
)  # fmt: skip
def test_what_is_no_time_or_could_be_several_is_none(text: str) -> None:
    assert parse_time(text) is None


@pytest.mark.parametrize(
    ("text", "hour"),
    {
        "Oct 1, 2026 1200 PM": 12, "01 October 2026 1200 PM": 12, "Oct 1, 2026 12:00": 12, "Oct 1, 2026 0000 AM": 0,
        "Oct 1, 2026 1200 AM": 0, "1. Oct. 2026 100 PM": 13,
    }.items(),
)  # fmt: skip
def test_a_time_in_words_is_read(text: str, hour: int) -> None:
    assert parse_words(text) == NOON.replace(hour=hour)
    assert parse_words(text, "Europe/Berlin") != parse_words(text)


@pytest.mark.parametrize("text", ["", "Smarch 1, 2026 1200 PM", "Oct 41, 2026 1200 PM", "Oct 1, 2026 1360 PM"])
def test_other_words_are_no_time(text: str) -> None:
    assert parse_words(text) is None
