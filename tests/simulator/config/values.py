# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Durations and sizes as the server reads, keeps and prints them (TimeValue, ByteSizeValue)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .byte_sizes import ByteSize, byte_size
from .faults import Fault, illegal_argument
from .numbers import DECIMAL_TEXT, INTEGER_TEXT, readable

__all__ = ["DECIMAL_TEXT", "INTEGER_TEXT", "ByteSize", "TimeValue", "byte_size", "time_value"]

_NANOS = {
    "nanos": 1,
    "micros": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
    "d": 86_400_000_000_000,
}


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
        return readable(self.nanos, _NANOS)


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
