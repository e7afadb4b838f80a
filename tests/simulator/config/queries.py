# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Queries and aggregations as far as a server refuses them when a configuration is put: names, not their meaning.

The server keeps what was sent and parses a copy of it, so positions are those in the copy.
"""

from __future__ import annotations

from typing import Any

from simulator.versions import Version

from .faults import Fault, illegal_argument, status_fault
from .positions import END_OBJECT, FIELD_NAME, START_OBJECT, TokenStream, compact

_QUERY_NAMES = (
    "bool boosting combined_fields constant_score dis_max distance_feature exists function_score fuzzy "
    "geo_bounding_box geo_distance geo_polygon geo_shape has_child has_parent ids intervals match match_all "
    "match_bool_prefix match_none match_phrase match_phrase_prefix more_like_this multi_match nested parent_id "
    "percolate pinned prefix query_string range rank_feature regexp script script_score semantic shape "
    "simple_query_string span_containing span_first span_multi span_near span_not span_or span_term span_within "
    "sparse_vector term terms terms_set text_expansion wildcard wrapper"
)
_AGGREGATION_NAMES = (
    "adjacency_matrix auto_date_histogram avg avg_bucket boxplot bucket_script bucket_selector bucket_sort "
    "cardinality categorize_text children composite cumulative_cardinality cumulative_sum date_histogram "
    "date_range derivative diversified_sampler extended_stats extended_stats_bucket filter filters "
    "frequent_item_sets geo_bounds geo_centroid geo_distance geo_line geohash_grid geohex_grid geotile_grid "
    "global histogram inference ip_prefix ip_range matrix_stats max max_bucket median_absolute_deviation min "
    "min_bucket missing moving_avg moving_fn moving_percentiles multi_terms nested normalize parent "
    "percentile_ranks percentiles percentiles_bucket random_sampler range rare_terms rate reverse_nested sampler "
    "scripted_metric serial_diff significant_terms significant_text stats stats_bucket string_stats sum "
    "sum_bucket t_test terms time_series top_hits top_metrics value_count variable_width_histogram weighted_avg"
)
_QUERIES = frozenset(_QUERY_NAMES.split())
_LAST_IN_7 = frozenset(("common", "type"))
_AGGREGATIONS = frozenset(_AGGREGATION_NAMES.split())
_SUB = ("aggs", "aggregations")
_NOT_TYPES = (*_SUB, "meta")
_ONE_FIELD = frozenset(["fuzzy", "match", "match_phrase", "prefix", "range", "regexp", "term", "wildcard"])


def check_query(release: Version, query: dict, message: str) -> dict:
    """Returns the query. Raises Fault with `message` around what is wrong with it."""
    try:
        _read_query(TokenStream(release, compact(query)))
    except Fault as fault:
        raise status_fault(message, fault) from fault
    return query


def _parsing(location: tuple[int, int], reason: str) -> Fault:
    return Fault("parsing_exception", reason, line=location[0], col=location[1])


def _unknown(location: tuple[int, int], name: str) -> Fault:
    line, column = location
    return Fault("named_object_not_found_exception", f"[{line}:{column}] unknown field [{name}]", location=location)


def _read_query(stream: TokenStream) -> None:
    stream.next()
    if stream.next() == END_OBJECT:
        line, column = stream.location
        raise illegal_argument(f"query malformed, empty clause found at [{line}:{column}]")
    name, location = stream.token.value, stream.location
    if stream.next() != START_OBJECT:
        raise _parsing(location, f"[{name}] query malformed, no start_object after query name")
    if name not in _QUERIES and (stream.release.since(8) or name not in _LAST_IN_7):
        if not stream.release.since(7, 5):
            raise _parsing(stream.location, f"no [query] registered for [{name}]")
        raise _unknown(stream.location, name)
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
            raise _parsing(stream.location, f"[{query}] query {multiple}")


def check_aggregations(release: Version, aggregations: dict) -> dict:
    """Returns the aggregations. Raises Fault unless every one has a known type."""
    try:
        if not aggregations:
            raise Fault("exception", "aggs cannot be empty")
        _read_aggregations(TokenStream(release, compact(aggregations)))
    except Fault as fault:
        raise status_fault("Datafeed aggregations are not parsable", fault) from fault
    return aggregations


def _read_aggregations(stream: TokenStream) -> None:
    stream.next()
    while stream.next() == FIELD_NAME:
        aggregation = stream.token.value
        stream.next()
        while stream.next() == FIELD_NAME:
            _read_aggregation(stream, aggregation, stream.token.value)


def _read_aggregation(stream: TokenStream, aggregation: str, type: str) -> None:
    stream.next()
    if type not in _AGGREGATIONS and type not in _NOT_TYPES:
        raise _unknown(stream.location, type)
    settings: Any = stream.read()
    if type == "histogram" and settings.get("interval", 1) <= 0:
        raise illegal_argument(f"[interval] must be >0 for histogram aggregation [{aggregation}]")
