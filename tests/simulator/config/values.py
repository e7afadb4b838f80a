# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Durations and sizes as the server reads, keeps and prints them (TimeValue, ByteSizeValue)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .faults import Fault, illegal_argument

_NANOS = {
    "nanos": 1,
    "micros": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
    "d": 86_400_000_000_000,
}
_BYTES = {"b": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30, "tb": 1 << 40, "pb": 1 << 50}
INTEGER_TEXT = re.compile(r"[-+]?\d+")
DECIMAL_TEXT = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")


def _readable(amount: int, units: dict[str, int]) -> str:
    unit, size = next(item for item in reversed(units.items()) if amount >= item[1])
    tenths = amount * 10 // size
    return f"{tenths // 10}{f'.{tenths % 10}' if tenths % 10 else ''}{unit}"


@dataclass(frozen=True)
class TimeValue:
    amount: int
    unit: str

    @property
    def nanos(self) -> int:
        return self.amount * _NANOS[self.unit]

    @property
    def seconds(self) -> int:
        return int(self.nanos / _NANOS["s"])

    @property
    def millis(self) -> int:
        return int(self.nanos / _NANOS["ms"])

    @property
    def stored(self) -> str:
        """As it is kept and returned: in the unit it was given in."""
        return str(self.amount) if self.amount < 0 else f"{self.amount}{self.unit}"

    def __str__(self) -> str:
        """As messages show it: in the largest unit, one decimal, cut off."""
        if self.nanos <= 0:
            return str(self.amount) if self.amount < 0 else "0s"
        return _readable(self.nanos, _NANOS)


def time_value(text: str, setting: str, *, negative: bool = False) -> TimeValue:
    """TimeValue.parseTimeValue: an integer with a unit, `-1` or `0`; `M` is not a unit. Raises Fault."""
    normalized = text.lower().strip()
    unit = next((unit for unit in _NANOS if normalized.endswith(unit)), None)
    prefix = f"failed to parse setting [{setting}] with value [{text}] as a time value: "
    if unit == "m" and not text.strip().endswith("m"):
        unit = None
    if unit is None:
        if re.fullmatch("-0*1|0+", normalized):
            return TimeValue(int(normalized), "ms")
        raise illegal_argument(prefix + "unit is missing or unrecognized")
    number = normalized.removesuffix(unit).strip()
    if not INTEGER_TEXT.fullmatch(number) or abs(int(number)) >= 1 << 63:
        cause = Fault("number_format_exception", f'For input string: "{number}"')
        fractional = ", fractional time values are not supported" if DECIMAL_TEXT.fullmatch(number) else ""
        raise illegal_argument(f"failed to parse [{text}]{fractional}", cause)
    if int(number) < -1 and not negative:
        raise illegal_argument(prefix + "negative durations are not supported")
    return TimeValue(int(number), unit)


@dataclass(frozen=True)
class ByteSize:
    amount: int
    unit: str

    @property
    def bytes(self) -> int:
        return self.amount * _BYTES[self.unit]

    @property
    def megabytes(self) -> int:
        return self.bytes // _BYTES["mb"]

    @property
    def stored(self) -> str:
        return f"{self.amount}{self.unit}"

    def __str__(self) -> str:
        return _readable(self.bytes, _BYTES) if self.bytes > 0 else f"{self.bytes}b"


def byte_size(text: str, setting: str) -> ByteSize:
    """ByteSizeValue.parseBytesSizeValue: `1gb`, `1g`, `1.5gb` (kept in bytes), `-1` or `0`. Raises Fault."""
    normalized = text.lower().strip()
    parsed = re.fullmatch(r"(.*?)([kmgtp]?b|[kmgtp])", normalized)
    prefix = f"failed to parse setting [{setting}] with value [{text}]"
    if not parsed:
        if normalized in ("-1", "0"):
            return ByteSize(int(normalized), "b")
        raise Fault("parse_exception", f"{prefix} as a size in bytes: unit is missing or unrecognized")
    number, unit = parsed[1].strip(), parsed[2] if parsed[2].endswith("b") else f"{parsed[2]}b"
    if INTEGER_TEXT.fullmatch(number):
        size = ByteSize(int(number), unit)
        if size.amount < (-1 if unit == "b" else 0):
            cause = illegal_argument(f"Values less than -1 bytes are not supported: {size.stored}")
            raise Fault("parse_exception", f"{prefix} as a size in bytes", cause)
        return size
    if DECIMAL_TEXT.fullmatch(number):
        return ByteSize(int(float(number) * _BYTES[unit]), "b")
    raise Fault("parse_exception", prefix, Fault("number_format_exception", f'For input string: "{number}"'))
