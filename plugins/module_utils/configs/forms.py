# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Forms of values: two of them are equal if, and only if, the server takes them for the same."""

from __future__ import annotations

import math
import re
from decimal import Decimal

_NANOS = {
    "d": 86_400_000_000_000,
    "h": 3_600_000_000_000,
    "m": 60_000_000_000,
    "s": 1_000_000_000,
    "ms": 1_000_000,
    "micros": 1_000,
    "nanos": 1,
}
_BYTES = {"pb": 1 << 50, "tb": 1 << 40, "gb": 1 << 30, "mb": 1 << 20, "kb": 1 << 10, "b": 1}
# "M" would be months to a server, which it refuses; the other units it takes in either case, and nothing without one.
_DURATION = re.compile(r"\s*([0-9]+)\s*((?i:nanos|micros|ms|s|h|d)|m)\s*")
_SIZE = re.compile(r"\s*([0-9]+|[0-9]+\.[0-9]+(?=\s*[kmgtp]))\s*([kmgtp]?b|[kmgtp])\s*", re.IGNORECASE)


def unordered(values):
    """Return names of which neither order nor repetition means anything; one name may stand for a list of it."""
    return sorted({str(value) for value in ([values] if isinstance(values, (str, int, float)) else values)})


def exchange(before, after):
    """Return what has to be added to one list of names, and removed from it, so that it becomes another."""
    return sorted(set(after) - set(before)), sorted(set(before) - set(after))


def listed(values):
    """Return a list; one text may stand for a list of it."""
    return [values] if isinstance(values, str) else list(values)


def indices(names):
    """Return names of indices, whose order counts only where one takes away what others named before it."""
    names = listed(names)
    excluding = any(name.startswith("-") or ":-" in name for name in names)
    return names if excluding else unordered(names)


def query(value):
    """Return a query, which comes back as it was sent; what matches everything has two texts."""
    return {"match_all": {}} if value == {"match_all": {"boost": 1}} else value


def duration(value):
    """Return a duration in the largest unit that it is a whole number of: C(60m) is C(1h) (TimeValue)."""
    found = _DURATION.fullmatch(str(value))
    return _in_largest_unit(int(found[1]) * _NANOS[found[2].lower()], _NANOS, "s") if found else value


def size(value):
    """Return a size in the largest unit that it is a whole number of: C(1024mb) is C(1gb) (ByteSizeValue).

    A fraction is rounded up to bytes, as since 9.0; servers before cut it off.
    """
    found = _SIZE.fullmatch(str(value))
    if not found:
        return value
    unit = found[2].lower()
    amount = math.ceil(Decimal(found[1]) * _BYTES[unit if unit.endswith("b") else f"{unit}b"])
    return _in_largest_unit(amount, _BYTES, "b")


def _in_largest_unit(amount, units, of_nothing):
    unit = next(unit for unit in units if amount % units[unit] == 0) if amount else of_nothing
    return f"{amount // units[unit]}{unit}"
