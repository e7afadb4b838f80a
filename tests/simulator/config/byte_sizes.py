# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sizes as the server reads, keeps and prints them (ByteSizeValue)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from simulator.versions import NEWEST, Version

from .faults import Fault, illegal_argument
from .numbers import DECIMAL_TEXT, INTEGER_TEXT, MOST, readable

_BYTES = {"b": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30, "tb": 1 << 40, "pb": 1 << 50}
_DECIMALS = 2


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
        return readable(self.bytes, _BYTES) if self.bytes > 0 else f"{self.bytes}b"


@dataclass(frozen=True)
class _Given:
    """A size to be read: the whole text, the setting it is for, and what stands before the unit."""

    text: str
    setting: str
    number: str
    unit: str

    @property
    def prefix(self) -> str:
        return f"failed to parse setting [{self.setting}] with value [{self.text}]"

    def refused(self, more: str = "", cause: Fault | None = None, **members) -> Fault:
        return Fault("parse_exception", self.prefix + more, cause, **members)


def byte_size(text: str, setting: str, release: Version = NEWEST) -> ByteSize:
    """`1gb`, `1g`, `1.5gb` (kept in bytes), `-1` or `0` (ByteSizeValue.parseBytesSizeValue). Raises Fault."""
    normalized = text.lower().strip()
    parsed = re.fullmatch(r"(.*?)([kmgtp]?b|[kmgtp])", normalized)
    if not parsed:
        if normalized in ("-1", "0"):
            return ByteSize(int(normalized), "b")
        raise _Given(text, setting, "", "").refused(" as a size in bytes: unit is missing or unrecognized")
    unit = parsed[2] if parsed[2].endswith("b") else f"{parsed[2]}b"
    given = _Given(text, setting, parsed[1].strip(), unit)
    if INTEGER_TEXT.fullmatch(given.number) and abs(int(given.number)) <= MOST:
        return _within_limits(given, ByteSize(int(given.number), unit))
    if unit == "b" or not DECIMAL_TEXT.fullmatch(given.number):
        raise _not_a_number(given, release)
    return _exact(given) if release.since(9) else _approximate(given)


def _within_limits(given: _Given, size: ByteSize) -> ByteSize:
    problem = None
    if size.amount < (-1 if size.unit == "b" else 0):
        problem = f"less than -1 bytes are not supported: {size.stored}"
    elif size.bytes > MOST:
        problem = f"greater than {MOST} bytes are not supported: {size.stored}"
    if problem:
        raise given.refused(" as a size in bytes", illegal_argument(f"Values {problem}"))
    return size


def _not_a_number(given: _Given, release: Version) -> Fault:
    """Since 9.0 with what Java's decimal numbers say of it too, except where no decimals are allowed anyway."""
    cause = Fault("number_format_exception", f'For input string: "{given.number}"')
    if not release.since(9) or DECIMAL_TEXT.fullmatch(given.number):
        return given.refused(cause=cause)
    decimal = {"type": "number_format_exception", "reason": _decimal_problem(given.number)}
    return given.refused(cause=cause, suppressed=[decimal])


def _decimal_problem(text: str) -> str | None:
    """What java.math.BigDecimal says of a text that is no number; nothing where it runs out of characters."""
    mantissa, exponent = re.fullmatch(r"([^e]*)(?:e(.*))?", text, re.DOTALL).groups()
    digits = mantissa.removeprefix("-") if mantissa.startswith("-") else mantissa.removeprefix("+")
    seen_point = False
    for character in digits:
        if character == "." and seen_point:
            return "Character array contains more than one decimal point."
        if not character.isdigit() and character != ".":
            marks = 'a decimal digit number, decimal point, nor "e" notation exponential mark'
            return f"Character {character} is neither {marks}."
        seen_point = seen_point or character == "."
    if exponent is not None and not exponent.lstrip("+-"):
        return None if any(map(str.isdigit, digits)) else "No digits found."
    if exponent and re.fullmatch(r"[-+]?\d+", exponent) is None:
        return "Not a digit."
    return "No digits found." if text else None


def _exact(given: _Given) -> ByteSize:
    """Since 9.0: at most two decimals, rounded up to bytes; a whole number keeps its unit."""
    number = Decimal(given.number)
    if -number.as_tuple().exponent > _DECIMALS:
        raise Fault(
            "parse_exception",
            f"failed to parse setting [{given.setting}] with more than two decimals in value [{given.text}]",
        )
    if number < 0:
        raise given.refused()
    size = number * _BYTES[given.unit]
    if size > MOST:
        overflow = Fault("arithmetic_exception", "Overflow")
        reason = f"failed to parse setting [{given.setting}] with value beyond {MOST}: [{given.text}]"
        unread = {"type": "number_format_exception", "reason": f'For input string: "{given.number}"'}
        raise Fault("parse_exception", reason, overflow, suppressed=[unread])
    if number == number.to_integral_value():
        return ByteSize(int(number), given.unit)
    return ByteSize(int(size.to_integral_value(ROUND_CEILING)), "b")


def _approximate(given: _Given) -> ByteSize:
    """Before 9.0: a double, cut off to bytes."""
    return _within_limits(given, ByteSize(min(MOST, int(float(given.number) * _BYTES[given.unit])), "b"))
