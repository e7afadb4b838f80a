# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The default `query_delay` of a datafeed: between 60 and 120 seconds, drawn by java.util.Random from the job's id."""

from .values import TimeValue

_LEAST_MS, _MOST_MS = 60_000, 120_000
_MULTIPLIER, _INCREMENT, _SEED_BITS = 0x5DEECE66D, 0xB, 48
_SEED_MASK = (1 << _SEED_BITS) - 1


def _signed(value: int, bits: int) -> int:
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def _hash(text: str) -> int:
    """String.hashCode of Java."""
    code = 0
    for character in text:
        code = 31 * code + ord(character)
    return _signed(code, 32)


def default_query_delay(job_id: str) -> TimeValue:
    seed = (_hash(job_id) ^ _MULTIPLIER) & _SEED_MASK
    halves = []
    for _half in range(2):
        seed = (seed * _MULTIPLIER + _INCREMENT) & _SEED_MASK
        halves.append(_signed(seed >> (_SEED_BITS - 32), 32))
    drawn = ((halves[0] << 32) + halves[1]) & ((1 << 64) - 1)
    return TimeValue(_LEAST_MS + (drawn >> 1) % (_MOST_MS - _LEAST_MS), "ms")
