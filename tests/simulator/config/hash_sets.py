# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order in which a java.util.HashSet of strings gives them back."""

from __future__ import annotations

from collections.abc import Iterable

_FULL = 0.75


def in_hash_order(first: Iterable[str], added: Iterable[str] = ()) -> list[str]:
    """`new HashSet<>(first)`, then `addAll(added)`: by bucket, then as they came."""
    present = list(first)
    names = list(dict.fromkeys([*present, *added]))
    buckets = 16
    while buckets < int(len(present) / _FULL) + 1 or len(names) > buckets * _FULL:
        buckets *= 2
    return sorted(names, key=lambda name: _spread(name) % buckets)


def _spread(text: str) -> int:
    """String.hashCode, with its upper half mixed into the lower one (HashMap.hash)."""
    units = text.encode("utf-16-be", "surrogatepass")
    code = 0
    for unit in range(0, len(units), 2):
        code = (31 * code + int.from_bytes(units[unit : unit + 2], "big")) & 0xFFFFFFFF
    return code ^ code >> 16
