# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The histogram a datafeed's aggregations start with, and the interval its chunks and checks follow."""

from __future__ import annotations

from dataclasses import dataclass

from .faults import illegal_argument, status_fault
from .values import time_value

_DAY_MS = 86_400_000
_CALENDAR_MS = {
    **dict.fromkeys(("second", "1s"), 1000),
    **dict.fromkeys(("minute", "1m"), 60_000),
    **dict.fromkeys(("hour", "1h"), 3_600_000),
    **dict.fromkeys(("day", "1d"), _DAY_MS),
    **dict.fromkeys(("week", "1w"), 7 * _DAY_MS),
}
_TOO_VARIABLE = frozenset(("month", "1M", "quarter", "1q", "year", "1y"))
_SUB = ("aggs", "aggregations")


@dataclass(frozen=True)
class Histogram:
    composite: bool
    interval_ms: int


def histogram(aggregations: dict) -> Histogram:
    """The top histogram, or the date_histogram source of a composite. Raises Fault if there is no usable one."""
    if len(aggregations) > 1 and any(_type(aggregation) for aggregation in aggregations.values()):
        raise status_fault("The date_histogram (or histogram) aggregation cannot have sibling aggregations")
    (aggregation,) = aggregations.values() if len(aggregations) == 1 else ({},)
    type = _type(aggregation)
    if type is None:
        nested = [aggregation[name] for name in _SUB if name in aggregation]
        if nested:
            return histogram(nested[0])
        raise status_fault("A date_histogram (or histogram) aggregation is required")
    interval = _interval(type, aggregation[type])
    if interval <= 0:
        raise status_fault("Aggregation interval must be greater than 0")
    return Histogram(type == "composite", interval)


def _type(aggregation: dict) -> str | None:
    return next((type for type in ("date_histogram", "histogram", "composite") if type in aggregation), None)


def _interval(type: str, settings: dict) -> int:
    if type == "histogram":
        return int(float(settings["interval"]))
    if type == "composite":
        sources = [source for named in settings["sources"] for source in named.values()]
        dated = [source["date_histogram"] for source in sources if "date_histogram" in source]
        if not dated:
            raise status_fault("A date_histogram (or histogram) aggregation is required")
        return _interval("date_histogram", dated[0])
    if settings.get("time_zone", "UTC") not in ("UTC", "Z", "+00:00", "GMT"):
        raise status_fault("ML requires date_histogram.time_zone to be UTC")
    text = str(settings.get("calendar_interval") or settings.get("fixed_interval") or settings.get("interval") or "")
    if not text:
        raise illegal_argument("Invalid interval specified, must be non-null and non-empty")
    if text in _TOO_VARIABLE:
        raise status_fault(
            f"When specifying a date_histogram calendar interval [{text}], ML does not accept intervals longer than "
            "a week because of variable lengths of periods greater than a week"
        )
    return _CALENDAR_MS.get(text) or time_value(text, "interval").millis
