# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sizes and time patterns as they are read: what Elastic's own classes (8.19.21, 9.5.3) and java.time made of them."""

from datetime import datetime, timezone

import pytest

from simulator.config import time_patterns
from simulator.config.byte_sizes import byte_size
from simulator.config.faults import Fault
from simulator.versions import Version

START = "failed to parse setting [s] with"
TOO_MUCH = 9_223_372_036_854_775_807
DECIMALS = "more than two decimals in value"
MARKS = 'is neither a decimal digit number, decimal point, nor "e" notation exponential mark.'
NOW = datetime.now(timezone.utc).year


def read(text, version):
    """As stored, or the chain of reasons."""
    try:
        return byte_size(text, "s", Version(version)).stored
    except Fault as fault:
        return reasons(fault)


def reasons(fault):
    suppressed = [one["reason"] for one in fault.members.get("suppressed", ())]
    return [fault.reason, *suppressed, *(reasons(fault.cause) if fault.cause else ())]


@pytest.mark.parametrize(
    ("text", "before", "since_9"),
    [
        ("1.5gb", "1610612736b", "1610612736b"),
        ("1 gb", "1gb", "1gb"),
        ("+1gb", "1gb", "1gb"),
        ("00012kb", "12kb", "12kb"),
        (".5gb", "536870912b", "536870912b"),
        ("1.gb", "1073741824b", "1gb"),
        ("1e2mb", "104857600b", "100mb"),
        ("1.00mb", "1048576b", "1mb"),
        ("1.10mb", "1153433b", "1153434b"),
        ("0.01kb", "10b", "11b"),
        ("1.5e3kb", "1536000b", "1500kb"),
        ("1.255gb", "1347545989b", [f"{START} {DECIMALS} [1.255gb]"]),
        ("1.000mb", "1048576b", [f"{START} {DECIMALS} [1.000mb]"]),
        (
            "-1gb",
            *[[f"{START} value [-1gb] as a size in bytes", "Values less than -1 bytes are not supported: -1gb"]] * 2,
        ),
        (
            "-1.5gb",
            [f"{START} value [-1.5gb] as a size in bytes", "Values less than -1 bytes are not supported: -1610612736b"],
            [f"{START} value [-1.5gb]"],
        ),
        (
            "9999999999gb",
            *[
                [
                    f"{START} value [9999999999gb] as a size in bytes",
                    f"Values greater than {TOO_MUCH} bytes are not supported: 9999999999gb",
                ]
            ]
            * 2,
        ),
        (
            "99999999999999999999gb",
            f"{TOO_MUCH}b",
            [
                f"{START} value beyond {TOO_MUCH}: [99999999999999999999gb]",
                'For input string: "99999999999999999999"',
                "Overflow",
            ],
        ),
        ("1.5b", *[[f"{START} value [1.5b]", 'For input string: "1.5"']] * 2),
        ("x", *[[f"{START} value [x] as a size in bytes: unit is missing or unrecognized"]] * 2),
        *(
            (
                f"{number}gb",
                [f"{START} value [{number}gb]", f'For input string: "{number}"'],
                [f"{START} value [{number}gb]", decimal, f'For input string: "{number}"'],
            )
            for number, decimal in (
                ("1.5.5", "Character array contains more than one decimal point."),
                ("a", f"Character a {MARKS}"),
                ("1,5", f"Character , {MARKS}"),
                ("--1", f"Character - {MARKS}"),
                ("-", "No digits found."),
                (".", "No digits found."),
                ("e5", "No digits found."),
                ("1ex", "Not a digit."),
                ("1e", None),
                ("1e+", None),
                ("", None),
            )
        ),
    ],
)
def test_sizes(text, before, since_9):
    assert [read(text, version) for version in ("7.17.29", "8.19.21", "9.5.3")] == [before, before, since_9]


def lacking(what, fields, resolved=""):
    found = f"TemporalAccessor: {{{fields}}},ISO{resolved} of type java.time.format.Parsed"
    return [f"Unable to obtain LocalDateTime from {found}", f"Unable to obtain {what} from {found}"]


def conflict(printed, what):
    return [f"Text '{printed}' could not be parsed: Conflict found: {what}", f"Conflict found: {what}"]


@pytest.mark.parametrize(
    ("pattern", "causes"),
    [
        *((pattern, None) for pattern in ("yyyy-MM-dd HH:mm:ssX", "yyyyMMddHHmmss", "yy-M-d H", "MM-dd HH:mm")),
        *((pattern, None) for pattern in ("yyyy-DDD HH", "yyyy-MM-dd hh:mm a", "yyyy-MM-dd A", "yyyy-MM-dd a")),
        *((pattern, None) for pattern in ("E, dd MMM yyyy HH:mm:ss", "yyyy-MM-dd [HH]", "yyyy-MM-W-e HH:mm VV")),
        *((pattern, []) for pattern in ("foo bar", "yyyyMMdd'", "yyyy]", "yyyy#", "{", "dddd", "HHH", "V", "p")),
        ("yyyy-MM-dd", lacking("LocalTime", "", " resolved to 1970-01-01")),
        ("MM-dd", lacking("LocalTime", "", f" resolved to {NOW}-01-01")),
        ("yyyy-MM-dd mm", lacking("LocalTime", "MinuteOfHour=0", " resolved to 1970-01-01")),
        ("yyyy-MM-dd h", lacking("LocalTime", "HourOfAmPm=0", " resolved to 1970-01-01")),
        ("yyyy-MM-dd SSS", lacking("LocalTime", "NanoOfSecond=0", " resolved to 1970-01-01")),
        ("yyyy-MM-ddX", lacking("LocalTime", "OffsetSeconds=0", " resolved to 1970-01-01")),
        ("yyyy-MM-dd VV", lacking("LocalTime", "", ",Z resolved to 1970-01-01")),
        ("HH:mm", lacking("LocalDate", f"Year={NOW}", " resolved to 00:00")),
        ("a", lacking("LocalDate", f"Year={NOW}", " resolved to 06:00")),
        ("yyyy", lacking("LocalDate", "Year=1970")),
        ("", lacking("LocalDate", f"Year={NOW}")),
        ("'T'''", lacking("LocalDate", f"Year={NOW}")),
        ("uuuu-MM-dd HH:mm", conflict("1970-01-01 00:00", f"Year 1970 differs from Year {NOW}")),
        ("uu-MM-dd'T'HH", conflict("70-01-01T00", f"Year 2070 differs from Year {NOW}")),
        (
            "E yy-MM-dd HH",
            conflict("Thu 70-01-01 00", "Field DayOfWeek 3 differs from DayOfWeek 4 derived from 2070-01-01"),
        ),
    ],
)
def test_time_patterns(pattern, causes):
    """Causes are None for a pattern that will do, and empty for what isn't one."""
    fault = time_patterns.fault(pattern)
    if causes is None:
        assert fault is None
    else:
        assert reasons(fault) == [f"Invalid Time format string '{pattern}'", *causes]
