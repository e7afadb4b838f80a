# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times and durations in query parameters, bodies and control requests."""

from simulator import date_math, errors
from simulator.config.faults import as_reply
from simulator.config.values import time_value


class Duration(int):
    """Whole milliseconds; `text` is how the server prints them."""

    text: str

    def __new__(cls, milliseconds: int, text: str):
        duration = super().__new__(cls, milliseconds)
        duration.text = text
        return duration


def duration(text: str, setting: str = "duration", *, negative: bool = False) -> Duration:
    """A duration such as `30m`. Raises ApiError 400 with the server's reason."""
    with as_reply():
        value = time_value(text, setting, negative=negative)
    return Duration(value.millis, str(value))


def moment(name: str, text: str, now: int) -> int:
    """Milliseconds of `now`, an ISO date, or a number: up to 10 digits are seconds (TimeUtils.dateStringToEpoch).

    Raises ApiError 400 that names the parameter.
    """
    if text == "now":
        return now
    if text.isdigit():
        return int(text) * 1000 if len(text) <= 10 else int(text)
    try:
        if not text.startswith("-"):
            return date_math.from_date(text)
    except ValueError:
        pass
    reason = f"Query param [{name}] with value [{text}] cannot be parsed as a date or converted to a number (epoch)."
    raise errors.ApiError(400, "parse_exception", reason)
