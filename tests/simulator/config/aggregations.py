# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Aggregations as far as a server refuses them when a datafeed is put: names, and the histogram's own settings."""

from __future__ import annotations

from simulator.versions import Version

from . import parser as p
from .faults import Fault, illegal_argument, parsing_fault, status_fault, unknown_named
from .positions import END_ARRAY, END_OBJECT, FIELD_NAME, START_ARRAY, START_OBJECT, TokenStream, compact

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
_AGGREGATIONS = frozenset(_AGGREGATION_NAMES.split())
_SUB = ("aggs", "aggregations")


def _read_sources(stream: TokenStream) -> None:
    """`[{name: {type: {...}}}, ...]`"""
    while stream.next() != END_ARRAY:
        stream.expect(FIELD_NAME)
        stream.expect(START_OBJECT)
        stream.expect(FIELD_NAME)
        type = stream.token.value
        stream.expect(START_OBJECT)
        _parser(type, stream)(stream)
        stream.expect(END_OBJECT)
        stream.expect(END_OBJECT)


_INTERVALS = ("calendar_interval", "fixed_interval", "time_zone")
_CHECKED = {
    "date_histogram": p.ObjectParser(
        "date_histogram",
        (*(p.Field(name, p.TEXT) for name in _INTERVALS), p.Field("interval", p.TEXT_OR_NUMBER, releases=((0,), (8,)))),
        lenient=True,
    ),
    "histogram": p.ObjectParser("histogram", (p.Field("interval", p.DOUBLE),), lenient=True),
    "composite": p.ObjectParser(
        "composite",
        (p.Field("sources", p.Kind(frozenset({START_ARRAY}), _read_sources), argument=True, required=True),),
        lenient=True,
    ),
}


def _parser(type: str, stream: TokenStream) -> p.Reader:
    if type not in _AGGREGATIONS:
        raise unknown_named(stream.release, stream.location, type, "BaseAggregationBuilder")
    return _CHECKED[type].read if type in _CHECKED else TokenStream.read


def check_aggregations(release: Version, aggregations: dict) -> dict:
    """Returns the aggregations. Raises Fault unless every one has a known type."""
    try:
        if not aggregations:
            raise Fault("exception", "aggs cannot be empty")
        stream = TokenStream(release, compact(aggregations))
        stream.next()
        _read_aggregations(stream)
    except Fault as fault:
        raise status_fault("Datafeed aggregations are not parsable", fault) from fault
    return aggregations


def _read_aggregations(stream: TokenStream) -> None:
    while stream.next() == FIELD_NAME:
        name = stream.token.value
        if stream.next() != START_OBJECT:
            start = f"Aggregation definition for [{name} starts with a [{stream.kind}], expected a [START_OBJECT]."
            raise parsing_fault(stream.location, start)
        _read_aggregation(stream, name)


def _read_aggregation(stream: TokenStream, name: str) -> None:
    typed = False
    while stream.next() == FIELD_NAME:
        key = stream.token.value
        if stream.next() != START_OBJECT:
            expected = f"Expected [START_OBJECT] under [{key}], but got a [{stream.kind}] in [{name}]"
            raise parsing_fault(stream.location, expected)
        if key in _SUB:
            _read_aggregations(stream)
        elif key == "meta":
            stream.read()
        else:
            typed = True
            settings = _parser(key, stream)(stream)
            if key == "histogram" and settings.get("interval", 0) <= 0:
                raise illegal_argument(f"[interval] must be >0 for histogram aggregation [{name}]")
    if not typed:
        raise parsing_fault(stream.location, f"Missing definition for aggregation [{name}]")
