# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Datafeeds: their states, what they do to their job, and what differs between versions."""

import asyncio

import pytest

FEEDS = "/_ml/datafeeds"
JOBS = "/_ml/anomaly_detectors"
MINUTE = 60_000
START_OF_2018 = 1_514_764_800_000
RECORDS = [{"time": START_OF_2018 + number * 5 * MINUTE} for number in range(20)]
INDEX = {"name": "src", "documents": RECORDS}
RECORDED, SINCE_7_14 = ("7.3.0", "7.10.0"), ("7.17.29", "8.19.21", "9.5.3")
EVERY_VERSION = RECORDED + SINCE_7_14
REFUSED_START = "cannot start datafeed [d1] because "


@pytest.fixture
def cluster(api):
    """A cluster with the job j1 and its datafeed d1 in the states asked for."""

    def seeded(version="9.5.3", *, job="opened", feed="stopped"):
        server = api(version)
        datafeed = {"datafeed_id": "d1", "indices": ["src"], "state": feed}
        server.control("seed", {"indices": [INDEX], "jobs": [{"job_id": "j1", "state": job, "datafeed": datafeed}]})
        server.control("clock", {"freeze": True})
        return server

    return seeded


def state(server, resource=FEEDS, name="d1"):
    (only,) = server("GET", f"{resource}/{name}/_stats").json()[resource.replace("anomaly_detectors", "jobs")[5:]]
    return only["state"]


def reason(reply):
    return reply.status_code, reply.json()["error"]["reason"]


@pytest.mark.parametrize("version", EVERY_VERSION)
@pytest.mark.parametrize(
    ("job", "feed", "request_line", "expected"),
    [
        ("opened", "stopped", "POST /d1/_start", (200, "started")),
        ("closed", "stopped", "POST /d1/_start", (409, REFUSED_START + "job [j1] is closed")),
        ("failed", "stopped", "POST /d1/_start", (409, REFUSED_START + "job [j1] is failed")),
        ("closing", "started", "POST /d1/_start", (409, REFUSED_START + "job [j1] is closing")),
        ("opened", "started", "POST /d1/_start", (409, REFUSED_START + "it has already been started")),
        ("opened", "stopping", "POST /d1/_start", (409, REFUSED_START + "it has already been started")),
        ("opened", "stopped", "POST /d1/_stop", (200, "stopped")),
        ("opened", "started", "POST /d1/_stop", (200, "stopped")),
        ("opened", "starting", "POST /d1/_stop", (200, "stopped")),
        ("opened", "stopping", "POST /d1/_stop?force=true", (200, "stopped")),
        ("opened", "started", "POST /_all/_stop?force=true", (200, "stopped")),
        ("opened", "started", "POST /d1,d2/_stop", (404, "No datafeed with id [d2] exists")),
        ("opened", "started", "POST /d*,x*/_stop", (200, "stopped")),
        ("opened", "started", "POST /d*/_start", (404, "No datafeed with id [d*] exists")),
        ("opened", "started", "DELETE /d1", (409, "Cannot delete datafeed [d1] while its status is started")),
        ("opened", "stopping", "DELETE /d1", (409, "Cannot delete datafeed [d1] while its status is started")),
        ("opened", "started", "DELETE /d1?force=true", (200, None)),
        ("closed", "stopped", "DELETE /d1", (200, None)),
        ("closed", "stopped", "DELETE /d2?force=true", (404, "No datafeed with id [d2] exists")),
    ],
)
def test_each_request_in_each_state(cluster, version, job, feed, request_line, expected):
    server = cluster(version, job=job, feed=feed)
    method, path = request_line.split(" ")
    reply = server(method, FEEDS + path)
    if expected[0] != 200:
        assert reason(reply) == expected
        assert state(server) == feed
        return
    assert reply.status_code == 200, reply.text
    if expected[1] is None:
        assert server("GET", FEEDS + "/d1").status_code == 404
    else:
        assert state(server) == expected[1]


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_update_only_while_stopped(cluster, version):
    server = cluster(version, feed="started")
    refused = server("POST", FEEDS + "/d1/_update", {"scroll_size": 5})
    assert reason(refused) == (409, "Cannot update datafeed [d1] while its status is started")
    server("POST", FEEDS + "/d1/_stop")
    assert server("POST", FEEDS + "/d1/_update", {"scroll_size": 5}).json()["scroll_size"] == 5


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_a_bounded_datafeed_feeds_finalises_stops_and_closes(cluster, version):
    server = cluster(version)
    end = START_OF_2018 + 200 * MINUTE
    assert server("POST", f"{FEEDS}/d1/_start?start=2018-01-01&end={end}").status_code == 200
    assert (state(server), state(server, JOBS, "j1")) == ("stopped", "closed")
    counts = server("GET", JOBS + "/j1/_stats").json()["jobs"][0]["data_counts"]
    assert counts["processed_record_count"] == len(RECORDS)
    timeline = server.server.cluster.jobs["j1"].timeline
    assert timeline.finalized_end == START_OF_2018 + 195 * MINUTE


def test_a_later_look_back_reads_only_what_is_new(cluster):
    server = cluster()
    server("POST", f"{FEEDS}/d1/_start?end={START_OF_2018 + 47 * MINUTE}")
    server("POST", JOBS + "/j1/_open")
    server("POST", FEEDS + "/d1/_start")
    counts = server("GET", JOBS + "/j1/_stats").json()["jobs"][0]["data_counts"]
    assert (counts["processed_record_count"], counts["out_of_order_timestamp_count"]) == (20, 0)


def test_an_end_to_come_is_reached_on_the_clock(cluster):
    server = cluster()
    server("POST", FEEDS + "/d1/_start?end=now%2B1h")
    assert (state(server), state(server, JOBS, "j1")) == ("started", "opened")
    server.control("clock", {"advance": "61m"})
    assert (state(server), state(server, JOBS, "j1")) == ("stopped", "closed")


@pytest.mark.parametrize(("force", "job"), [(False, "closed"), (True, "opened")])
def test_stopping_a_bounded_datafeed_closes_its_job_unless_forced(cluster, force, job):
    server = cluster()
    server("POST", FEEDS + "/d1/_start?end=now%2B1h")
    server("POST", f"{FEEDS}/d1/_stop?force={str(force).lower()}")
    assert (state(server), state(server, JOBS, "j1")) == ("stopped", job)


@pytest.mark.parametrize("version", EVERY_VERSION)
@pytest.mark.parametrize("force", ["", "?force=true"])
def test_closing_the_job_stops_the_datafeed_since_7_14(cluster, version, force):
    server = cluster(version, feed="started")
    reply = server("POST", f"{JOBS}/j1/_close{force}")
    if version in RECORDED:
        assert reason(reply) == (409, "cannot close job datafeed [d1] hasn't been stopped")
        assert (state(server), state(server, JOBS, "j1")) == ("started", "opened")
    else:
        assert reply.json() == {"closed": True}
        assert (state(server), state(server, JOBS, "j1")) == ("stopped", "closed")


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_deleting_the_job_deletes_the_datafeed_since_7_15(cluster, version):
    server = cluster(version, job="closed")
    reply = server("DELETE", JOBS + "/j1")
    if version in RECORDED:
        assert reason(reply) == (409, "Cannot delete job [j1] because datafeed [d1] refers to it")
    else:
        assert reply.json() == {"acknowledged": True}
        assert server("GET", FEEDS).json()["count"] == 0


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_a_failed_job_stops_its_datafeed_since_7_16(cluster, version):
    server = cluster(version, feed="started")
    server.control("jobs/j1", {"state": "failed"})
    assert state(server) == ("started" if version in RECORDED else "stopped")


@pytest.mark.parametrize("version", EVERY_VERSION)
@pytest.mark.parametrize("body", [False, True])
def test_a_stop_that_times_out_goes_on(cluster, version, body):
    server = cluster(version, feed="started")
    server.control("datafeeds/d1", {"durations": {"stopping": "5m"}})

    async def impatient():
        query, content = ("", {"timeout": "1m"}) if body else ("?timeout=1m", None)
        stopping = await server.waiting("POST", FEEDS + "/d1/_stop" + query, content)
        await server.ask("POST", "/_simulator/clock", {"advance": "61s"})
        return await stopping

    reply = asyncio.run(impatient())
    assert reason(reply) == (500, "Timed out when waiting for persistent tasks after 1m")
    assert state(server) == "stopping"
    server.control("clock", {"advance": "5m"})
    assert state(server) == "stopped"


def test_a_datafeed_starts_once_its_job_is_open(cluster):
    server = cluster(job="closed")
    server.control("jobs/j1", {"durations": {"opening": "10s"}})

    async def together():
        opening = await server.waiting("POST", JOBS + "/j1/_open")
        starting = asyncio.create_task(server.ask("POST", FEEDS + "/d1/_start"))
        while server.server.cluster.clock.waiting < 2:
            await asyncio.sleep(0)
        meanwhile = (await server.ask("GET", FEEDS + "/d1/_stats")).json()["datafeeds"][0]
        await server.ask("POST", "/_simulator/clock", {"advance": "10s"})
        return meanwhile, await opening, await starting

    meanwhile, opened, started = asyncio.run(together())
    assert meanwhile["state"] == "starting"
    assert "node" not in meanwhile
    assert (opened.json()["opened"], started.json()["started"], state(server)) == (True, True, "started")


@pytest.mark.parametrize(
    ("version", "status", "kind"), [("7.17.29", 500, "exception"), ("8.19.21", 408, "status_exception")]
)
def test_a_start_that_times_out_goes_on(cluster, version, status, kind):
    server = cluster(version)
    server.control("datafeeds/d1", {"durations": {"starting": "1m"}})

    async def impatient():
        starting = await server.waiting("POST", FEEDS + "/d1/_start")
        await server.ask("POST", "/_simulator/clock", {"advance": "20s"})
        return await starting

    reply = asyncio.run(impatient())
    assert reason(reply) == (status, "Starting datafeed [d1] timed out after [20s]")
    assert reply.json()["error"]["type"] == kind
    assert state(server) == "starting"
    server.control("clock", {"advance": "40s"})
    assert state(server) == "started"


UNKNOWN = "request [/_ml/datafeeds/x*/_stop] contains unrecognized parameter: "
MISSING = (404, "No datafeed with id [x*] exists")


@pytest.mark.parametrize(
    ("version", "name", "expected"),
    [
        ("7.3.0", "allow_no_datafeeds", MISSING),
        ("7.3.0", "allow_no_match", (400, UNKNOWN + "[allow_no_match]")),
        ("7.17.29", "allow_no_datafeeds", MISSING),
        ("7.17.29", "allow_no_match", MISSING),
        ("8.19.21", "allow_no_datafeeds", (400, UNKNOWN + "[allow_no_datafeeds]")),
        ("9.5.3", "allow_no_match", MISSING),
        ("9.5.3", "close_job", None),
        ("8.19.21", "close_job", (400, UNKNOWN + "[close_job]")),
    ],
)
def test_names_of_parameters_by_version(cluster, version, name, expected):
    reply = cluster(version)("POST", f"{FEEDS}/x*/_stop?{name}=false")
    assert (reply.status_code == 200) if expected is None else (reason(reply) == expected)


def test_a_body_silences_the_query(cluster):
    server = cluster(feed="started")
    reply = server("POST", FEEDS + "/d1/_stop?force=true", {"timeout": "1m"})
    assert reason(reply)[0] == 400
    assert "contains unrecognized parameter: [force]" in reason(reply)[1]
    assert state(server) == "started"


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_upgrade_mode(cluster, version):
    server = cluster(version, feed="started")
    server("POST", "/_ml/set_upgrade_mode?enabled=true")
    shown = server("GET", FEEDS + "/_stats").json()["datafeeds"][0]
    assert shown["assignment_explanation"] == "persistent task cannot be assigned while upgrade mode is enabled."
    assert "node" not in shown
    reply = server("POST", FEEDS + "/d1/_stop")
    if version == "7.3.0":
        assert reply.json() == {"stopped": True}
    else:
        action = "cluster:admin/xpack/ml/datafeed/stop"
        assert reason(reply) == (429, f"Cannot perform {action} action while upgrade mode is enabled")


def test_put_and_start_need_a_licence(cluster):
    server = cluster()
    server.control("license", {"type": "basic"})
    for method, path, body in (("PUT", "/d2", {"job_id": "j2", "indices": ["src"]}), ("POST", "/d1/_start", None)):
        assert reason(server(method, FEEDS + path, body)) == (403, "current license is non-compliant for [ml]")
    assert server("POST", FEEDS + "/d1/_stop").status_code == 200


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_members_of_statistics_by_version(cluster, version):
    shown = cluster(version, feed="started")("GET", FEEDS + "/d1/_stats").json()["datafeeds"][0]
    assert ("timing_stats" in shown) == (version != "7.3.0")
    assert ("running_state" in shown) == (version in SINCE_7_14)
    assert {"node", "assignment_explanation"} <= shown.keys()


def test_indices_options_of_the_query(cluster):
    server = cluster(job="closed")
    updated = server("POST", FEEDS + "/d1/_update?ignore_unavailable=true&expand_wildcards=all", {})
    assert updated.json()["indices_options"] == {
        "expand_wildcards": ["open", "closed", "hidden"],
        "ignore_unavailable": True,
        "allow_no_indices": True,
        "ignore_throttled": True,
    }
    overruled = server("POST", FEEDS + "/d1/_update?ignore_unavailable=true", {"indices_options": {}})
    assert overruled.json()["indices_options"]["ignore_unavailable"] is False


def test_a_job_has_one_datafeed_at_a_time(cluster):
    server = cluster(job="closed")
    second = ("PUT", FEEDS + "/d2", {"job_id": "j1", "indices": ["src"]})
    assert reason(server(*second)) == (409, "A datafeed [d1] already exists for job [j1]")
    server("DELETE", FEEDS + "/d1")
    assert server(*second).status_code == 200


def test_preview_shows_what_the_job_would_get(cluster):
    assert cluster()("GET", FEEDS + "/d1/_preview").json() == RECORDS


@pytest.mark.parametrize(("end", "expected"), [(None, ("started", "opened")), (START_OF_2018, ("stopped", "closed"))])
def test_a_datafeed_set_to_started_is_past_its_look_back(cluster, end, expected):
    server = cluster()
    server.control("datafeeds/d1", {"state": "started", "end": end})
    assert (state(server), state(server, JOBS, "j1")) == expected
    assert server.server.cluster.jobs["j1"].counts.counts["processed_record_count"] == 0
