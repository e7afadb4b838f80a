# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Queries as far as a server refuses them when a configuration is put: their names, not their meaning.

The server keeps what was sent and parses a copy of it, so positions are those in the copy.
"""

from __future__ import annotations

from simulator.versions import Version

from .faults import Fault, illegal_argument, parsing_fault, status_fault, unknown_named
from .positions import END_OBJECT, FIELD_NAME, START_OBJECT, TokenStream, compact

_QUERY_NAMES = (
    "bool boosting combined_fields constant_score dis_max distance_feature exists function_score fuzzy "
    "geo_bounding_box geo_distance geo_polygon geo_shape has_child has_parent ids intervals match match_all "
    "match_bool_prefix match_none match_phrase match_phrase_prefix more_like_this multi_match nested parent_id "
    "percolate pinned prefix query_string range rank_feature regexp script script_score semantic shape "
    "simple_query_string span_containing span_first span_multi span_near span_not span_or span_term span_within "
    "sparse_vector term terms terms_set text_expansion wildcard wrapper"
)
_QUERIES = frozenset(_QUERY_NAMES.split())
_LAST_IN_7 = frozenset(("common", "type"))
_ONE_FIELD = frozenset(["fuzzy", "match", "match_phrase", "prefix", "range", "regexp", "term", "wildcard"])


def check_query(release: Version, query: dict, message: str) -> dict:
    """Returns the query. Raises Fault with `message` around what is wrong with it."""
    try:
        read_query(TokenStream(release, compact(query)))
    except Fault as fault:
        raise status_fault(message, fault) from fault
    return query


def read_query(stream: TokenStream) -> None:
    """Reads on to a query and into it. Raises Fault for one that isn't known."""
    stream.next()
    if stream.next() == END_OBJECT:
        line, column = stream.location
        raise illegal_argument(f"query malformed, empty clause found at [{line}:{column}]")
    name, location = stream.token.value, stream.location
    if stream.next() != START_OBJECT:
        raise parsing_fault(location, f"[{name}] query malformed, no start_object after query name")
    if name not in _QUERIES and (stream.release.since(8) or name not in _LAST_IN_7):
        if not stream.release.since(7, 5):
            raise parsing_fault(stream.location, f"no [query] registered for [{name}]")
        raise unknown_named(stream.release, stream.location, name)
    if name in _ONE_FIELD:
        _check_one_field(stream, name)


def _check_one_field(stream: TokenStream, query: str) -> None:
    first = None
    while stream.next() == FIELD_NAME:
        name = stream.token.value
        stream.next()
        if name in ("boost", "_name"):
            stream.read()
        elif first is None:
            first = name
            stream.read()
        else:
            multiple = f"doesn't support multiple fields, found [{first}] and [{name}]"
            raise parsing_fault(stream.location, f"[{query}] query {multiple}")
