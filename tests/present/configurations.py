# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random estates that every server since 7.17 accepts."""

from hypothesis import strategies as st

from present.clusters import ANALYTICS, CALENDARS, DATAFEEDS, FILTERS, JOBS

JOB_IDS = ("alpha", "beta-2", "gamma.3")
AGGREGATING, CATEGORIZING = JOB_IDS[1], JOB_IDS[2]
"""What such a job has cannot be taken away by declaring something else."""
GROUPS = ("red", "blue", "green")
FILTER_IDS = ("known", "trusted")
FIELDS = ("host", "user.name", "region", "city's name")
SOURCES = ("source", "other")
WORDS = st.sampled_from(
    ("", "a", "Ünï", 'say "so"', "{{ not_a_template }}", "two\nlines", "yes", "1", "null", "~", "# x")
)
NUMBERS = st.sampled_from((0, 1, -2, 2.5, 10**12))
JSON = st.recursive(
    st.one_of(WORDS, NUMBERS, st.booleans()),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.sampled_from("abc"), inner, max_size=2)),
    max_leaves=4,
)


def some(**members) -> st.SearchStrategy[dict]:
    """Any of these members."""
    return st.fixed_dictionaries({}, optional=members)


def one_of(*values) -> st.SearchStrategy:
    return st.sampled_from(values)


def several(*values) -> st.SearchStrategy[list]:
    return st.lists(one_of(*values), max_size=3, unique=True)


RULE = st.fixed_dictionaries(
    {"scope": st.dictionaries(one_of("host"), st.fixed_dictionaries({"filter_id": one_of(*FILTER_IDS)}), min_size=1)},
    optional={
        "actions": one_of(["skip_result"], ["skip_model_update", "skip_result"]),
        "conditions": one_of([{"applies_to": "actual", "operator": "gt", "value": 3}], []),
    },
)
SPLIT = {"by_field_name": one_of("host"), "partition_field_name": one_of(*FIELDS[1:])}
DESCRIBED = {"detector_description": WORDS, "use_null": st.booleans()}
DETECTOR = st.one_of(
    st.fixed_dictionaries({"function": one_of("count", "high_count", "nzc")}, optional={**SPLIT, **DESCRIBED}),
    st.fixed_dictionaries(
        {
            "function": one_of("mean", "avg", "max", "dc", "high_sum"),
            "field_name": one_of("bytes", "x y"),
            "by_field_name": one_of("host"),
        },
        optional={**DESCRIBED, "custom_rules": st.lists(RULE, max_size=2), "exclude_frequent": one_of("by", "none")},
    ),
)
CATEGORIES = {
    "categorization_field_name": "message",
    "detectors": [{"function": "count", "by_field_name": "mlcategory"}],
}


@st.composite
def analysis_configs(draw, job_id: str) -> dict:
    config = draw(
        st.fixed_dictionaries(
            {
                "bucket_span": one_of("15m", "900s", "1h", "60m"),
                "detectors": st.lists(DETECTOR, min_size=1, max_size=2),
            },
            optional={"influencers": several(*FIELDS), "model_prune_window": one_of("30d", "720h", "100d")},
        )
    )
    config["detectors"] = list({repr(detector_key(detector)): detector for detector in config["detectors"]}.values())
    if job_id == AGGREGATING:
        return {**config, "summary_count_field_name": "doc_count"}
    if job_id == CATEGORIZING:
        return {**config, **CATEGORIES, **draw(some(categorization_filters=one_of(["^a.*", "b+"], [])))}
    return config


def detector_key(detector: dict) -> tuple:
    """What no two detectors may have in common."""
    return detector["function"], detector.get("field_name")


@st.composite
def jobs(draw, job_id: str) -> dict:
    more = some(
        description=WORDS,
        groups=several(*GROUPS),
        analysis_limits=some(
            model_memory_limit=one_of("1gb", "1024mb", "11mb", "2048kb", "10MB"),
            categorization_examples_limit=one_of(0, 4, 7),
        ),
        model_plot_config=st.fixed_dictionaries(
            {"enabled": st.booleans()}, optional={"annotations_enabled": st.booleans(), "terms": one_of("a,b")}
        ),
        custom_settings=st.dictionaries(one_of("created_by", "custom_urls", "x"), JSON, max_size=2),
        model_snapshot_retention_days=one_of(10, 30),
        daily_model_snapshot_retention_after_days=one_of(0, 3),
        results_retention_days=one_of(0, 90),
        renormalization_window_days=one_of(0, 14),
        background_persist_interval=one_of("2h", "120m"),
        results_index_name=one_of("shared", "own", "custom-own", job_id),
        allow_lazy_open=st.booleans(),
    )
    data = {
        "data_description": {
            "time_field": "time",
            **draw(some(time_format=one_of("epoch_ms", "epoch", "yyyy-MM-dd HH:mm:ss"))),
        }
    }
    return {"job_id": job_id, "analysis_config": draw(analysis_configs(job_id)), **data, **draw(more)}


QUERY = one_of(
    {"match_all": {}},
    {"term": {"host": "a"}},
    {"match": {"user.name": "b"}},
    {"bool": {"filter": {"exists": {"field": "x"}}, "must_not": [{"terms": {"host": ["a", "b"]}}]}},
    {"range": {"bytes": {"gte": 0, "lt": 2.5}}},
    {"query_string": {"query": "host:a* AND NOT b"}},
)
AGGREGATIONS = {
    "buckets": {
        "date_histogram": {"field": "time", "fixed_interval": "300s"},
        "aggregations": {"time": {"max": {"field": "time"}}, "bytes": {"avg": {"field": "bytes"}}},
    }
}
SCRIPT = {"source": "doc['a'].value + params.b", "lang": "painless", "params": {"b": 1}}
CHUNKING = ({"mode": "auto"}, {"mode": "off"}, {"mode": "manual", "time_span": "3h"})


@st.composite
def datafeeds(draw, datafeed_id: str, job_id: str) -> dict:
    more = some(
        query=QUERY,
        query_delay=one_of("60s", "1m", "0s"),
        frequency=one_of("300s", "5m", "10m"),
        chunking_config=one_of(*CHUNKING),
        delayed_data_check_config=one_of(
            {"enabled": False}, {"enabled": True}, {"enabled": True, "check_window": "150m"}
        ),
        indices_options=some(
            expand_wildcards=one_of(["open"], ["open", "closed"], ["closed", "hidden"]),
            ignore_unavailable=st.booleans(),
            allow_no_indices=st.booleans(),
        ),
        max_empty_searches=one_of(1, 10),
        runtime_mappings=one_of({"r": {"type": "keyword"}}, {"r": {"type": "long", "script": "emit(1)"}}, {}),
    )
    of_kind = {"aggregations": AGGREGATIONS} if job_id == AGGREGATING else draw(SEARCHING)
    indices = draw(one_of([SOURCES[0]], ["b-*", "a"], ["a", "-b*"]))
    return {"datafeed_id": datafeed_id, "job_id": job_id, "indices": indices, **of_kind, **draw(more)}


SEARCHING = some(
    scroll_size=one_of(1, 1000, 5000),
    script_fields=one_of({"s": {"script": SCRIPT}}, {"s": {"script": "doc['a']", "ignore_failure": True}}, {}),
)
ANALYSIS = one_of(
    {"outlier_detection": {}},
    {"outlier_detection": {"n_neighbors": 5, "method": "lof"}},
    {"regression": {"dependent_variable": "y", "training_percent": 80}},
    {"classification": {"dependent_variable": "y", "num_top_classes": 3, "randomize_seed": 7}},
)


def analytics(id: str) -> st.SearchStrategy[dict]:
    return st.fixed_dictionaries(
        {
            "id": st.just(id),
            "source": st.fixed_dictionaries(
                {"index": one_of([SOURCES[0]], list(SOURCES))},
                optional={"query": QUERY, "runtime_mappings": one_of({})},
            ),
            "dest": one_of({"index": f"{id}-dest"}, {"index": f"{id}-dest", "results_field": "found"}),
            "analysis": ANALYSIS,
        },
        optional={
            "description": WORDS,
            "model_memory_limit": one_of("1gb", "1024mb", "50mb", "2048kb"),
            "analyzed_fields": one_of({"includes": ["y", "x"], "excludes": []}, {"excludes": ["z"]}),
            "max_num_threads": one_of(1, 2),
            "allow_lazy_start": st.booleans(),
        },
    )


EVENT = st.builds(
    lambda description, start, hours: {
        "description": description,
        "start_time": start,
        "end_time": start + hours * 3600_000,
    },
    WORDS,
    st.integers(0, 3).map(lambda day: 1_800_000_000_000 + day * 86_400_000),
    st.integers(1, 30),
)


def calendars(calendar_id: str) -> st.SearchStrategy[dict]:
    return st.fixed_dictionaries(
        {"calendar_id": st.just(calendar_id)},
        optional={
            "description": WORDS,
            "job_ids": several("_all", *JOB_IDS[:1], *GROUPS),
            "events": st.lists(EVENT, max_size=3, unique_by=lambda event: tuple(event.values())),
        },
    )


def filters(filter_id: str) -> st.SearchStrategy[dict]:
    items = st.lists(WORDS.filter(bool), max_size=4, unique=True)
    return st.fixed_dictionaries({"filter_id": st.just(filter_id), "items": items}, optional={"description": WORDS})


@st.composite
def estates(draw) -> dict[str, list[dict]]:
    """Declarations by kind; datafeeds have jobs, and rules have filters."""
    estate = {FILTERS.key: [draw(filters(id)) for id in FILTER_IDS], JOBS.key: [], DATAFEEDS.key: []}
    for job_id in draw(st.lists(one_of(*JOB_IDS), min_size=1, max_size=2, unique=True)):
        estate[JOBS.key].append(draw(jobs(job_id)))
        if draw(st.booleans()):
            estate[DATAFEEDS.key].append(draw(datafeeds(f"feed-{job_id}", job_id)))
    estate[CALENDARS.key] = [draw(calendars("closed"))] if draw(st.booleans()) else []
    estate[ANALYTICS.key] = [draw(analytics("odd"))] if draw(st.booleans()) else []
    return estate
