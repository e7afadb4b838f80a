# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data frame analytics from start to end."""

import pytest

START = "POST /_ml/data_frame/analytics/a/_start?timeout=20s"


@pytest.fixture
def idle(server):
    """A server with a stopped analysis that runs until it is told to finish."""
    server.reset(indices=["source"], analytics=[{"id": "a"}])
    return server


def item(outcome):
    (found,) = outcome.data_frame_analytics
    return found


def finish(server):
    server.control("analytics/a", {"progress": 100, "state": "stopped"})


def test_started_and_then_finished(idle):
    assert idle.run("ml_analytics", id="a", state="started", wait_for="started").writes == [START]
    with idle.once_waiting(lambda: finish(idle)):
        waited = idle.run("ml_analytics", id="a", state="started", wait_for="finished")
    assert (waited.failed, waited.changed, waited.writes) == (False, False, [])
    assert item(waited)["actions"] == ["await_finished"]


def test_started_and_finished_in_one_task(idle):
    predicted = idle.run("ml_analytics", id="a", state="started", wait_for="finished", check=True)
    with idle.once_waiting(lambda: finish(idle)):
        achieved = idle.run("ml_analytics", id="a", state="started", wait_for="finished")
    assert achieved.writes == predicted.declared_writes == [START]
    assert achieved.changed is predicted.changed is True
    assert item(achieved)["actions"] == item(predicted)["actions"] == ["start", "await_finished"]


def test_an_analysis_that_fails_while_it_is_awaited(idle):
    crash = {"state": "failed", "failure_reason": "out of memory"}
    with idle.once_waiting(lambda: idle.control("analytics/a", crash)):
        outcome = idle.run("ml_analytics", id="a", state="started", wait_for="finished")
    assert outcome.failed
    assert "it is failed" in outcome.msg


def test_why_one_failed_is_told(server):
    server.reset(indices=["source"], analytics=[{"id": "a"}])
    server.control("analytics/a", {"state": "failed", "failure_reason": "out of memory"})
    outcome = server.run("ml_analytics", id="a", state="stopped", force=True)
    assert outcome.changed
    if server.release >= (7, 4):
        assert item(outcome)["failure_reason"] == "out of memory"


def test_one_failed_among_many_keeps_the_others_running(server):
    server.reset(indices=["source"], analytics=[{"id": "a", "state": "started"}, {"id": "b"}])
    server.control("analytics/b", {"state": "failed"})
    refused = server.run("ml_analytics", id="_all", state="stopped")
    assert refused.failed
    assert "data frame analytics b is failed; set force: true" in refused.msg
    assert refused.writes == []
    assert server.run("ml_analytics", id="_all", exclude="b", state="stopped").changed
    assert server.run("ml_analytics", id="_all", state="stopped", force=True).changed
    assert not server.run("ml_analytics", id="_all", state="stopped").changed


@pytest.mark.parametrize(
    ("module", "option", "seed"),
    [
        ("ml_analytics", "id", {"analytics": [{"id": "x", "state": "started", "durations": {"stopping": "1d"}}]}),
        (
            "ml_datafeed",
            "datafeed_id",
            {
                "jobs": [{"job_id": "j", "state": "opened"}],
                "datafeeds": [{"datafeed_id": "x", "job_id": "j", "state": "started", "durations": {"stopping": "1d"}}],
            },
        ),
    ],
)
def test_force_ends_a_stop_that_hangs(server, module, option, seed):
    server.reset(indices=["source"], **seed)
    hanging = server.run(module, **{option: "x"}, state="stopped", timeout="100ms")
    assert hanging.failed
    forced = server.run(module, **{option: "x"}, state="stopped", force=True)
    assert (forced.failed, forced.changed) == (False, True)
    assert len(forced.writes) == 1
    assert "_stop?force=true" in forced.writes[0]


def test_force_ends_a_close_that_hangs(server):
    server.reset(jobs=[{"job_id": "j", "state": "closing"}])
    forced = server.run("ml_job", job_id="j", state="closed", force=True)
    assert forced.writes == ["POST /_ml/anomaly_detectors/j/_close?force=true&timeout=30m"]
    assert forced.changed
