# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Id expressions: ids, groups, wildcards, `_all`, lists of them."""

import re
from collections.abc import Callable, Mapping

ALL = "_all"


class Filtered(Mapping):
    """Those of the resources for which a test holds; asking for one costs no look at the others."""

    def __init__(self, resources: Mapping[str, object], test: Callable[[object], bool]):
        self._resources = resources
        self._test = test

    def __getitem__(self, name: str) -> object:
        if name not in self:
            raise KeyError(name)
        return self._resources[name]

    def __contains__(self, name: object) -> bool:
        return name in self._resources and self._test(self._resources[name])

    def __iter__(self):
        return (name for name, resource in self._resources.items() if self._test(resource))

    def __len__(self) -> int:
        return sum(1 for _name in self)


def tokens(expression: str | None) -> list[str]:
    """The tokens of an expression; one that means everything (`_all`, `*`, nothing at all) gives `["*"]`."""
    found = [token.strip() for token in (expression or "").split(",") if token.strip()]
    return ["*"] if not found or found in ([ALL], ["*"]) else found


def comma_separated(text: str) -> list[str]:
    """As Strings.splitStringByCommaToArray: not trimmed, without the empty ones at the end."""
    return text.rstrip(",").split(",") if text.strip(",") else []


def pattern(token: str) -> re.Pattern:
    return re.compile(".*".join(re.escape(piece) for piece in token.split("*")), re.DOTALL)


def expand(
    expression: str | None,
    resources: Mapping[str, object],
    *,
    allow_no_match: bool,
    missing: Callable[[str], Exception],
    groups: Callable[[], Mapping[str, list[str]]] = dict,
) -> list[str]:
    """Sorted ids that an expression names.

    `groups` gives group names and their ids; it is only called when a token is not an id itself.
    Raises `missing(<tokens>)` naming every token without a match; `allow_no_match` excuses wildcards.
    """
    chosen: set[str] = set()
    unmatched: list[str] = []
    for token in tokens(expression):
        matched = matches(token, resources, groups)
        chosen.update(matched)
        if not matched and not ("*" in token and allow_no_match):
            unmatched.append(token)
    if unmatched:
        raise missing(",".join(unmatched))
    return sorted(chosen)


def select(tokens: list[str], resources: Mapping[str, object], *, wildcards: bool) -> list:
    """The resources that ids, and wildcards if they count as such, name; nothing for the rest."""
    names: set[str] = set()
    for token in tokens:
        names.update(matches(token, resources, dict) if wildcards else {token} & resources.keys())
    return [resources[name] for name in names]


def matches(token: str, resources: Mapping[str, object], groups: Callable[[], Mapping[str, list[str]]]) -> list[str]:
    if token == "*":
        return list(resources)
    if token in resources:
        return [token]
    by_group = groups()
    if "*" not in token:
        return by_group.get(token, [])
    regex = pattern(token)
    matched = [name for name in resources if regex.fullmatch(name)]
    for group, members in by_group.items():
        if regex.fullmatch(group):
            matched += members
    return matched
