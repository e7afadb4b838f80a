# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times as the server parses them to instants, and as it prints instants (java.time.Instant)."""

from __future__ import annotations

from datetime import datetime, timezone

from simulator import date_math
from simulator.versions import Version

from .faults import Fault, illegal_argument
from .parser import Kind, Reader
from .positions import NUMBER, SCALARS, STRING, TokenStream
from .values import INTEGER_TEXT

SECONDS_IN_400_YEARS = 146_097 * 86_400
SECONDS_AT_MOST = 10  # digits: a longer number counts milliseconds (TimeUtils.dateStringToEpoch, before 7.4)
PARTS = ("year", "month", "day", "hour", "minute", "second")


def text_of(milliseconds: int) -> str:
    """Instant.toString: seconds always, a fraction of three digits where there is one."""
    moment, number = _moment(milliseconds)
    fraction = milliseconds % 1000
    year = f"+{number}" if number > 9999 else f"{number:04}" if number >= 0 else f"-{-number:04}"
    return f"{year}{moment:-%m-%dT%H:%M:%S}{f'.{fraction:03}' if fraction else ''}Z"


def date_text_of(milliseconds: int) -> str:
    """java.util.Date.toString, on a server whose time zone is UTC."""
    moment, year = _moment(milliseconds)
    return f"{moment:%a %b %d %H:%M:%S} UTC {year}"


def _moment(milliseconds: int) -> tuple[datetime, int]:
    """The date and time, in a year of the same kind, and the year."""
    cycles, within = divmod(milliseconds // 1000, SECONDS_IN_400_YEARS)
    moment = datetime.fromtimestamp(within, timezone.utc)
    return moment, moment.year + 400 * cycles


def instant(name: str) -> Kind:
    """A field of milliseconds since the epoch, given as a number or a date (TimeUtils.parseTimeFieldToInstant)."""
    return Kind(frozenset(SCALARS), _reader(name))


def _reader(name: str) -> Reader:
    def read(stream: TokenStream) -> int:
        if stream.kind == NUMBER:
            return int(stream.token.value)
        if stream.kind == STRING:
            parse = _parse if stream.release.since(7, 4) else _parse_leniently
            return parse(stream.release, stream.token.value)
        raise illegal_argument(f"unexpected token [{stream.kind}] for [{name}]")

    return read


def _parse_leniently(_release: Version, text: str) -> int:
    """A number of up to ten digits counts seconds, what can't be read is -1."""
    if INTEGER_TEXT.fullmatch(text):
        return int(text) * (1000 if len(text) <= SECONDS_AT_MOST else 1)
    try:
        return date_math.from_date(text)
    except ValueError:
        return -1


def _parse(release: Version, text: str) -> int:
    found = date_math.DATE.fullmatch(text)
    if found and not found["zone"]:
        raise _no_instant(release, found)
    try:
        return date_math.from_date(text)
    except ValueError:
        raise date_math.not_a_date(text).cause from None


def _no_instant(release: Version, found) -> Fault:
    """Of a date without a time or a zone; the words changed with the date parser of 8."""
    if release.since(8):
        given = [f"{part}s={int(found[part]) if found[part] else 'null'}" for part in PARTS]
        given += [f"nanos={_nanos(found)}", "zoneId=null", "offset=null"]
        read = f"DateTime[{', '.join(given)}] of type org.elasticsearch.common.time.DateTime"
        cause = "No InstantSeconds value available"
    else:
        read = f"{_resolved(found)} of type java.time.format.Parsed"
        cause = "Unsupported field: InstantSeconds"
    reason = f"Unable to obtain Instant from TemporalAccessor: {read}"
    return Fault("date_time_exception", reason, Fault("unsupported_temporal_type_exception", cause))


def _nanos(found) -> str:
    return found["fraction"].ljust(9, "0").lstrip("0") or "0" if found["fraction"] else "null"


def _resolved(found) -> str:
    """Parsed.toString: loose fields, or the date and time that they make."""
    if not found["day"]:
        month = f", MonthOfYear={int(found['month'])}" if found["month"] else ""
        return f"{{Year={int(found['year'])}{month}}},ISO"
    time = found.group().partition("T")[2]
    if time and not found["minute"]:
        time += ":00"
    return f"{{}},ISO resolved to {found['year']}-{found['month']}-{found['day']}{'T' if time else ''}{time}"
