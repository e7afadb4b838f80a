# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results: buckets that come of data, and what was written into the indices of results."""

import pytest
from unit.job_apis import EVERY_VERSION, JOBS, START_OF_2018, summary

RESULTS = f"{JOBS}/j/results"
ACTION = "cluster:monitor/xpack/ml/job/results/{}/get"
HOUR = 3_600_000
KINDS = ("buckets", "records", "influencers", "categories", "overall_buckets")
NO_BUCKET = "Could not find requested buckets"
SINGLE = f"{RESULTS}/buckets/{START_OF_2018}"


def document(kind, number, **members):
    return {
        "job_id": "j",
        "result_type": kind,
        "timestamp": START_OF_2018 + number * HOUR,
        "bucket_span": 900,
        **members,
    }


@pytest.fixture
def written(job_cluster):
    """The job with documents in the indices of its results; one is of another job."""

    def seeded(*documents, version="9.5.3", index=".ml-anomalies-shared", **job):
        server = job_cluster(version, **job)
        for number, source in enumerate((*documents, document("record", 0, job_id="other"))):
            assert server("PUT", f"/{index}/_doc/{number}", source).status_code in (200, 201)
        return server

    return seeded


def times(reply, kind):
    assert reply.status_code == 200, reply.text
    return [(found["timestamp"] - START_OF_2018) // HOUR for found in reply.json()[kind]]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("version", EVERY_VERSION)
def test_nothing_yet(job_cluster, version, kind):
    reply = job_cluster(version)("GET", f"{RESULTS}/{kind}")
    name = "jobs" if (version, kind) == ("7.10.0", "overall_buckets") else kind
    assert summary(reply) == (200, {"count": 0, name: []})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("version", EVERY_VERSION)
def test_missing_job(job_cluster, version, kind):
    reply = job_cluster(version)("GET", f"{JOBS}/missing/results/{kind}")
    assert summary(reply) == (404, "No known job with id 'missing'")


@pytest.mark.parametrize(
    ("query", "body", "shown"),
    [
        ("", None, [2, 0, 1]),
        ("?desc=false", None, [1, 0, 2]),
        ("?sort=timestamp", None, [2, 1, 0]),
        ("?sort=timestamp&desc=false", None, [0, 1, 2]),
        ("?record_score=50", None, [2, 0]),
        ("?exclude_interim=true", None, [0, 1]),
        ("?size=1", None, [2]),
        ("?from=1&size=1", None, [0]),
        (f"?start={START_OF_2018 + HOUR}", None, [2, 1]),
        (f"?end={START_OF_2018 + HOUR}", None, [0]),
        ("", {}, [2, 0, 1]),
        ("", {"record_score": 50.0, "exclude_interim": True}, [0]),
        ("", {"page": {"size": 1, "from": 2}}, [1]),
        ("", {"start": None, "end": str(START_OF_2018 + HOUR)}, [0]),
    ],
)
@pytest.mark.parametrize("index", [".ml-anomalies-shared", ".ml-anomalies-j", ".ml-anomalies-shared-000001"])
def test_records(written, index, query, body, shown):
    scores = (60.0, 10.0, 90.0)
    records = [document("record", number, record_score=score) for number, score in enumerate(scores)]
    records[2]["is_interim"] = True
    server = written(*records, index=index)
    assert times(server("GET" if body is None else "POST", f"{RESULTS}/records{query}", body), "records") == shown


@pytest.mark.parametrize(
    ("query", "shown"),
    [("", [1, 0]), ("?influencer_score=30", [1]), ("?sort=influencer_field_value&desc=false", [0, 1])],
)
def test_influencers(written, query, shown):
    found = [
        document("influencer", number, influencer_field_name="f", influencer_field_value=value, influencer_score=score)
        for number, (value, score) in enumerate((("a", 20.0), ("b", 40.0)))
    ]
    assert times(written(*found)("GET", f"{RESULTS}/influencers{query}"), "influencers") == shown


@pytest.mark.parametrize(
    ("target", "body", "shown"),
    [
        ("", None, [1, 2, 3]),
        ("?size=2", None, [1, 2]),
        ("?from=2", None, [3]),
        ("/2", None, [2]),
        ("/4", None, []),
        ("?partition_field_value=v", None, [1, 3]),
        ("/2?partition_field_value=v", None, []),
        ("", {"page": {"from": 1, "size": 1}}, [2]),
        ("", {"category_id": 3}, [3]),
        ("", {"page": {}, "partition_field_value": "v"}, [1, 3]),
    ],
)
def test_categories(written, target, body, shown):
    values = ("v", "w", "v")
    found = [
        {"job_id": "j", "category_id": number, "partition_field_value": value} for number, value in enumerate(values, 1)
    ]
    reply = written(*found)("GET" if body is None else "POST", f"{RESULTS}/categories{target}", body)
    assert [category["category_id"] for category in reply.json()["categories"]] == shown


@pytest.mark.parametrize(
    ("version", "more"),
    [
        ("7.3.0", {}),
        ("7.10.0", {"result_type": "category_definition", "mlcategory": 3, "host": "v"}),
        ("9.5.3", {"result_type": "category_definition", "mlcategory": "3", "host": "v"}),
    ],
)
def test_a_category(written, version, more):
    source = {"job_id": "j", "category_id": 3, "partition_field_name": "host", "partition_field_value": "v"}
    filled = {"terms": "", "regex": "", "max_matching_length": 0, "examples": [], "grok_pattern": ""}
    reply = written(source, version=version)("GET", f"{RESULTS}/categories/3")
    assert reply.json()["categories"] == [{**source, **filled, **more}]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", [0, 0, 0, 0, 1, 1, 7]),
        ("?size=1&desc=true", [7]),
        ("?anomaly_score=50", [7]),
        ("?sort=anomaly_score&desc=true&size=1", [7]),
        ("?sort=event_count&desc=true&size=2", [1, 1]),
    ],
)
def test_buckets_of_both_kinds(written, query, shown):
    server = written(document("bucket", 7, anomaly_score=80.0), records=20)
    assert times(server("GET", f"{RESULTS}/buckets{query}"), "buckets") == shown


@pytest.mark.parametrize(
    ("target", "body", "status", "reason"),
    [
        (SINGLE, None, 404, NO_BUCKET),
        (f"{RESULTS}/buckets/xyz", None, 400, "all shards failed"),
        (f"{SINGLE}?start=1", None, 400, "Param [start] is incompatible with [timestamp]."),
        (f"{SINGLE}?end=1", None, 400, "Param [end] is incompatible with [timestamp]."),
        (f"{SINGLE}?from=1", None, 400, "Param [from, size] is incompatible with [timestamp]."),
        (f"{SINGLE}?anomaly_score=1", None, 400, "Param [anomaly_score] is incompatible with [timestamp]."),
        (
            SINGLE,
            {"start": "1"},
            400,
            "Param [timestamp] is incompatible with [from,size,start,end,anomaly_score]",
        ),
        (SINGLE, {}, 404, NO_BUCKET),
        (f"{RESULTS}/buckets?anomaly_score=x", None, 400, 'For input string: "x"'),
        (f"{RESULTS}/records?record_score=x", None, 400, 'For input string: "x"'),
        (f"{RESULTS}/records?start=x", None, 400, "all shards failed"),
        (f"{RESULTS}/records?size=10001", None, 400, "all shards failed"),
        (f"{RESULTS}/records?sort=bogus", None, 400, "all shards failed"),
        (f"{RESULTS}/records", {"bogus": 1}, 400, f"[1:2] [{ACTION.format('records')}] unknown field [bogus]"),
        (f"{RESULTS}/categories/x", None, 400, 'For input string: "x"'),
        (f"{RESULTS}/categories/1?size=1", None, 400, "Param [from, size] is incompatible with [category_id]."),
        (
            f"{RESULTS}/categories/1",
            {"page": {"size": 1}},
            400,
            "Param [category_id] is incompatible with [from, size].",
        ),
        (
            f"{RESULTS}/categories",
            {},
            400,
            "Validation Failed: 1: Both [category_id] and [from, size] cannot be null;",
        ),
        (f"{RESULTS}/overall_buckets?top_n=0", None, 400, "[topN] parameter must be positive, found [0]"),
        (f"{RESULTS}/overall_buckets?top_n=-1", None, 400, "[topN] parameter must be positive, found [-1]"),
        (
            f"{RESULTS}/overall_buckets?start=xyz",
            None,
            400,
            "Query param [start] with value [xyz] cannot be parsed as a date or converted to a number (epoch).",
        ),
        (
            f"{RESULTS}/overall_buckets?bucket_span=5m",
            None,
            400,
            "Param [bucket_span] must be greater or equal to the max bucket_span [15m]",
        ),
        (f"{JOBS}/x*/results/overall_buckets?allow_no_match=false", None, 404, "No known job with id 'x*'"),
    ],
)
def test_refusals(job_cluster, target, body, status, reason):
    assert summary(job_cluster()("GET" if body is None else "POST", target, body)) == (status, reason)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", [(0, 10.0, 2), (1, 80.0, 1)]),
        ("top_n=2", [(0, 7.5, 2), (1, 80.0, 1)]),
        ("top_n=9", [(0, 7.5, 2), (1, 80.0, 1)]),
        ("overall_score=50", [(1, 80.0, 1)]),
        ("bucket_span=2h", [(0, 80.0, 2)]),
        ("bucket_span=2h&top_n=2", [(0, 80.0, 2)]),
        ("bucket_span=2h&top_n=2&overall_score=7.6", [(0, 80.0, 1)]),
        ("exclude_interim=true", [(0, 10.0, 2)]),
        (f"start={START_OF_2018 + 1}", [(1, 80.0, 1)]),
        (f"end={START_OF_2018 + HOUR}", [(0, 10.0, 2)]),
    ],
)
def test_overall_buckets(job_cluster, query, shown):
    """Of a job with buckets of an hour, and one with buckets of half an hour."""
    server = job_cluster(analysis_config={"bucket_span": "1h", "detectors": [{"function": "count"}]})
    server.control(
        "seed",
        {"jobs": [{"job_id": "k", "analysis_config": {"bucket_span": "30m", "detectors": [{"function": "count"}]}}]},
    )
    for number, (job_id, half_hour, score) in enumerate((("j", 0, 5.0), ("k", 0, 1.0), ("k", 1, 10.0), ("j", 2, 80.0))):
        source = document("bucket", 0, job_id=job_id, anomaly_score=score, is_interim=half_hour == 2)
        source["timestamp"] += half_hour * HOUR // 2
        server("PUT", f"/.ml-anomalies-shared/_doc/{number}", source)
    buckets = server("GET", f"{JOBS}/j,k/results/overall_buckets?{query}").json()["overall_buckets"]
    assert [
        ((bucket["timestamp"] - START_OF_2018) // HOUR, bucket["overall_score"], len(bucket["jobs"]))
        for bucket in buckets
    ] == shown


def test_overall_buckets_of_data(job_cluster):
    server = job_cluster(state="opened", records=20)
    server("POST", f"{JOBS}/j/_flush?calc_interim=true")
    reply = server("POST", f"{RESULTS}/overall_buckets", {"bucket_span": "1h"}).json()
    assert [bucket["is_interim"] for bucket in reply["overall_buckets"]] == [False, True]
    assert {bucket["bucket_span"] for bucket in reply["overall_buckets"]} == {3600}


@pytest.mark.parametrize(("days", "left"), [(None, 7), (1, 6), (0, 1)])
def test_expiry(written, days, left):
    """Days count back from the latest bucket; what is not a result stays."""
    old = document("bucket", -48)
    retention = {} if days is None else {"results_retention_days": days}
    server = written(old, records=20, **retention)
    assert server("DELETE", "/_ml/_delete_expired_data/j").json() == {"deleted": True}
    assert server("GET", f"{RESULTS}/buckets").json()["count"] == left
