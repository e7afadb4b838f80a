# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What datafeeds and analyses read of their sources: previews, explanations, and what keeps them from starting."""

import pytest

EVERY_VERSION = ("7.3.0", "7.10.0", "7.17.29", "8.19.21", "9.5.3")
SINCE_7_13 = ("7.17.29", "8.19.21", "9.5.3")
FEEDS, ANALYTICS, JOBS = "/_ml/datafeeds", "/_ml/data_frame/analytics", "/_ml/anomaly_detectors"
MAPPING = {
    "properties": {
        "time": {"type": "date"},
        "host": {"type": "keyword"},
        "load": {"type": "double"},
        "up": {"type": "boolean"},
        "name": {"type": "text", "fields": {"raw": {"type": "keyword"}}},
        "deep": {"properties": {"inner": {"type": "long"}}},
    }
}
START = 1_767_225_600_000
DOCUMENTS = [
    {"time": "2026-01-01T00:01:00Z", "host": "b", "load": 2, "up": True, "name": "x", "deep": {"inner": 1}},
    {"time": START, "host": "a", "load": 1, "up": False, "name": "y", "deep": {"inner": 2}},
    {"time": START + 120_000, "host": "a", "load": 3},
]
JOB = {
    "analysis_config": {"detectors": [{"function": "mean", "field_name": "load", "by_field_name": "host"}]},
    "data_description": {"time_field": "time"},
}
RECORDS = [
    {"time": START, "load": 1, "host": "a"},
    {"time": START + 60_000, "load": 2, "host": "b"},
    {"time": START + 120_000, "load": 3, "host": "a"},
]
OUTLIERS = {"outlier_detection": {}}
REGRESSION = {"regression": {"dependent_variable": "load"}}
CLASSIFICATION = {"classification": {"dependent_variable": "host"}}


def outcome(reply):
    error = reply.json()["error"]
    return reply.status_code, error["reason"]


@pytest.fixture
def filled(api):
    def of(version="9.5.3"):
        server = api(version)
        server.control("seed", {"indices": [{"name": "logs", "mappings": MAPPING, "documents": DOCUMENTS}]})
        assert server("PUT", f"{JOBS}/j", JOB).status_code == 200
        return server

    return of


def config(analysis, **more):
    return {"source": {"index": "logs"}, "analysis": analysis, **more}


@pytest.mark.parametrize("version", EVERY_VERSION)
@pytest.mark.parametrize(
    ("more", "records"),
    [
        ({}, RECORDS),
        ({"query": {"term": {"host": "a"}}}, [RECORDS[0], RECORDS[2]]),
        ({"query": {"range": {"load": {"gt": 1}}}, "scroll_size": 1}, RECORDS[1:2]),
        ({"indices": ["lo*"]}, RECORDS),
    ],
)
def test_preview_of_a_stored_datafeed(filled, version, more, records):
    server = filled(version)
    assert server("PUT", f"{FEEDS}/d", {"job_id": "j", "indices": ["logs"], **more}).status_code == 200
    assert server("GET", f"{FEEDS}/d/_preview").json() == records


@pytest.mark.parametrize("version", SINCE_7_13)
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"datafeed_config": {"job_id": "j", "indices": ["logs"]}}, RECORDS),
        ({"datafeed_config": {"indices": ["logs"]}, "job_config": JOB}, RECORDS),
        ({"job_config": {**JOB, "datafeed_config": {"indices": ["logs"]}}}, RECORDS),
        (
            {"datafeed_config": {"indices": ["logs"]}},
            (400, "[datafeed_config.job_id] must be set or a [job_config] must be provided"),
        ),
        (
            {"job_config": JOB},
            (400, "[datafeed_config] must be present when a [job_config.datafeed_config] is not present"),
        ),
        (
            {
                "datafeed_config": {"indices": ["logs"]},
                "job_config": {**JOB, "datafeed_config": {"indices": ["logs"]}},
            },
            (400, "[datafeed_config] must not be present when a [job_config.datafeed_config] is present"),
        ),
        ({}, (400, "[datafeed_config] must not be null.")),
        (None, (400, "[datafeed_id] must not be null.")),
        (
            {"datafeed_config": {"job_id": "none", "indices": ["logs"]}},
            (404, "No known job with id 'none'"),
        ),
        (
            {"datafeed_config": {"job_id": "j", "indices": ["none"]}},
            (404, "datafeed [preview_id] cannot retrieve data because index [none] does not exist"),
        ),
    ],
)
def test_preview_of_what_a_request_describes(filled, version, method, body, expected):
    reply = filled(version)(method, f"{FEEDS}/_preview", body)
    assert (reply.json() if isinstance(expected, list) else outcome(reply)) == expected


def test_an_id_and_a_body_exclude_each_other(filled):
    server = filled()
    reply = server("POST", f"{FEEDS}/d/_preview", {"datafeed_config": {"job_id": "j", "indices": ["logs"]}})
    text = "[datafeed_id] cannot be supplied when either [job_config] or [datafeed_config] is present"
    assert outcome(reply) == (400, text)


@pytest.mark.parametrize(
    ("version", "parameters", "expected"),
    [
        ("9.5.3", f"start={START + 1}", RECORDS[1:]),
        ("9.5.3", f"start=2025-12-31&end={START + 60_000}", RECORDS[:1]),
        ("9.5.3", "start=2000&end=1000", (400, "Validation Failed: 1: start [946684800000]")),
        ("7.17.29", "start=0", (400, "request [/_ml/datafeeds/d/_preview] contains unrecognized parameter: [start]")),
    ],
)
def test_times_of_a_preview(filled, version, parameters, expected):
    server = filled(version)
    server("PUT", f"{FEEDS}/d", {"job_id": "j", "indices": ["logs"]})
    reply = server("GET", f"{FEEDS}/d/_preview?{parameters}")
    if isinstance(expected, list):
        assert reply.json() == expected
    else:
        assert (reply.status_code, outcome(reply)[1][: len(expected[1])]) == expected or reply.status_code == 400


@pytest.mark.parametrize("version", EVERY_VERSION)
@pytest.mark.parametrize(
    ("indices", "job", "expected"),
    [
        (["logs"], {}, None),
        (["none"], {}, (404, "datafeed [d] cannot retrieve data because index [none] does not exist")),
        (["none*"], {}, (400, "[d] cannot retrieve field [time] because it has no mappings")),
        (["logs"], {"influencers": ["user"]}, (400, "[d] cannot retrieve field [user] because it has no mappings")),
    ],
)
def test_what_keeps_a_datafeed_from_starting(filled, version, indices, job, expected):
    server = filled(version)
    server("PUT", f"{JOBS}/k", {**JOB, "analysis_config": {**JOB["analysis_config"], **job}})
    server("PUT", f"{FEEDS}/d", {"job_id": "k", "indices": indices})
    server("POST", f"{JOBS}/k/_open")
    reply = server("POST", f"{FEEDS}/d/_start")
    assert (reply.status_code == 200) if expected is None else (outcome(reply) == expected)


@pytest.mark.parametrize("version", EVERY_VERSION[1:])
@pytest.mark.parametrize(
    ("analysis", "analyzed", "included"),
    [
        (OUTLIERS, None, ["deep.inner", "load", "up"]),
        (OUTLIERS, {"includes": ["load"]}, ["load"]),
        (OUTLIERS, {"excludes": ["deep.*"]}, ["load", "up"]),
        (REGRESSION, None, ["deep.inner", "host", "load", "name.raw", "up"]),
        (CLASSIFICATION, {"includes": ["host", "l*"], "excludes": []}, ["host", "load"]),
    ],
)
def test_fields_that_an_analysis_uses(filled, version, analysis, analyzed, included):
    more = {} if analyzed is None else {"analyzed_fields": analyzed}
    reply = filled(version)("POST", f"{ANALYTICS}/_explain", config(analysis, **more))
    assert reply.status_code == 200, reply.text
    selection = reply.json()["field_selection"]
    assert [field["name"] for field in selection if field["is_included"]] == included
    assert [field["name"] for field in selection] == sorted(field["name"] for field in selection)
    assert all("reason" in field for field in selection if not field["is_included"])
    required = [field["name"] for field in selection if field["is_required"]]
    assert required == [settings["dependent_variable"] for settings in analysis.values() if settings]


@pytest.mark.parametrize("version", EVERY_VERSION[1:])
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (config(OUTLIERS, source={"index": "none"}), (404, "cannot retrieve data because index [none] does not exist")),
        (config(OUTLIERS, analyzed_fields={"includes": ["none"]}), (400, "No field [none] could be detected")),
        (
            config(OUTLIERS, analyzed_fields={"includes": ["host"]}),
            (400, "field [host] has unsupported type [keyword]."),
        ),
        (
            config(REGRESSION, analyzed_fields={"excludes": ["load"]}),
            (400, "required field [load] is missing; analysis requires fields [load]"),
        ),
        (
            config({"regression": {"dependent_variable": "host"}}),
            (400, "invalid types [keyword] for required field [host]; expected types are [byte, double,"),
        ),
        (None, (400, "Please provide a job [id] or the config object")),
    ],
)
def test_what_cannot_be_explained(filled, version, body, expected):
    status, found = outcome(filled(version)("POST", f"{ANALYTICS}/_explain", body))
    assert (status, found[: len(expected[1])]) == expected


@pytest.mark.parametrize("version", EVERY_VERSION[1:])
def test_a_source_without_rows(filled, version):
    server = filled(version)
    server("PUT", "/empty", {"mappings": MAPPING})
    body = config(OUTLIERS, source={"index": "empty"})
    assert (
        "Unable to estimate memory usage as no documents" in outcome(server("POST", f"{ANALYTICS}/_explain", body))[1]
    )
    assert server("PUT", f"{ANALYTICS}/a", {**body, "dest": {"index": "dest"}}).status_code == 200
    status, found = outcome(server("POST", f"{ANALYTICS}/a/_start"))
    text = "Unable to start a as no documents in the source indices [empty] contained all the fields selected"
    assert (status, found[: len(text)]) == (400, text)


@pytest.mark.parametrize("version", SINCE_7_13)
def test_rows_of_an_analysis(filled, version):
    server = filled(version)
    rows = [{"deep.inner": "1", "load": "2", "up": "1"}, {"deep.inner": "2", "load": "1", "up": "0"}]
    given = server("POST", f"{ANALYTICS}/_preview", {"config": config(OUTLIERS)})
    assert given.json() == {"feature_values": rows}
    server("PUT", f"{ANALYTICS}/a", {**config(OUTLIERS), "dest": {"index": "dest"}})
    assert server("GET", f"{ANALYTICS}/a/_preview").json() == {"feature_values": rows}
    both = server("POST", f"{ANALYTICS}/a/_preview", {"config": config(OUTLIERS)})
    assert outcome(both) == (400, "Please provide either a job [id] or the config object but not both")


def test_one_job_at_a_time_is_explained(filled):
    server = filled()
    for name in ("a1", "a2"):
        server("PUT", f"{ANALYTICS}/{name}", {**config(OUTLIERS), "dest": {"index": f"{name}-dest"}})
    assert outcome(server("GET", f"{ANALYTICS}/a*/_explain")) == (
        400,
        "expected only one config but matched [a1, a2]",
    )
    assert server("GET", f"{ANALYTICS}/a1*/_explain").status_code == 200


@pytest.mark.parametrize("version", EVERY_VERSION)
@pytest.mark.parametrize(
    ("path", "body", "update"),
    [
        (f"{FEEDS}/d", {"job_id": "j", "indices": ["logs"]}, {"scroll_size": 5}),
        (f"{ANALYTICS}/a", {**config(OUTLIERS), "dest": {"index": "dest"}}, {"description": "mine"}),
    ],
)
def test_on_whose_behalf_a_source_is_read(filled, version, path, body, update):
    server = filled(version)
    keys = [{"id": "k", "key": "secret", "name": "key", "user": "ada"}]
    server.control("security", {"users": {"ada": {"password": "p", "roles": ["superuser"]}}, "api_keys": keys})
    ada = ("ada", "p")
    expected = {"roles": ["superuser"]} if version in ("8.19.21", "9.5.3") else None
    assert server("PUT", path, body, auth=ada).json().get("authorization") == expected
    collection = path.rpartition("/")[0].rpartition("/")[2].replace("analytics", "data_frame_analytics")
    (shown,) = server("GET", path, auth=ada).json()[collection]
    assert shown.get("authorization") == expected
    if expected:
        (bare,) = server("GET", f"{path}?exclude_generated=true", auth=ada).json()[collection]
        assert "authorization" not in bare
        assert server("POST", f"{path}/_update", update, auth=ada).json()["authorization"] == expected
