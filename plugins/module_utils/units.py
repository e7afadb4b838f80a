# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Durations and times, read the way the server reads them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from ansible_collections.mlops.elastic.plugins.module_utils.errors import BadOption

_UNITS = {
    "nanos": 1e-9,
    "micros": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
    "d": 86400.0,
}
# "M" would be months to a server, which it refuses; the other units it takes in either case.
_DURATION = re.compile(r"\s*([0-9]+)\s*((?i:nanos|micros|ms|s|h|d)|m)\s*")
_DATE = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)? *(Z|[+-](?:0\d|1[0-8]):?[0-5]\d)?)?",
    re.ASCII,
)
_DATE_MATH = re.compile(r"now(?:[+-]\d+[yMwdhHms])*(?:/[yMwdhHms])?", re.ASCII)
_NUMBER = re.compile(r"[0-9]+")
_WHOLE_NUMBER = re.compile(r"-?[0-9]+")
_YEAR = re.compile(r"[0-9]{4}")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def duration(option, text):
    """Return a server-side duration such as C(30m) in seconds (Elasticsearch's TimeValue).

    :raises BadOption: no unit, a fraction, a negative number
    """
    found = _DURATION.fullmatch(str(text))
    if not found:
        raise BadOption(
            option,
            text,
            "it is not a duration with a unit",
            "Write a whole number and a unit: 500ms, 20s, 30m, 1h, 1d.",
        )
    return int(found.group(1)) * _UNITS[found.group(2).lower()]


def duration_ms(text):
    """Return a duration that the server itself reported (C(15m), C(900s)) in milliseconds."""
    return round(duration("duration", text) * 1000)


def flush_time(option, text, now_ms):
    """Return a time of the flush API in epoch milliseconds.

    The API takes C(now), an ISO date, or a number: up to 10 digits are seconds, more are milliseconds; no date math
    (TimeUtils.dateStringToEpoch).

    :raises BadOption: anything else
    """
    text = str(text)
    if text == "now":
        return now_ms
    if _NUMBER.fullmatch(text):
        return int(text) * (1000 if len(text) <= 10 else 1)
    return _iso_ms(option, text, "seconds or milliseconds since 1970, or now")


def datafeed_time(option, text):
    """Return a time of the start datafeed API in epoch milliseconds, or None where it is relative to now.

    The API takes an ISO date, epoch milliseconds whatever the number of digits, or date math on C(now).

    :raises BadOption: anything else
    """
    text = str(text)
    if _DATE_MATH.fullmatch(text):
        return None
    if _NUMBER.fullmatch(text):
        return int(text)
    return _iso_ms(option, text, "milliseconds since 1970, or date math such as now-1h")


def event_time(option, time):
    """Return a time of a calendar's event in epoch milliseconds.

    The API takes a number of milliseconds, or an ISO date (TimeUtils.parseTimeFieldToInstant); a date without a time
    zone, which it refuses since 7.4, is read as one in UTC.

    :arg time: a number or a text; a text of four digits would be a year to the API, and is refused as there
    :raises BadOption: anything else
    """
    text = str(time)
    if _WHOLE_NUMBER.fullmatch(text) and not (isinstance(time, str) and _YEAR.fullmatch(text)):
        return int(text)
    return _iso_ms(option, text, "or milliseconds since 1970")


def iso(ms):
    """Return epoch milliseconds as an ISO date in UTC, with a fraction only where there is one.

    What no date can say stays as it is.
    """
    try:
        moment = _EPOCH + timedelta(milliseconds=ms)
    except OverflowError:
        return ms
    return moment.isoformat(timespec="milliseconds" if ms % 1000 else "seconds").replace("+00:00", "Z")


def as_sent(text):
    """Return a time as the server wants it: YAML turns an unquoted date into one with a blank for the C(T)."""
    text = str(text)
    return re.sub("^(.{10}) ", r"\1T", text).replace(" ", "") if _DATE.fullmatch(text) else text


def _iso_ms(option, text, others):
    found = _DATE.fullmatch(text)
    try:
        if not found:
            raise ValueError(text)
        year, month, day, hour, minute, second, fraction, zone = found.groups(default="0")
        moment = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second), tzinfo=timezone.utc)
    except ValueError as error:
        raise BadOption(
            option,
            text,
            "it cannot be read as a time",
            f"Write an ISO date (2018-01-01T13:00:00Z), {others}.",
        ) from error
    return int((moment - _EPOCH - _offset(zone)).total_seconds()) * 1000 + int((fraction + "000")[:3])


def _offset(zone):
    if zone in ("0", "Z"):
        return timedelta(0)
    sign = -1 if zone[0] == "-" else 1
    digits = zone[1:].replace(":", "")
    return sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
