# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs: what each request does in each state, waiting, blocking, and what differs between versions."""

import asyncio

import pytest
from unit.job_apis import EVERY_VERSION, JOBS, START_OF_2018, summary

WITH_RESET = EVERY_VERSION[2:]
NOT_OPEN = "Cannot perform requested action because job [j] is not open"
NO_PROCESS = "Cannot flush because job [j] does not have a corresponding autodetect process"
ALREADY = "Cannot open job [j] because it has already been opened"
FAILED = "cannot close job [j] because it failed, use force close"


@pytest.fixture
def cluster(job_cluster):
    return job_cluster


def state(server, job_id="j"):
    reply = server("GET", f"{JOBS}/{job_id}/_stats")
    return reply.json()["jobs"][0]["state"] if reply.status_code == 200 else "missing"


def config(server, job_id="j"):
    return server("GET", f"{JOBS}/{job_id}").json()["jobs"][0]


@pytest.mark.parametrize("version", EVERY_VERSION)
@pytest.mark.parametrize(
    ("before", "request_line", "status", "reason", "after"),
    [
        ("closed", "POST _open", 200, None, "opened"),
        ("opening", "POST _open", 409, ALREADY, "opening"),
        ("opened", "POST _open", 409, ALREADY, "opened"),
        ("closing", "POST _open", 409, ALREADY, "closing"),
        ("failed", "POST _open", 409, ALREADY, "failed"),
        ("closed", "POST _close", 200, None, "closed"),
        ("opening", "POST _close", 200, None, "closed"),
        ("opened", "POST _close", 200, None, "closed"),
        ("failed", "POST _close", 409, FAILED, "failed"),
        ("closing", "POST _close?force=true", 200, None, "closed"),
        ("failed", "POST _close?force=true", 200, None, "closed"),
        ("closed", "POST _flush", 409, NOT_OPEN, "closed"),
        ("opening", "POST _flush", 409, NO_PROCESS, "opening"),
        ("opened", "POST _flush", 200, None, "opened"),
        ("failed", "POST _flush", 409, NO_PROCESS, "failed"),
        ("closed", "DELETE ", 200, None, "missing"),
        ("opened", "DELETE ", 409, "Cannot delete job [j] because the job is opened", "opened"),
        ("failed", "DELETE ", 409, "Cannot delete job [j] because the job is failed", "failed"),
        ("opened", "DELETE ?force=true", 200, None, "missing"),
        ("failed", "DELETE ?force=true", 200, None, "missing"),
    ],
)
def test_requests_in_each_state(cluster, version, before, request_line, status, reason, after):
    server = cluster(version, before)
    method, _blank, rest = request_line.partition(" ")
    reply = server(method, f"{JOBS}/j/{rest}" if rest.startswith("_") else f"{JOBS}/j{rest}")
    assert reply.status_code == status
    assert reason is None or summary(reply)[1] == reason
    assert state(server) == after


@pytest.mark.parametrize("version", WITH_RESET)
@pytest.mark.parametrize(("before", "status"), [("closed", 200), ("opened", 409), ("failed", 409)])
def test_reset(cluster, version, before, status):
    server = cluster(version, before, records=20)
    reply = server("POST", f"{JOBS}/j/_reset")
    assert reply.status_code == status
    counts = server("GET", f"{JOBS}/j/_stats").json()["jobs"][0]["data_counts"]
    assert counts["processed_record_count"] == (0 if status == 200 else 20)
    assert server("GET", f"{JOBS}/j/results/buckets").json()["count"] == (0 if status == 200 else 6)


@pytest.mark.parametrize("version", EVERY_VERSION[:2])
def test_there_was_no_reset(cluster, version):
    assert "no handler found" in cluster(version)("POST", f"{JOBS}/j/_reset").json()["error"]


@pytest.mark.parametrize(("version", "status"), [("7.17.29", 500), ("8.19.21", 408), ("9.5.3", 408)])
def test_opening_goes_on_after_the_timeout(cluster, version, status):
    server = cluster(version)
    server.control("jobs/j", {"durations": {"opening": "5s"}})

    async def story():
        opening = await server.waiting("POST", f"{JOBS}/j/_open?timeout=2s")
        await server.ask("POST", "/_simulator/clock", {"advance": "3s"})
        return await opening

    assert summary(asyncio.run(story())) == (status, "Opening job [j] timed out after [2s]")
    assert state(server) == "opening"
    server.control("clock", {"advance": "2s"})
    assert state(server) == "opened"


def test_second_closer_times_out_and_the_job_closes(cluster):
    server = cluster(state="opened")
    server.control("durations", {"closing": "6s"})

    async def story():
        first = await server.waiting("POST", f"{JOBS}/j/_close?timeout=1s")
        second = await server.waiting("POST", f"{JOBS}/j/_close?timeout=1s")
        await server.ask("POST", "/_simulator/clock", {"advance": "10s"})
        return await first, await second

    first, second = asyncio.run(story())
    assert summary(first) == (200, {"closed": True})
    assert summary(second) == (500, "Timed out when waiting for persistent tasks after 1s")
    assert state(server) == "closed"


@pytest.mark.parametrize(
    ("version", "reason"),
    [
        ("7.10.0", "Cannot open job [j] because it is being deleted"),
        ("9.5.3", "Cannot open job [j] because it is executing [delete]"),
    ],
)
def test_while_a_deletion_runs(cluster, version, reason):
    server = cluster(version)
    server.control("durations", {"deleting": "5s"})

    async def story():
        first = await server.waiting("DELETE", f"{JOBS}/j")
        second = await server.waiting("DELETE", f"{JOBS}/j")
        seen = [await server.ask(*line) for line in lines]
        await server.ask("POST", "/_simulator/clock", {"advance": "6s"})
        return seen, await first, await second

    lines = [
        ("GET", f"{JOBS}/j"),
        ("GET", f"{JOBS}/j/_stats"),
        ("POST", f"{JOBS}/j/_close"),
        ("POST", f"{JOBS}/j/_open"),
    ]
    (shown, stats, close, opened), *deletions = asyncio.run(story())
    (job,) = shown.json()["jobs"]
    assert job["deleting"] is True
    assert ("blocked" in job) is (version == "9.5.3")
    assert [reply.status_code for reply in (stats, close)] == [404, 404]
    assert summary(opened) == (409, reason)
    assert [summary(deletion) for deletion in deletions] == [(200, {"acknowledged": True})] * 2
    assert state(server) == "missing"


def test_the_task_that_blocks_a_job_can_be_read(cluster):
    server = cluster(records=20)
    server.control("durations", {"resetting": "5s"})

    async def story():
        reset = await server.waiting("POST", f"{JOBS}/j/_reset")
        (job,) = (await server.ask("GET", f"{JOBS}/j")).json()["jobs"]
        task = (await server.ask("GET", f"/_tasks/{job['blocked']['task_id']}")).json()
        await server.ask("POST", "/_simulator/clock", {"advance": "6s"})
        return job["blocked"]["reason"], task, await reset

    reason, task, reset = asyncio.run(story())
    assert (reason, task["completed"], task["task"]["description"]) == ("reset", False, "reset-job-j")
    assert summary(reset) == (200, {"acknowledged": True})
    assert "blocked" not in config(server)


@pytest.mark.parametrize(
    ("job_id", "before", "outcome"),
    [
        ("j", "closed", {"response": {"acknowledged": True}}),
        (
            "j",
            "opened",
            {"error": {"type": "status_exception", "reason": "Cannot delete job [j] because the job is opened"}},
        ),
        ("x", "closed", {"error": {"type": "resource_not_found_exception", "reason": "No known job with id 'x'"}}),
    ],
)
def test_asynchronous_deletion_leaves_its_outcome_in_the_task(cluster, job_id, before, outcome):
    server = cluster(state=before)

    async def story():
        task = (await server.ask("DELETE", f"{JOBS}/{job_id}?wait_for_completion=false")).json()["task"]
        return (await server.ask("GET", f"/_tasks/{task}?wait_for_completion=true")).json()

    task = asyncio.run(story())
    assert task["completed"] is True
    assert {name: task[name] for name in outcome} == outcome
    assert task["task"]["description"] == f"delete-job-{job_id}"


@pytest.mark.parametrize(
    ("version", "close", "delete"),
    [("7.10.0", 409, 409), ("7.17.29", 200, 200), ("9.5.3", 200, 200)],
)
def test_datafeed_of_a_job_that_goes(cluster, version, close, delete):
    server = cluster(version, "opened", datafeed={"state": "started"})
    assert server("POST", f"{JOBS}/j/_close").status_code == close
    assert server("DELETE", f"{JOBS}/j?force=true").status_code == delete
    assert server("GET", "/_ml/datafeeds").json()["count"] == (1 if delete == 409 else 0)


@pytest.mark.parametrize(
    ("query", "end"),
    [
        ("", START_OF_2018 + 5_400_000),
        ("advance_time=1514804400", 1_514_804_400_000),
        ("advance_time=1514804400000", 1_514_804_400_000),
        ("advance_time=2018-01-01T11:00:00Z", 1_514_804_400_000),
        ("advance_time=1514764800", START_OF_2018 + 5_400_000),
        ("skip_time=1514811500", 1_514_811_600_000),
        ("calc_interim=true", START_OF_2018 + 5_400_000),
    ],
)
def test_flush(cluster, query, end):
    server = cluster(state="opened", records=20)
    reply = server("POST", f"{JOBS}/j/_flush?{query}")
    assert summary(reply) == (200, {"flushed": True, "last_finalized_bucket_end": end})


@pytest.mark.parametrize(
    ("query", "end"),
    [("", None), ("?calc_interim=true", None), (f"?advance_time={START_OF_2018 + 1_000_000}", START_OF_2018 + 900_000)],
)
def test_flush_without_data(cluster, query, end):
    """Time begins with data, or where it is advanced to."""
    shown = {} if end is None else {"last_finalized_bucket_end": end}
    assert summary(cluster(state="opened")("POST", f"{JOBS}/j/_flush{query}")) == (200, {"flushed": True, **shown})


@pytest.mark.parametrize(
    ("query", "count", "starts"),
    [
        ("", 7, [0, 900, 1800, 2700, 3600, 4500, 5400]),
        ("exclude_interim=true", 6, [0, 900, 1800, 2700, 3600, 4500]),
        ("exclude_interim=true&desc=true&size=2", 6, [4500, 3600]),
        ("from=5&size=2", 7, [4500, 5400]),
        (f"start={START_OF_2018 + 900_000}&end={START_OF_2018 + 2_700_000}", 2, [900, 1800]),
    ],
)
def test_buckets(cluster, query, count, starts):
    server = cluster(state="opened", records=20)
    server("POST", f"{JOBS}/j/_flush?calc_interim=true")
    found = server("GET", f"{JOBS}/j/results/buckets?{query}").json()
    assert found["count"] == count
    assert [(bucket["timestamp"] - START_OF_2018) // 1000 for bucket in found["buckets"]] == starts


def test_a_launch_that_fails_leaves_the_job_closed(cluster):
    server = cluster()
    server.control("jobs/j", {"open_fails": True})
    reason = "Unexpected job state [failed] while waiting for job to be opened"
    assert summary(server("POST", f"{JOBS}/j/_open")) == (500, reason)
    assert state(server) == "closed"


@pytest.mark.parametrize("licence", ["basic", "expired"])
@pytest.mark.parametrize(
    ("request_line", "status"),
    [("POST /j/_open", 403), ("POST /j/_close", 200), ("GET /j/_stats", 200), ("DELETE /j", 200)],
)
def test_licence(cluster, licence, request_line, status):
    server = cluster()
    server.control("license", {"type": licence})
    method, _blank, path = request_line.partition(" ")
    assert server(method, JOBS + path).status_code == status


@pytest.mark.parametrize(("version", "close"), [("7.3.0", 200), ("7.10.0", 429), ("9.5.3", 429)])
def test_upgrade_mode(cluster, version, close):
    server = cluster(version, "opened")
    server("POST", "/_ml/set_upgrade_mode?enabled=true")
    assert server("GET", "/_ml/info").json()["upgrade_mode"] is True
    assert server("POST", f"{JOBS}/j/_close").status_code == close
    assert state(server) == ("closed" if close == 200 else "opened")
