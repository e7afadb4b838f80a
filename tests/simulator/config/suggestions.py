# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The `did you mean` of refusals: names whose edit distance is less than half of the longer name."""

from collections.abc import Iterable


def distance(one: str, other: str) -> int:
    """Levenshtein's."""
    previous = list(range(len(other) + 1))
    for row, character in enumerate(one, 1):
        current = [row]
        for column, candidate in enumerate(other, 1):
            substituted = previous[column - 1] + (character != candidate)
            current.append(min(previous[column] + 1, current[-1] + 1, substituted))
        previous = current
    return previous[-1]


def similar(name: str, candidates: Iterable[str]) -> list[str]:
    """The candidates alike enough, the best first."""
    scored = [(1 - distance(name, candidate) / max(len(name), len(candidate)), candidate) for candidate in candidates]
    return [candidate for score, candidate in sorted(scored, key=lambda pair: (-pair[0], pair[1])) if score > 0.5]


def suggestion(name: str, candidates: Iterable[str]) -> str:
    """What follows the refusal of an unknown name: nothing, one name, or `any of [...]`."""
    names = similar(name, candidates)
    if not names:
        return ""
    return f" did you mean [{names[0]}]?" if len(names) == 1 else f" did you mean any of [{', '.join(names)}]?"
