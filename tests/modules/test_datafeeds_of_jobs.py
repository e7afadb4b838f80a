# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs and their datafeeds, on servers that stop and delete datafeeds themselves and on those that do not."""

import pytest

JOBS = "/_ml/anomaly_detectors"
FEEDS = "/_ml/datafeeds"
STOPS_FEEDS = (7, 14)
DELETES_FEEDS = (7, 15)
FAILED_JOBS_STOP_FEEDS = (7, 16)


def seed(server, job_state, feed_state):
    server.reset(
        indices=["source"],
        jobs=[
            {"job_id": "j", "state": "opened", "records": 3, "datafeed": {"datafeed_id": "f"}},
            {"job_id": "other", "state": "opened", "datafeed": {"datafeed_id": "other-f", "state": "started"}},
        ],
    )
    server.control("datafeeds/f", {"state": feed_state})
    server.control("jobs/j", {"state": job_state})


def runs(server, job_state, feed_state):
    """Whether the datafeed still runs: newer servers stop that of a job that fails."""
    return feed_state == "started" and (job_state != "failed" or server.release < FAILED_JOBS_STOP_FEEDS)


def feed_states(server):
    return {feed["datafeed_id"]: feed["state"] for feed in server.run("ml_datafeed_info").datafeeds}


def run(server, state, **options):
    """Check mode and real run, which agree."""
    predicted = server.run("ml_job", job_id="j", state=state, check=True, **options)
    achieved = server.run("ml_job", job_id="j", state=state, **options)
    assert predicted.writes == []
    assert predicted.declared_writes == achieved.declared_writes == achieved.writes
    assert achieved.changed is predicted.changed is True
    return achieved


@pytest.mark.parametrize(("job_state", "force"), [("opened", False), ("opened", True), ("failed", True)])
def test_closing_stops_the_datafeed(server, job_state, force):
    seed(server, job_state, "started")
    achieved = run(server, "closed", force=force)
    query = ("force=true&" if force else "") + "timeout=30m"
    close = [f"POST {JOBS}/j/_close?{query}"]
    assert achieved.writes == ([] if server.release >= STOPS_FEEDS else [f"POST {FEEDS}/f/_stop?{query}"]) + close
    assert ("datafeeds_stopped" in achieved.jobs[0]) is runs(server, job_state, "started")
    assert achieved.jobs[0].get("datafeeds_stopped", ["f"]) == ["f"]
    assert achieved.jobs[0]["state"] == "closed"
    assert feed_states(server) == {"f": "stopped", "other-f": "started"}
    second = server.run("ml_job", job_id="j", state="closed")
    assert (second.changed, second.writes) == (False, [])
    assert "datafeeds_stopped" not in second.jobs[0]


def test_closing_leaves_a_stopped_datafeed_alone(server):
    seed(server, "opened", "stopped")
    achieved = run(server, "closed")
    assert achieved.writes == [f"POST {JOBS}/j/_close?timeout=30m"]
    assert "datafeeds_stopped" not in achieved.jobs[0]


def test_resetting_stops_the_datafeed(newest):
    seed(newest, "opened", "started")
    achieved = run(newest, "reset")
    assert achieved.jobs[0]["actions"] == ["close", "reset"]
    assert achieved.jobs[0]["datafeeds_stopped"] == ["f"]
    assert feed_states(newest)["f"] == "stopped"


@pytest.mark.parametrize(
    ("job_state", "feed_state", "force"),
    [
        ("opened", "started", False),
        ("opened", "stopped", False),
        ("closed", "stopped", False),
        ("failed", "started", True),
        ("failed", "stopped", True),
    ],
)
def test_deleting_takes_the_datafeed_along(server, job_state, feed_state, force):
    seed(server, job_state, feed_state)
    achieved = run(server, "absent", force=force)
    ran = runs(server, job_state, feed_state)
    assert ("stop_datafeed" in achieved.jobs[0]["actions"]) is (ran and server.release < STOPS_FEEDS)
    assert ("delete_datafeed" in achieved.jobs[0]["actions"]) is (server.release < DELETES_FEEDS)
    assert (achieved.jobs[0].get("datafeeds_stopped") == ["f"]) is ran
    assert feed_states(server) == {"other-f": "started"}
    second = server.run("ml_job", job_id="j", state="absent")
    assert (second.changed, second.writes) == (False, [])


@pytest.mark.parametrize(("job_state", "words"), [("closed", "its job j is closed"), ("failed", "its job j is failed")])
def test_a_datafeed_needs_an_open_job(server, job_state, words):
    seed(server, job_state, "stopped")
    refused = server.run("ml_datafeed", datafeed_id="f", state="started")
    assert refused.failed
    assert words in refused.msg
    assert "open the job first (ml_job with state: opened)" in refused.msg
    assert refused.writes == []


def test_a_look_back_that_is_complete_is_not_repeated(server):
    """A datafeed that reached its end stops, and closes its job."""
    records = [{"time": 1_514_764_800_000 + minute * 60_000} for minute in range(0, 180, 10)]
    server.reset(
        indices=[{"name": "source", "documents": records}],
        jobs=[{"job_id": "j", "state": "opened", "datafeed": {"datafeed_id": "f"}}],
    )
    span = {"start": "2018-01-01T00:00:00Z", "end": "2018-01-01 03:00:00+00:00"}
    first = server.run("ml_datafeed", datafeed_id="f", state="started", **span)
    assert first.writes == [
        f"POST {FEEDS}/f/_start?start=2018-01-01T00:00:00Z&end=2018-01-01T03:00:00%2B00:00&timeout=20s"
    ]
    assert first.changed
    second = server.run("ml_datafeed", datafeed_id="f", state="started", **span)
    assert (second.failed, second.changed, second.writes) == (False, False, [])
