# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data frame analytics: states, runs and their progress, and what differs between versions."""

import asyncio

import pytest
from unit.analytics_jobs import EVERY_VERSION, NEW, OLD, ROOT, config, reason

FAILED = "cannot close data frame analytics [a] because it failed, use force stop instead"
SEVERAL_FAILED = "one or more data frame analytics are in failed state, use force stop instead"


def stats(server, name="a"):
    return server("GET", f"{ROOT}/{name}/_stats").json()["data_frame_analytics"][0]


def percents(server, name="a"):
    return [phase["progress_percent"] for phase in stats(server, name)["progress"]]


def running_as(version):
    return "started" if version in NEW else "analyzing"


@pytest.mark.parametrize("version", EVERY_VERSION)
@pytest.mark.parametrize(
    ("states", "request_line", "expected"),
    [
        ({"a": "stopped"}, "POST /a/_stop", "stopped"),
        ({"a": "started"}, "POST /a/_stop", "stopped"),
        ({"a": "reindexing"}, "POST /a/_stop", "stopped"),
        ({"a": "starting"}, "POST /a/_stop", "stopped"),
        ({"a": "started"}, "POST /_all/_stop?force=true", "stopped"),
        ({"a": "stopping"}, "POST /a/_stop?force=true", "stopped"),
        ({"a": "failed"}, "POST /a/_stop?force=true", "stopped"),
        ({"a": "failed"}, "POST /a/_stop", (409, FAILED)),
        ({"a": "failed", "b": "started"}, "POST /*/_stop", (409, FAILED)),
        ({"a": "failed", "b": "failed"}, "POST /_all/_stop", (409, SEVERAL_FAILED)),
        ({"a": "started"}, "POST /a,c/_stop", (404, "No known data frame analytics with id [c]")),
        ({"a": "started"}, "POST /a,c*/_stop", "stopped"),
        ({"a": "started"}, "POST /c*/_stop?allow_no_match=false", (404, "No known data frame analytics with id [c*]")),
        ({"a": "started"}, "DELETE /a", (409, "Cannot delete data frame analytics [a] while its status is [{state}]")),
        ({"a": "failed"}, "DELETE /a", (409, "Cannot delete data frame analytics [a] while its status is [failed]")),
        ({"a": "stopped"}, "DELETE /a*", (404, "No known data frame analytics with id [a*]")),
        ({"a": "stopped"}, "DELETE /a", None),
    ],
)
def test_each_request_in_each_state(cluster, version, states, request_line, expected):
    server = cluster(version, **states)
    method, path = request_line.split(" ")
    before = stats(server)["state"]
    reply = server(method, ROOT + path)
    if isinstance(expected, tuple):
        assert reason(reply) == (expected[0], expected[1].format(state=running_as(version)))
        assert stats(server)["state"] == before
        return
    assert reply.status_code == 200, reply.text
    if expected is None:
        assert server("GET", ROOT + "/a").status_code == 404
    else:
        assert stats(server)["state"] == expected


@pytest.mark.parametrize("version", EVERY_VERSION)
@pytest.mark.parametrize("state", ["starting", "started", "stopping", "failed"])
def test_start_needs_a_stopped_job(cluster, version, state):
    reply = cluster(version, a=state)("POST", ROOT + "/a/_start")
    verbs = ("open", "opened") if version in OLD else ("start", "started")
    assert reason(reply) == (
        409,
        f"Cannot {verbs[0]} data frame analytics [a] because it has already been {verbs[1]}",
    )


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_a_run_goes_on_until_it_is_stopped_and_then_where_it_was(cluster, version):
    server = cluster(version, a="stopped")
    assert server("POST", ROOT + "/a/_start").json()["acknowledged"] is True
    server.control("clock", {"advance": "10d"})
    assert stats(server)["state"] == running_as(version)
    shown = stats(server)["progress_percent"] if version in OLD else percents(server)
    assert shown == (42 if version in OLD else [100, 100, 42, 0])
    server("POST", ROOT + "/a/_stop")
    assert stats(server)["state"] == "stopped"
    server("POST", ROOT + "/a/_start")
    assert (stats(server)["progress_percent"] if version in OLD else percents(server)) == shown


@pytest.mark.parametrize("duration", ["run", "analyzing"])
def test_a_run_of_a_set_duration_makes_progress_and_finishes(cluster, duration):
    server = cluster("7.10.0", a="stopped")
    server.control("analytics/a", {"durations": {"creating": "1s", "reindexing": "10s", duration: "30s"}})
    server("POST", ROOT + "/a/_start")
    seen = []
    for pause in ("1s", "5s", "5s", "15s", "15s"):
        seen.append((stats(server)["state"], percents(server)))
        server.control("clock", {"advance": pause})
    assert seen == [
        ("started", [1, 0, 0, 0]),
        ("reindexing", [1, 0, 0, 0]),
        ("reindexing", [50, 0, 0, 0]),
        ("analyzing", [100, 0, 0, 0]),
        ("analyzing", [100, 100, 50, 0]),
    ]
    assert (stats(server)["state"], percents(server)) == ("stopped", [100] * 4)
    assert stats(server)["data_counts"]["training_docs_count"] == 300


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_a_finished_job_never_starts_again_since_progress_is_kept(cluster, version):
    server = cluster(version, a="stopped")
    server.control("analytics/a", {"finishes": True})
    server("POST", ROOT + "/a/_start")
    assert stats(server)["state"] == "stopped"
    again = server("POST", ROOT + "/a/_start")
    if version in OLD:
        assert again.json() == {"acknowledged": True}
    else:
        assert reason(again) == (400, "Cannot start because the job has already finished")
    assert server("POST", ROOT + "/a/_stop").json() == {"stopped": True}


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_a_crash_while_analyzing_fails_the_job(cluster, version):
    server = cluster(version, a="stopped")
    server.control("analytics/a", {"crash": True, "durations": {"analyzing": "1s"}})
    server("POST", ROOT + "/a/_start")
    assert stats(server)["state"] == running_as(version)
    server.control("clock", {"advance": "1s"})
    assert (stats(server)["state"], stats(server)["failure_reason"]) == ("failed", "[a] simulated crash")
    server("POST", ROOT + "/a/_stop?force=true")
    assert stats(server)["state"] == "stopped"
    assert "failure_reason" not in stats(server)


BOOSTED_TREE = [
    "reindexing",
    "loading_data",
    "feature_selection",
    "coarse_parameter_search",
    "fine_tuning_parameters",
    "final_training",
    "writing_results",
]


@pytest.mark.parametrize(
    ("version", "analysis", "phases"),
    [
        ("7.10.0", "outlier_detection", ["reindexing", "loading_data", "computing_outliers", "writing_results"]),
        ("7.10.0", "regression", BOOSTED_TREE),
        ("9.5.3", "regression", [*BOOSTED_TREE, "inference"]),
        ("9.5.3", "classification", [*BOOSTED_TREE, "inference"]),
    ],
)
def test_phases(cluster, version, analysis, phases):
    server = cluster(version)
    parameters = {} if analysis == "outlier_detection" else {"dependent_variable": "y"}
    server("PUT", ROOT + "/a", config(analysis={analysis: parameters}))
    assert [phase["phase"] for phase in stats(server)["progress"]] == phases


@pytest.mark.parametrize(
    ("wanted", "state", "progress"),
    [
        ({"progress": 100}, "stopped", [100, 100, 100, 100]),
        ({"progress": 50}, "started", [100, 100, 0, 0]),
        ({"progress": {"computing_outliers": 77}}, "started", [100, 100, 77, 0]),
        ({"state": "failed", "failure_reason": "no memory"}, "failed", [100, 100, 42, 0]),
        ({"state": "stopped"}, "stopped", [100, 100, 42, 0]),
        ({"state": "stopping"}, "stopping", [100, 100, 42, 0]),
    ],
)
def test_control(cluster, wanted, state, progress):
    server = cluster(a="started")
    server.control("analytics/a", wanted)
    assert (stats(server)["state"], percents(server)) == (state, progress)


@pytest.mark.parametrize("version", EVERY_VERSION)
@pytest.mark.parametrize("timeout", ["1m", "1nanos", "0"])
def test_a_stop_that_times_out_goes_on(cluster, version, timeout):
    server = cluster(version, a="started", b="stopped")
    server.control("analytics/a", {"durations": {"stopping": "5m"}})

    async def impatient():
        stopping = asyncio.create_task(server.ask("POST", f"{ROOT}/*/_stop?timeout={timeout}"))
        while not (stopping.done() or server.server.cluster.clock.waiting):
            await asyncio.sleep(0)
        await server.ask("POST", "/_simulator/clock", {"advance": "1m"})
        return (await stopping).json()

    reply = asyncio.run(impatient())
    assert reply["status"] == 500
    assert reply["error"]["type"] == ("failed_node_exception" if version in OLD else "illegal_state_exception")
    assert stats(server)["state"] == "stopping"
    server.control("clock", {"advance": "5m"})
    assert stats(server)["state"] == "stopped"


@pytest.mark.parametrize("timeout", ["0", "-1", "1nanos"])
def test_no_time_is_never_enough_to_stop(cluster, timeout):
    server = cluster("7.10.0", a="started")
    assert server("POST", f"{ROOT}/a/_stop?timeout={timeout}").status_code == 500
    assert stats(server)["state"] == "stopped"
    assert server("POST", f"{ROOT}/a/_stop?timeout={timeout}").status_code == 200


def test_a_start_that_times_out_goes_on(cluster):
    server = cluster(a="stopped")
    server.control("analytics/a", {"durations": {"starting": "1m"}})

    async def impatient():
        starting = await server.waiting("POST", ROOT + "/a/_start")
        await server.ask("POST", "/_simulator/clock", {"advance": "20s"})
        return await starting

    assert reason(asyncio.run(impatient())) == (408, "Starting data frame analytics [a] timed out after [20s]")
    assert stats(server)["state"] == "starting"
    server.control("clock", {"advance": "40s"})
    assert stats(server)["state"] == "started"


def test_a_stop_while_starting_ends_the_start_too(cluster):
    server = cluster(a="stopped")
    server.control("analytics/a", {"durations": {"starting": "1m"}})

    async def contradictory():
        starting = await server.waiting("POST", ROOT + "/a/_start")
        stopped = await server.ask("POST", ROOT + "/a/_stop")
        return await starting, stopped

    started, stopped = asyncio.run(contradictory())
    assert reason(started) == (409, "the task has been stopped while waiting to be started")
    assert stopped.json() == {"stopped": True}


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_forced_delete(cluster, version):
    server = cluster(version, a="started", b="failed")
    for name in ("a", "b"):
        reply = server("DELETE", f"{ROOT}/{name}?force=true")
        if version in OLD:
            text = f"request [{ROOT}/{name}] contains unrecognized parameter: [force]"
            assert reason(reply) == (400, text)
        else:
            assert reply.json() == {"acknowledged": True}
    assert server("GET", ROOT).json()["count"] == (2 if version in OLD else 0)


def test_the_destination_of_a_first_start_must_be_empty(cluster):
    server = cluster(a="stopped")
    server("POST", ROOT + "/a/_start")
    server("DELETE", ROOT + "/a?force=true")
    server("PUT", ROOT + "/a", config("a-dest"))
    assert reason(server("POST", ROOT + "/a/_start")) == (400, "dest index [a-dest] must be empty")
    assert server("DELETE", "/a-dest").status_code == 200
    assert server("POST", ROOT + "/a/_start").status_code == 200
