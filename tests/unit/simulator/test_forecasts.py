# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Forecasts: what is refused, what is remembered, what deleting them does."""

import pytest
from unit.job_apis import EVERY_VERSION, JOBS, stats_of, summary

PATH = f"{JOBS}/j/_forecast"
PARSER = "cluster:admin/xpack/ml/job/forecast"
NOT_OPEN = "Cannot perform requested action because job [j] is not open"
NO_PROCESS = "Cannot forecast because job [j] does not have a corresponding autodetect process"
NO_DATA = "Cannot run forecast: Forecast cannot be executed as job requires data to have been processed and modeled"
POPULATION = {"function": "count", "over_field_name": "user"}


def forecast(server, options=""):
    reply = server("POST", PATH + options)
    assert reply.status_code == 200, reply.text
    return reply.json()["forecast_id"]


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_what_is_remembered(job_cluster, version):
    server = job_cluster(version, "opened", records=20)
    assert stats_of(server)["forecasts_stats"] == {"total": 0, "forecasted_jobs": 0}
    first, second = forecast(server), forecast(server, "?duration=3d&expires_in=1d")
    assert first != second
    stats = stats_of(server)["forecasts_stats"]
    assert (stats["total"], stats["forecasted_jobs"], stats["status"]) == (2, 1, {"finished": 2})
    assert stats["memory_bytes"].keys() == {"total", "min", "avg", "max"}


@pytest.mark.parametrize(
    ("state", "job", "options", "body", "status", "reason"),
    [
        ("closed", {}, "", None, 409, NOT_OPEN),
        ("opening", {}, "", None, 409, NO_PROCESS),
        ("closing", {}, "", None, 409, NO_PROCESS),
        ("failed", {}, "", None, 409, NO_PROCESS),
        ("opened", {"records": 0}, "", None, 400, NO_DATA),
        ("opened", {"records": 2}, "", None, 400, NO_DATA),
        (
            "opened",
            {"analysis_config": {"bucket_span": "15m", "detectors": [POPULATION]}},
            "",
            None,
            400,
            "Cannot run forecast: Forecast is not supported for population analysis",
        ),
        (
            "opened",
            {"analysis_config": {"bucket_span": "15m", "detectors": [{"function": "rare", "by_field_name": "b"}]}},
            "",
            None,
            400,
            "Cannot run forecast: Forecast is not supported for the used functions",
        ),
        ("opened", {}, "?duration=0s", None, 400, "[duration] must be positive: [0s]"),
        ("opened", {}, "?duration=-1", None, 400, "[duration] must be positive: [-1]"),
        ("opened", {}, "?duration=3651d", None, 400, "[duration] must be 3650d or less: [3651d]"),
        ("opened", {}, "?duration=87601h", None, 400, "[duration] must be 3650d or less: [87601h]"),
        ("opened", {}, "?expires_in=-1", None, 400, "[expires_in] must be non-negative: [-1]"),
        ("opened", {}, "?max_model_memory=1000mb", None, 400, "[max_model_memory] must be less than 500mb"),
        ("opened", {}, "?max_model_memory=1kb", None, 400, "[max_model_memory] must be at least 1mb."),
        ("opened", {}, "?bogus=1", None, 400, f"request [{PATH}] contains unrecognized parameter: [bogus]"),
        (
            "opened",
            {},
            "?duration=14m",
            None,
            400,
            "[duration] must be greater or equal to the bucket span: [14m/15m]",
        ),
        ("closed", {}, "?duration=0s", None, 400, "[duration] must be positive: [0s]"),
        ("closed", {}, "?duration=14m", None, 409, NOT_OPEN),
        ("opened", {}, "", {"duration": "0s"}, 400, f"[1:14] [{PARSER}] failed to parse field [duration]"),
        (
            "opened",
            {},
            "",
            {"duration": 5},
            400,
            f"[1:14] [{PARSER}] duration doesn't support values of type: VALUE_NUMBER",
        ),
        ("opened", {}, "", {"max_model_memory": 5}, 400, f"[1:22] [{PARSER}] failed to parse field [max_model_memory]"),
        ("opened", {}, "?duration=1d", {}, 400, f"request [{PATH}] contains unrecognized parameter: [duration]"),
    ],
)
def test_refusals(job_cluster, state, job, options, body, status, reason):
    server = job_cluster(state=state, **{"records": 20, **job})
    assert summary(server("POST", PATH + options, body)) == (status, reason)


def test_one_that_cannot_be_made_is_remembered_as_failed(job_cluster):
    server = job_cluster(state="opened")
    server("POST", PATH)
    assert stats_of(server)["forecasts_stats"]["status"] == {"failed": 1}


def test_memory_came_with_7_9(job_cluster):
    reply = job_cluster("7.3.0", "opened", records=20)("POST", f"{PATH}?max_model_memory=30mb")
    assert summary(reply) == (400, f"request [{PATH}] contains unrecognized parameter: [max_model_memory]")


@pytest.mark.parametrize(
    ("version", "expression", "left"),
    [
        *((version, "", 0) for version in EVERY_VERSION),
        *((version, "/_all", 0) for version in EVERY_VERSION),
        *((version, "/{0}", 1) for version in EVERY_VERSION),
        *((version, "/{0},{1}", 0) for version in EVERY_VERSION),
        *((version, "/{0},nope", 1) for version in EVERY_VERSION),
        ("7.3.0", "/*", 2),
        ("7.10.0", "/*", 0),
        ("9.5.3", "/{0}*", 1),
    ],
)
def test_delete(job_cluster, version, expression, left):
    server = job_cluster(version, "opened", records=20)
    made = [forecast(server) for _number in range(2)]
    status = server("DELETE", PATH + expression.format(*made)).status_code
    assert status == (404 if left == 2 else 200)
    assert stats_of(server)["forecasts_stats"]["total"] == left


@pytest.mark.parametrize(
    ("expression", "status"),
    [
        ("", 200),
        ("/_all", 200),
        ("?allow_no_forecasts=true", 200),
        ("?allow_no_forecasts=false", 404),
        ("/_all?allow_no_forecasts=false", 404),
        ("/nope", 404),
        ("/nope?allow_no_forecasts=true", 404),
        ("?timeout=1m", 200),
        ("?timeout=x", 400),
        ("?allow_no_forecasts=x", 400),
    ],
)
@pytest.mark.parametrize("job_id", ["j", "missing"])
def test_nothing_to_delete(job_cluster, job_id, expression, status):
    reply = job_cluster()("DELETE", f"{JOBS}/{job_id}/_forecast{expression}")
    assert reply.status_code == status
    if status == 404:
        named = expression.split("?")[0].lstrip("/") or "_all"
        assert summary(reply)[1] == f"No forecast(s) [{named}] exists for job [{job_id}]"


def test_one_that_runs_is_not_deleted(job_cluster):
    server = job_cluster(state="opened", records=20)
    server.control("jobs/j", {"durations": {"forecasting": "5s"}})
    made = forecast(server)
    assert stats_of(server)["forecasts_stats"]["status"] == {"started": 1}
    refusal = f"Forecast(s) [[{made}]] for job [j] needs to be either FAILED or FINISHED to be deleted"
    assert summary(server("DELETE", f"{PATH}/{made}")) == (409, refusal)
    server.control("clock", {"advance": "5s"})
    assert server("DELETE", f"{PATH}/{made}").status_code == 200


@pytest.mark.parametrize(
    ("options", "after", "left"),
    [
        ("", "13d", 1),
        ("", "15d", 0),
        ("?expires_in=1h", "59m", 1),
        ("?expires_in=1h", "61m", 0),
        ("?expires_in=0s", "999d", 1),
    ],
)
def test_expiry(job_cluster, options, after, left):
    server = job_cluster(state="opened", records=20)
    forecast(server, options)
    server.control("clock", {"advance": after})
    assert server("DELETE", "/_ml/_delete_expired_data").json() == {"deleted": True}
    assert stats_of(server)["forecasts_stats"]["total"] == left


def test_reset_forgets_them(job_cluster):
    server = job_cluster(state="opened", records=20)
    forecast(server)
    server("POST", f"{JOBS}/j/_close")
    server("POST", f"{JOBS}/j/_reset")
    assert stats_of(server)["forecasts_stats"]["total"] == 0


@pytest.mark.parametrize(
    ("expression", "status", "state", "left"),
    [("f", 200, "finished", {"other"}), ("g", 404, "finished", {"f", "other"}), ("*", 200, "failed", {"other"})],
)
def test_one_that_was_written_goes_with_its_documents(job_cluster, expression, status, state, left):
    server = job_cluster(state="closed", records=20)
    request = {"result_type": "model_forecast_request_stats", "forecast_status": state}
    for job_id, forecast_id in (("j", "f"), ("other", "other")):
        for number, more in enumerate((request, {"result_type": "model_forecast"})):
            source = {"job_id": job_id, "forecast_id": forecast_id, "timestamp": 0, **more}
            written = server("PUT", f"/.ml-anomalies-shared/_doc/{forecast_id}-{number}?refresh=true", source)
            assert written.status_code == 201
    assert server("DELETE", f"{PATH}/{expression}").status_code == status
    hits = server("GET", "/.ml-anomalies-shared/_search").json()["hits"]["hits"]
    assert {hit["_source"]["forecast_id"] for hit in hits} == left
    assert len(hits) == 2 * len(left)
