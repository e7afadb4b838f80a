# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Points in time as starting a datafeed reads them: ISO dates, epoch milliseconds, `now` and date math."""

import calendar
import re
from datetime import datetime, timedelta, timezone

from simulator.config.faults import Fault

DATE = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)(?:T(?P<hour>\d\d)(?::(?P<minute>\d\d)(?::(?P<second>\d\d)"
    r"(?:[.,](?P<fraction>\d{1,9}))?)?)?(?P<zone>Z|[+-]\d\d:?\d\d)?)?)?)?"
)
STEP = re.compile(r"(?P<operator>[+-]\d*|/)(?P<unit>[yMwdhHms])")
FIXED_UNITS = {"w": "weeks", "d": "days", "h": "hours", "H": "hours", "m": "minutes", "s": "seconds"}
ROUNDING = re.compile(r"/(?P<unit>[yMwdhHms])")
FINEST = {"fraction": None, "second": "s", "minute": "m", "hour": "h"}
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def milliseconds(text: str, name: str, now: int, version) -> int:
    """Milliseconds of the parameter `name` (API: start datafeed, all versions).

    A number counts milliseconds, however many digits it has; four digits are a year.
    Raises Fault `parse_exception`.
    """
    if not text:
        raise unparsable(text, name, Fault("parse_exception", empty_date(version)))
    try:
        return from_math(text, now)
    except ValueError:
        raise unparsable(text, name, not_a_date(text)) from None


def latest(text: str, now: int) -> int:
    """As `from_math`, but a time that isn't given, or is rounded off, is the latest: of a day its last millisecond.

    So a range reads what it begins after (gt); no month still is January. Raises ValueError.
    """
    moment, date, rounded = from_math(text, now), DATE.fullmatch(text), ROUNDING.search(text)
    if not date and not rounded:
        return moment
    unit = rounded["unit"] if rounded else next((unit for part, unit in FINEST.items() if date[part]), "d")
    end = shifted(EPOCH + timedelta(milliseconds=moment), "+", unit) if unit else None
    return moment if end is None else since_epoch(end) - 1


def from_math(text: str, now: int) -> int:
    if text.startswith("now"):
        return apply_steps(now, text[len("now") :])
    date, _mark, steps = text.partition("||")
    return apply_steps(from_date(date), steps)


def from_date(text: str) -> int:
    found = DATE.fullmatch(text)
    if not found:
        if re.fullmatch(r"-?\d+", text):
            return int(text)
        raise ValueError(text)
    fields = {
        part: int(found[part] or least)
        for part, least in (("year", 1), ("month", 1), ("day", 1), ("hour", 0), ("minute", 0), ("second", 0))
    }
    fraction = int((found["fraction"] or "0").ljust(9, "0")) // 1000
    return since_epoch(datetime(**fields, microsecond=fraction, tzinfo=zone(found["zone"])))


def zone(text: str | None) -> timezone:
    if text in (None, "Z"):
        return timezone.utc
    hours, minutes = int(text[1:3]), int(text[-2:])
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)


def since_epoch(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(milliseconds=1)


def apply_steps(start: int, steps: str) -> int:
    moment = EPOCH + timedelta(milliseconds=start)
    position = 0
    for step in STEP.finditer(steps):
        if step.start() != position:
            break
        moment = shifted(moment, step["operator"], step["unit"])
        position = step.end()
    if position != len(steps):
        raise ValueError(steps)
    return since_epoch(moment)


def shifted(moment: datetime, operator: str, unit: str) -> datetime:
    if operator == "/":
        return rounded_down(moment, unit)
    amount = int(operator[1:] or 1) * (-1 if operator[0] == "-" else 1)
    if unit in FIXED_UNITS:
        return moment + timedelta(**{FIXED_UNITS[unit]: amount})
    months = moment.year * 12 + moment.month - 1 + amount * (12 if unit == "y" else 1)
    year, month = months // 12, months % 12 + 1
    return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))


def rounded_down(moment: datetime, unit: str) -> datetime:
    if unit == "w":
        moment -= timedelta(days=moment.weekday())
    lower = {"y": 5, "M": 4, "w": 3, "d": 3, "h": 2, "H": 2, "m": 1, "s": 0}[unit]
    cleared = dict((("second", 0), ("minute", 0), ("hour", 0), ("day", 1), ("month", 1))[:lower])
    return moment.replace(microsecond=0, **cleared)


def empty_date(version) -> str:
    return "cannot parse empty datetime" if version.since(8) else "cannot parse empty date"


def not_a_date(text: str, version=None) -> Fault:
    """Of a date in a body or a search. Before 7.4, given a `version`, limits that round up say where it isn't one."""
    reason = f"failed to parse date field [{text}] with format [strict_date_optional_time||epoch_millis]"
    if version is not None and not version.since(7, 4):
        place = Fault("date_time_parse_exception", f"Text '{text}' could not be parsed, unparsed text found at index 0")
        return Fault("parse_exception", f"{reason}: [{place.reason}]", place)
    innermost = Fault("date_time_parse_exception", "Failed to parse with all enclosed parsers")
    return Fault("parse_exception", f"{reason}: [{reason}]", Fault("illegal_argument_exception", reason, innermost))


def unparsable(text: str, name: str, cause: Fault) -> Fault:
    reason = f"Query param [{name}] with value [{text}] cannot be parsed as a date or converted to a number (epoch)."
    return Fault("parse_exception", reason, cause)
