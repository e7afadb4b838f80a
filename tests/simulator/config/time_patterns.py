# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a time can be told from a Java date pattern (API: put job, `data_description.time_format`, all versions).

The server prints 1970-01-01T00:00Z with the pattern, reads that again, taking the current year where none is given, and
wants a date and a time. What java.time says where it gets less is worked out here from the letters of the pattern.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timezone

from .faults import Fault

_TOKEN = re.compile(r"'(?:[^']|'')*'|p+(?:([A-Za-oq-z])\1*)?|([A-Za-oq-z])\2*|.", re.DOTALL)
_RESERVED = "{}#'"
_COUNTS = {
    **dict.fromkeys("uyYAnNg", range(1, 20)),
    **dict.fromkeys("MLQqEGXxZ", range(1, 6)),
    **dict.fromkeys("dhHkKmsw", range(1, 3)),
    **dict.fromkeys("FaW", (1,)),
    **dict.fromkeys("vO", (1, 4)),
    "e": range(1, 6),
    "c": (1, 3, 4, 5),
    "B": (1, 4, 5),
    "D": range(1, 4),
    "S": range(1, 10),
    "V": (2,),
    "z": range(1, 5),
}
_WEEK = "[WeekFields[SUNDAY,1]]"
_FRACTIONS = {"NanoOfSecond": 0, "MicroOfSecond": 0, "MilliOfSecond": 0}
_OFFSETS = ("", "+00", "+0000", "+00:00", "+0000", "+00:00")


def _padded(value: str) -> Callable[[int], str]:
    return value.zfill


def _by_count(*texts: str) -> Callable[[int], str]:
    return lambda count: texts[count - 1]


_MONTH = _by_count("1", "01", "Jan", "January", "J")
_QUARTER = _by_count("1", "01", "Q1", "1st quarter", "1")
_DAY = _by_count("Thu", "Thu", "Thu", "Thursday", "T")
_PRINTED: dict[str, Callable[[int], str]] = {
    **dict.fromkeys("uyY", lambda count: "70" if count == 2 else "1970".zfill(count)),
    **dict.fromkeys("ML", _MONTH),
    **dict.fromkeys("Qq", _QUARTER),
    **dict.fromkeys("dDwWF", _padded("1")),
    **dict.fromkeys("HKmsAnN", _padded("0")),
    **dict.fromkeys("ec", lambda count: "5".zfill(count) if count < 3 else _DAY(count)),
    **dict.fromkeys("VzvX", lambda count: "Z"),
    **dict.fromkeys("aB", lambda count: "AM"),
    "h": _padded("12"),
    "k": _padded("24"),
    "S": lambda count: "0" * count,
    "E": _DAY,
    "G": _by_count("AD", "AD", "AD", "Anno Domini", "A"),
    "x": lambda count: _OFFSETS[count],
    "Z": _by_count("+0000", "+0000", "+0000", "GMT", "Z"),
    "O": lambda count: "GMT",
    "g": _padded("40587"),
}


@dataclass(frozen=True)
class _Pattern:
    """Letters with their numbers, and what the pattern prints."""

    letters: dict[str, int]
    printed: str

    def has(self, letters: str) -> bool:
        return any(letter in self.letters for letter in letters)


def fault(pattern: str) -> Fault | None:
    """What is wrong, with java.time's own words as its cause where it has read the pattern."""
    refusal = f"Invalid Time format string '{pattern}'"
    read = _read(pattern)
    if read is None:
        return Fault("status_exception", refusal)
    cause = _problem(read)
    return None if cause is None else Fault("status_exception", refusal, cause)


def _read(pattern: str) -> _Pattern | None:
    """None for what isn't a pattern."""
    letters: dict[str, int] = {}
    printed, depth = "", 0
    for token in _TOKEN.finditer(pattern):
        text, letter = token[0], token[1] or token[2]
        if letter:
            count = text.count(letter)
            if count not in _COUNTS.get(letter, ()):
                return None
            letters[letter] = max(count, letters.get(letter, 0))
            printed += _PRINTED[letter](count).rjust(text.count("p"))
        elif len(text) > 1 and text[0] == "'":
            printed += text[1:-1].replace("''", "'") or "'"
        elif text in _RESERVED or text.startswith("p"):
            return None
        else:
            depth += {"[": 1, "]": -1}.get(text, 0)
            printed += "" if text in "[]" else text
        if depth < 0:
            return None
    return _Pattern(letters, printed)


def _problem(pattern: _Pattern) -> Fault | None:
    year, day = _year(pattern, "y"), None
    if pattern.has("u") and (other := _year(pattern, "u")) != year:
        return _conflict(pattern, f"Year {other} differs from Year {year}")
    if pattern.has("g") and year != 1970:
        return _conflict(pattern, f"Field Year 1970 differs from Year {year} derived from 1970-01-01")
    if _gives_a_date(pattern):
        day = date(year, 1, 1)
        if pattern.has("Eec") and day.isoweekday() != 4:
            derived = f"derived from {day}"
            return _conflict(pattern, f"Field DayOfWeek {day.isoweekday()} differs from DayOfWeek 4 {derived}")
    time = _time(pattern)
    if day and time:
        return None
    fields = {**({} if day else _date_fields(pattern, year)), **({} if time else _time_fields(pattern))}
    fields |= {"OffsetSeconds": 0} if pattern.has("XxZO") else {}
    shown = ", ".join(f"{name}={value}" for name, value in fields.items())
    zone = ",Z" if pattern.has("Vzv") else ""
    resolved = f" resolved to {day or time}" if day or time else ""
    found = f"TemporalAccessor: {{{shown}}},ISO{zone}{resolved} of type java.time.format.Parsed"
    lacking = "LocalTime" if day else "LocalDate"
    return _date_time("LocalDateTime", found, _date_time(lacking, found))


def _date_time(wanted: str, found: str, cause: Fault | None = None) -> Fault:
    return Fault("date_time_exception", f"Unable to obtain {wanted} from {found}", cause)


def _conflict(pattern: _Pattern, what: str) -> Fault:
    cause = Fault("date_time_exception", f"Conflict found: {what}")
    return Fault("date_time_parse_exception", f"Text '{pattern.printed}' could not be parsed: {cause.reason}", cause)


def _current_year() -> int:
    return datetime.now(timezone.utc).year


def _year(pattern: _Pattern, letter: str) -> int:
    """Two digits are of this century."""
    if not pattern.has(letter):
        return _current_year()
    return 2070 if pattern.letters[letter] == 2 else 1970


def _gives_a_date(pattern: _Pattern) -> bool:
    month = pattern.has("ML")
    return pattern.has("Dg") or (month and pattern.has("d")) or (month and pattern.has("W") and pattern.has("Eec"))


def _date_fields(pattern: _Pattern, year: int) -> dict[str, int]:
    names = (
        ("ML", "MonthOfYear", 1),
        ("Qq", "QuarterOfYear", 1),
        ("F", "AlignedDayOfWeekInMonth", 1),
        ("Eec", "DayOfWeek", 4),
        ("d", "DayOfMonth", 1),
        ("W", f"WeekOfMonth{_WEEK}", 1),
        ("w", f"WeekOfWeekBasedYear{_WEEK}", 1),
        ("Y", f"WeekBasedYear{_WEEK}", 1970),
    )
    return {"Year": year, **{name: value for letters, name, value in names if pattern.has(letters)}}


def _hour(pattern: _Pattern) -> bool:
    return pattern.has("Hk") or (pattern.has("hK") and pattern.has("aB"))


def _time(pattern: _Pattern) -> str | None:
    """Midnight; the middle of the morning where that it is one is all there is."""
    if pattern.has("AN"):
        return "00:00"
    minute, second, fraction = pattern.has("m"), pattern.has("s"), pattern.has("Sn")
    if _hour(pattern):
        has_gap = (not minute and (second or fraction)) or (minute and not second and fraction)
        return None if has_gap else "00:00"
    if pattern.has("hKmsSn") or not pattern.has("aB"):
        return None
    return "06:00" if pattern.has("a") else "00:00"


def _time_fields(pattern: _Pattern) -> dict[str, int]:
    fields: dict[str, int] = {}
    if _hour(pattern):
        fields["HourOfDay"] = 0
    elif pattern.has("hK"):
        fields["HourOfAmPm"] = 0
    if pattern.has("a") and not pattern.has("hK"):
        fields["AmPmOfDay"] = 0
    fields |= {"MinuteOfHour": 0} if pattern.has("m") else {}
    if pattern.has("s"):
        return {**fields, "SecondOfMinute": 0, **_FRACTIONS}
    return {**fields, "NanoOfSecond": 0} if pattern.has("Sn") else fields
