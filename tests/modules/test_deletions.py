# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deletions and resets that outlast a task, or that somebody else began."""

import pytest

JOBS = "/_ml/anomaly_detectors"
LONG = {"deleting": "1d", "resetting": "1d"}


@pytest.fixture
def slow(server):
    """A server on which deletions and resets take a day."""
    server.reset(jobs=[{"job_id": "j", "records": 12, "durations": LONG}])
    return server


def pass_time(server):
    server.control("clock", {"advance": "2d"})


def job(outcome):
    (item,) = outcome.jobs
    return item


def test_a_deletion_is_left_to_the_server_and_joined_later(slow):
    begun = slow.run("ml_job", job_id="j", state="absent", wait_for_completion=False)
    assert begun.changed
    assert begun.msg == "began to delete job j"
    assert begun.writes == [f"DELETE {JOBS}/j?wait_for_completion=false"]
    assert (job(begun)["state"], job(begun)["actions"]) == ("deleting", ["delete"])
    assert ":" in job(begun)["task"]

    again = slow.run("ml_job", job_id="j", state="absent", wait_for_completion=False)
    assert (again.changed, again.writes) == (False, [])
    assert job(again)["state_before"] == job(again)["state"] == "deleting"

    with slow.once_waiting(lambda: pass_time(slow)):
        joined = slow.run("ml_job", job_id="j", state="absent")
    assert (joined.changed, joined.writes) == (False, [])
    assert (job(joined)["state"], job(joined)["actions"]) == ("absent", ["await_deleted"])

    over = slow.run("ml_job", job_id="j", state="absent")
    assert (over.changed, over.writes, job(over)["actions"]) == (False, [], [])


def test_a_deletion_is_awaited(slow):
    with slow.once_waiting(lambda: pass_time(slow)):
        achieved = slow.run("ml_job", job_id="j", state="absent")
    assert (achieved.changed, job(achieved)["state"]) == (True, "absent")
    assert len(achieved.writes) == 1


def test_check_mode_joins_nothing(slow):
    slow.api("DELETE", f"{JOBS}/j?wait_for_completion=false")
    predicted = slow.run("ml_job", job_id="j", state="absent", check=True)
    assert (predicted.changed, predicted.writes) == (False, [])
    assert job(predicted)["actions"] == ["await_deleted"]


@pytest.mark.parametrize("server", ["7.17.29", "8.19.21", "9.5.3"], indirect=True)
def test_a_reset_is_left_to_the_server_and_joined_later(slow):
    begun = slow.run("ml_job", job_id="j", state="reset", wait_for_completion=False)
    assert begun.changed
    assert begun.writes == [f"POST {JOBS}/j/_reset?wait_for_completion=false"]
    assert ":" in job(begun)["task"]
    with slow.once_waiting(lambda: pass_time(slow)):
        joined = slow.run("ml_job", job_id="j", state="reset")
    assert (joined.changed, joined.writes) == (False, [])
    assert job(joined)["actions"] == ["await_unblocked"]
    assert slow.run("ml_job", job_id="j", state="reset").changed is False


@pytest.mark.parametrize("server", ["7.17.29", "8.19.21", "9.5.3"], indirect=True)
def test_opening_waits_for_a_reset(slow):
    slow.api("POST", f"{JOBS}/j/_reset?wait_for_completion=false")
    with slow.once_waiting(lambda: pass_time(slow)):
        opened = slow.run("ml_job", job_id="j", state="opened")
    assert job(opened)["actions"] == ["await_unblocked", "open"]
    assert opened.changed


def test_a_reset_forgets_data_and_keeps_the_configuration(newest):
    newest.reset(jobs=[{"job_id": "j", "records": 12, "description": "kept"}, {"job_id": "empty"}])
    achieved = newest.run("ml_job", job_id=["j", "empty"], state="reset")
    assert {item["job_id"]: item["changed"] for item in achieved.jobs} == {"j": True, "empty": False}
    info = newest.run("ml_job_info", job_id="j")
    assert job(info)["stats"]["data_counts"]["input_record_count"] == 0
    assert job(info)["config"]["description"] == "kept"


@pytest.mark.parametrize("state", ["absent", "reset"])
def test_annotations_of_users(server, state):
    server.reset(jobs=[{"job_id": "j", "records": 12}])
    outcome = server.run("ml_job", job_id="j", state=state, delete_user_annotations=True)
    if server.release < (8, 7):
        assert outcome.failed
        assert "needs Elasticsearch" in outcome.msg
        assert "nothing was changed" in outcome.msg
        assert outcome.error["type"] == "unsupported_version"
        assert outcome.writes == []
    else:
        (line,) = outcome.writes
        assert "delete_user_annotations=true" in line
