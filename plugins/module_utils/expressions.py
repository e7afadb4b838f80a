# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Id expressions: parsed, checked, matched, and packed into request lines that a server accepts."""

from __future__ import annotations

import re

from ansible_collections.mlops.elastic.plugins.module_utils.errors import BadOption

MAX_REQUEST_LINE = 4095
"""Bytes from the method to C(HTTP/1.1): 4096 are accepted from 7.17 on, 4095 before."""

TARGETING_SPEC = {
    "exclude": {"type": "list", "elements": "str", "default": []},
    "allow_no_match": {"type": "bool", "default": True},
}
MAX_AFFECTED_SPEC = {"max_affected": {"type": "int"}}

_ID = re.compile(r"[a-z0-9](?:[a-z0-9_\-.]*[a-z0-9])?")
_WILDCARD = re.compile(r"[a-z0-9_\-.*]+")
_RULE = (
    "Ids are made of lower-case letters, digits, hyphens and underscores, and begin and end with a letter or digit; "
    "wildcards use * only."
)


def is_wildcard(token):
    return "*" in token


def is_all(token):
    return token == "_all" or set(token) == {"*"}


def parse(option, tokens, max_length=64):
    """Check a list of expressions and return it without repetitions.

    :arg tokens: ids, groups, wildcards, or C(_all) alone
    :arg max_length: characters of a concrete id, None where the server sets no limit
    :raises BadOption: empty list, empty element, malformed id
    """
    if not tokens:
        raise BadOption(option, tokens, "the list is empty", "Name at least one id; an empty list would mean all.")
    for token in tokens:
        _check(option, token, max_length)
    if "_all" in tokens and len(set(tokens)) > 1:
        raise BadOption(option, ",".join(tokens), "_all stands beside other expressions", "Write _all alone.")
    return list(dict.fromkeys(tokens))


def _check(option, token, max_length):
    if not token.strip():
        raise BadOption(
            option,
            token,
            "an element is empty",
            "A template may have left it empty; an empty element would mean all.",
        )
    if token == "_all":
        return
    if "," in token:
        raise BadOption(option, token, "a comma stands inside one element", "Write a list with one id each.")
    if is_wildcard(token):
        if not _WILDCARD.fullmatch(token):
            raise BadOption(option, token, "it is not a valid expression", _RULE)
        return
    if not _ID.fullmatch(token):
        raise BadOption(option, token, "it is not a valid id", _RULE)
    if max_length and len(token) > max_length:
        raise BadOption(
            option,
            token,
            f"it has {len(token)} characters",
            f"An id cannot contain more than {max_length} characters.",
        )


def matches(token, names):
    """Tell whether an expression takes in an item known by these names (its id and its groups)."""
    if is_all(token):
        return True
    if not is_wildcard(token):
        return token in names
    pattern = re.compile(".*".join(re.escape(part) for part in token.split("*")))
    return any(pattern.fullmatch(name) for name in names)


def pack(tokens, overhead):
    """Join tokens by commas into as few expressions as fit a request line each.

    :arg tokens: ids or wildcards, none of which needs percent-encoding
    :arg overhead: bytes of the request line besides the expression
    """
    room = MAX_REQUEST_LINE - overhead
    chunks, length = [[]], 0
    for token in tokens:
        added = len(token) + (1 if chunks[-1] else 0)
        if chunks[-1] and length + added > room:
            chunks.append([])
            length, added = 0, len(token)
        chunks[-1].append(token)
        length += added
    return [",".join(chunk) for chunk in chunks if chunk]
