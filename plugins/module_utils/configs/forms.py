# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Forms of values: two of them are equal if, and only if, the server takes them for the same.

What the server would refuse stays as it is.
"""

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
# "M" would be months to a server, which it refuses; the other units it takes in either case, and nothing without one.
_DURATION = re.compile(r"\s*(\d+)\s*((?i:nanos|micros|ms|s|h|d)|m)\s*", re.ASCII)
_BYTES = {"pb": 1 << 50, "tb": 1 << 40, "gb": 1 << 30, "mb": 1 << 20, "kb": 1 << 10, "b": 1}
_SIZE = re.compile(r"\s*([0-9]+|[0-9]+\.[0-9]+(?=\s*[kmgtp]))\s*([kmgtp]?b|[kmgtp])\s*", re.IGNORECASE)
_INTEGER = re.compile(r"[-+]?\d+", re.ASCII)
_DECIMAL = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.ASCII | re.IGNORECASE)


def listed(value):
    """Return a list: the server takes one value for a list of it."""
    return value if isinstance(value, list) else [value]


def text(value):
    """Return the text that the server reads from a scalar."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, (int, float)) else value


def texts(values):
    """Return a list of texts whose order matters."""
    return [text(value) for value in listed(values)]


def unordered(values):
    """Return names of which neither order nor repetition means anything; one name may stand for a list of it."""
    return sorted(set(map(str, texts(values))))


def exchange(before, after):
    """Return what has to be added to one list of names, and removed from it, so that it becomes another."""
    return sorted(set(after) - set(before)), sorted(set(before) - set(after))


def lower(value):
    """Return the name of a constant, of which case means nothing."""
    return value.lower() if isinstance(value, str) else value


def truth(value):
    """Return a bool, which may be given as a text."""
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def whole(value):
    """Return an int, which may be given as a text, or with a fraction that the server drops."""
    is_text = isinstance(value, str) and _INTEGER.fullmatch(value)
    return int(value) if is_text or (isinstance(value, float) and math.isfinite(value)) else value


def decimal(value):
    """Return a float, which may be given as a whole number or a text."""
    is_text = isinstance(value, str) and _DECIMAL.fullmatch(value)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_text or is_number else value


def length(value):
    """Return the nanoseconds of a duration (TimeValue), or None where it is none."""
    found = _DURATION.fullmatch(str(value))
    if found:
        return int(found[1]) * _NANOS[found[2].lower()]
    return 0 if text(value) == "0" else None


def duration(value):
    """Return a duration in the largest unit that it is a whole number of: C(60m) is C(1h) (TimeValue)."""
    nanos = length(value)
    return value if nanos is None else _in_largest_unit(nanos, _NANOS, "s")


def bytes_of(value):
    """Return the bytes of a size (ByteSizeValue), or None where it is none."""
    found = _SIZE.fullmatch(value) if isinstance(value, str) else None
    if not found:
        return None
    unit = found[2].lower()
    return math.ceil(Decimal(found[1]) * _BYTES[unit if unit.endswith("b") else f"{unit}b"])


def size(value):
    """Return a size in the largest unit that it is a whole number of: C(1024mb) is C(1gb) (ByteSizeValue).

    A fraction is rounded up to bytes, as since 9.0; servers before cut it off.
    """
    amount = bytes_of(value)
    return value if amount is None else _in_largest_unit(amount, _BYTES, "b")


def megabytes(value):
    """Return a size as AnalysisLimits keeps it, in whole MiB, cut off; a number is one of MiB."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{int(value)}mb"
    amount = bytes_of(value)
    return value if amount is None else f"{amount // _BYTES['mb']}mb"


def indices(names):
    """Return names of indices, whose order counts only where one takes away what others named before it."""
    names = listed(names)
    excluding = any(name.startswith("-") or ":-" in name for name in names)
    return names if excluding else unordered(names)


def query(value):
    """Return a query, which comes back as it was sent; what matches everything has two texts."""
    return {"match_all": {}} if value == {"match_all": {"boost": 1}} else value


def _in_largest_unit(amount, units, of_nothing):
    unit = next(unit for unit in units if amount % units[unit] == 0) if amount else of_nothing
    return f"{amount // units[unit]}{unit}"
