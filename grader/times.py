"""Read when something was handed in, as nbgrader and the learning platforms write it. Pure: text in, moments out."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

EARLIEST, LATEST = 1990, 2199
"""Years in which a course can be; a clock in UTC can show no time at the ends of what a date can hold."""
_LONGEST = 100
"""Characters of a stamp."""
_USUAL = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?\s*(.*)")
_DASHES = re.compile(r"(\d{4})-(\d\d)-(\d\d)-(\d\d)-(\d\d)-(\d\d)()()")
_DIGITS = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})?()")
_BASIC = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)()(.*)")
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d\d?)(?::?(\d\d))?(?: [A-Z]{1,5})?")
_WORDS = re.compile(
    r"(?:(?P<month>[^\W\d_]{3,12})\.? (?P<day>\d\d?)|(?P<day2>\d\d?)\.? (?P<month2>[^\W\d_]{3,12})\.?),? (?P<year>\d{4}),?"
    r" (?P<hour>\d\d?)[:.-]?(?P<minute>\d\d)(?: ?(?P<half>[AP])\.?M\.?)?",
    re.IGNORECASE,
)
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip


def parse_time(text: str, zone: str = "UTC", form: str = "") -> datetime | None:
    """Return a stamp's moment in UTC, or None for what is none, or none that can be.

    Stamps are what nbgrader's exchange writes (`2026-10-01 13:59:12.123456 Europe/Berlin`, or `CEST`, `UTC`), ISO 8601
    with any form of offset, Sakai's digits (which are UTC), and Blackboard's `2026-10-01-13-59-12`. Those that name no
    zone are of `zone`. Where an exchange writes them in a form of its own, `form` is the one of `strftime`.

    >>> parse_time("2026-10-01 14:00:00.5 CEST").isoformat()
    '2026-10-01T12:00:00.500000+00:00'
    """
    words = text.strip()
    if len(words) > _LONGEST or not words.isascii():
        return None
    if form and (moment := _of_form(words, zone, form)):
        return moment
    for pattern in (_USUAL, _DASHES, _BASIC, _DIGITS):
        if found := pattern.fullmatch(words):
            *numbers, fraction, where = found.groups()
            local = _local([int(number or 0) for number in numbers], fraction or "")
            return _in_utc(local, where, "UTC" if pattern is _DIGITS else zone)
    return None


def parse_words(text: str, zone: str = "UTC") -> datetime | None:
    """Return the moment of a time as Brightspace writes it: `Mar 1, 2026 1200 PM`, `05 March 2026 612 PM`."""
    found = _WORDS.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    word = (found["month"] or found["month2"]).lower() if found else ""
    months = [number for number, name in enumerate(_MONTHS, 1) if name.startswith("sep" if word == "sept" else word)]
    if found is None or len(months) != 1:
        return None
    hour = int(found["hour"])
    if found["half"] and hour <= 12:  # 0000 AM is written, too
        hour = hour % 12 + (12 if found["half"] in "Pp" else 0)
    day = int(found["day"] or found["day2"])
    local = _local([int(found["year"]), months[0], day, hour, int(found["minute"])], "")
    return _in_utc(local, "", zone)


def stamp(moment: datetime) -> str:
    """Return a moment as nbgrader's exchange would write it, in UTC and with all its digits."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC"


def is_zone(name: str) -> bool:
    """Tell whether this is the name of a time zone, such as `Europe/Berlin`."""
    return name in _zones()


def _of_form(words: str, zone: str, form: str) -> datetime | None:
    """Return the moment of a stamp in a form of `strftime`, which may end with the name of a zone."""
    where = ""
    if form.endswith("%Z"):  # of which strptime knows two
        form = form[:-2].rstrip()
        words, _, where = words.rpartition(" ")
    try:
        local = datetime.strptime(words.rstrip(), form)
        return local.astimezone(UTC) if local.tzinfo else _in_utc(local, where, zone)
    except (ValueError, OverflowError):
        return None


def _local(numbers: list[int], fraction: str) -> datetime | None:
    try:
        return datetime(*numbers, microsecond=int(fraction[:6].ljust(6, "0")))  # type: ignore[misc,arg-type]
    except ValueError:  # the 31st of June
        return None


def _in_utc(local: datetime | None, where: str, zone: str) -> datetime | None:
    if local is None or not EARLIEST <= local.year <= LATEST:
        return None
    place = _place(where.strip(), local, zone)
    return local.replace(tzinfo=place).astimezone(UTC) if place else None


def _place(where: str, local: datetime, zone: str) -> tzinfo | None:
    """Return the zone that a stamp names, at its time; None where it names none, or one of several."""
    if not where:
        return ZoneInfo(zone) if zone in _zones() else UTC
    if where.upper() in ("Z", "UTC", "GMT", "UCT"):
        return UTC
    if found := _OFFSET.fullmatch(where):
        sign, hours, minutes = found.groups()
        offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
        return timezone(offset if sign == "+" else -offset) if offset < timedelta(days=1) else None
    if "/" in where:
        return ZoneInfo(where) if where in _zones() else None
    return _abbreviated(where, local, zone)


def _abbreviated(short: str, local: datetime, zone: str) -> tzinfo | None:
    """Return what an abbreviation stands for at a time: in the course's zone, else wherever it is used, if all agree.

    `CST` is an hour of Chicago, of Shanghai and of Havana, so it needs the course's zone.
    """
    here = _offset(short, local, zone) if zone in _zones() else None
    if here is None:
        found = {offset for name in _zones() if (offset := _offset(short, local, name)) is not None}
        here = found.pop() if len(found) == 1 else None
        if here is None and not found and short in _zones() and not short.isupper():  # `Japan`, `Singapore`
            return ZoneInfo(short)
    return timezone(here) if here is not None else None


def _offset(short: str, local: datetime, zone: str) -> timedelta | None:
    for fold in (0, 1):  # the hour that a clock shows twice has two names
        there = local.replace(tzinfo=_zone(zone), fold=fold)
        if there.tzname() == short:
            return there.utcoffset()
    return None


@lru_cache
def _zones() -> frozenset[str]:
    return frozenset(name for name in available_timezones() if name not in ("localtime", "posixrules", "Factory"))


@lru_cache(1000)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
