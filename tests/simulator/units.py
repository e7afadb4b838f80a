# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times and durations in query parameters and control requests, read as Elasticsearch's TimeValue does."""

import re

from simulator import errors

MILLISECONDS = {"nanos": 0, "micros": 0, "ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
DURATION = re.compile(r"(-?\d+)\s*(nanos|micros|ms|s|m|h|d)")


def duration(text: str, setting: str = "duration") -> int:
    """Milliseconds of a duration such as `30m`; `-1` stays -1 and `0` is 0.

    Raises ApiError 400 with the reason of TimeValue.parseTimeValue.
    """
    value = text.lower().strip()
    if value in ("-1", "0"):
        return int(value)
    parsed = DURATION.fullmatch(value)
    prefix = f"failed to parse setting [{setting}] with value [{text}] as a time value: "
    if not parsed:
        raise errors.illegal_argument(prefix + "unit is missing or unrecognized")
    if int(parsed[1]) < 0 and value != "-1":
        raise errors.illegal_argument(prefix + "negative durations are not supported")
    return int(parsed[1]) * MILLISECONDS[parsed[2]]
