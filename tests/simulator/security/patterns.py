# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patterns over action and index names, in which `*` is any text and `?` any character."""

import re
from functools import lru_cache


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern:
    return re.compile("".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in pattern), re.DOTALL)


def matches(pattern: str, name: str) -> bool:
    return _compiled(pattern).fullmatch(name) is not None


def any_matches(patterns, name: str) -> bool:
    return any(matches(pattern, name) for pattern in patterns)


def overlap(pattern: str, other: str) -> bool:
    """Whether two patterns that end in `*` (or are plain names) can match the same name."""
    first, second = pattern.rstrip("*"), other.rstrip("*")
    if first == second:
        return True
    return (first.startswith(second) and other.endswith("*")) or (second.startswith(first) and pattern.endswith("*"))
