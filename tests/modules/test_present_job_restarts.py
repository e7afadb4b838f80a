# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ml_job with state: present on jobs that are on their way, slow, several, or not to be put back."""

import pytest

from ansible_collections.mlops.elastic.plugins.module_utils.normalize import declarable
from modules.declared_jobs import CONFIG, JOBS, VERSIONS, declare, document, running, seed

pytestmark = pytest.mark.parametrize("server", VERSIONS, indirect=True)
MEMORY = {"analysis_limits": {"model_memory_limit": "2gb"}}
LOOK_BACK = ("opened", "started", ["4102444800000"])
AROUND = ["close_job", "update", "open_job"]
ON_THE_WAY = {
    "a datafeed that starts": ("datafeeds/f", "starting", ["stop_datafeed", *AROUND, "start_datafeed"], LOOK_BACK),
    "a datafeed that stops": ("datafeeds/f", "stopping", ["await_stopped", *AROUND], ("opened", "stopped", [])),
    "a job that opens": ("jobs/j", "opening", AROUND, ("opened", "stopped", [])),
}


@pytest.mark.parametrize(("resource", "state", "actions", "after"), ON_THE_WAY.values(), ids=ON_THE_WAY)
def test_what_is_on_its_way_arrives(server, resource, state, actions, after):
    seed(server, "opened" if resource == "jobs/j" else "look-back")
    server.control("durations", {"stopping": "200ms"})
    server.control(resource, {"state": state})
    outcome = server.run("ml_job", job_id="j", **MEMORY)
    assert not outcome.failed, outcome.msg
    assert outcome.jobs[0]["actions"] == actions
    assert running(server) == after


def test_slow_transitions_are_waited_for(server):
    seed(server, "look-back")
    server.control("durations", {"stopping": "200ms", "closing": "400ms", "opening": "200ms", "starting": "200ms"})
    outcome = server.run("ml_job", job_id="j", **MEMORY)
    assert not outcome.failed, outcome.msg
    assert running(server) == LOOK_BACK
    server.control("durations", dict.fromkeys(("stopping", "closing", "opening", "starting"), "0s"))


def test_what_could_not_be_put_back_in_time_is_named(server):
    seed(server, "look-back")
    server.control("jobs/j", {"durations": {"closing": "1h"}})
    config = document(server)
    outcome = server.run("ml_job", job_id="j", timeout="300ms", **MEMORY)
    assert outcome.failed
    assert "could not close job j within timeout 300ms" in outcome.msg
    assert "datafeed f is left stopped" in outcome.msg
    assert "update" not in outcome.jobs[0]["actions"]
    assert declarable(document(server)) == declarable(config)


def test_each_job_is_put_back_as_it_was(server):
    states = {"a-closed": "closed", "b-opened": "opened", "c-failed": "failed", "d-fed": "opened"}
    feeds = {"d-fed": {"datafeed": {"datafeed_id": "f", "state": "started"}}}
    server.reset(
        indices=["source"],
        jobs=[{**CONFIG, "job_id": id, "state": state, **feeds.get(id, {})} for id, state in states.items()],
    )
    outcome = server.run("ml_job", job_id="team", **MEMORY)
    assert not outcome.failed, outcome.msg
    assert {job["job_id"]: job["actions"] for job in outcome.jobs} == {
        "a-closed": ["update"],
        "b-opened": AROUND,
        "c-failed": ["update"],
        "d-fed": ["stop_datafeed", *AROUND, "start_datafeed"],
    }
    stats = server.api("GET", f"{JOBS}/_stats").body["jobs"]
    assert {job["job_id"]: job["state"] for job in stats} == states
    assert document(server, "/_ml/datafeeds/f/_stats", "datafeeds")["state"] == "started"


def test_one_that_is_refused_is_put_back_and_others_go_on(server):
    ids = ("a", "b", "c")
    server.reset(jobs=[{**CONFIG, "job_id": id, "state": "opened"} for id in ids])
    body = '{"error": {"type": "status_exception", "reason": "less than it uses"}}'
    server.control("faults", [{"method": "POST", "path": f"{JOBS}/b/_update", "status": 400, "body": body}])
    outcome = server.run("ml_job", job_id="*", **MEMORY)
    assert outcome.failed
    assert {job["job_id"]: ("error" in job, job["changed"]) for job in outcome.jobs} == {
        "a": (False, True),
        "b": (True, False),
        "c": (False, True),
    }
    stats = server.api("GET", f"{JOBS}/_stats").body["jobs"]
    assert {job["job_id"]: job["state"] for job in stats} == dict.fromkeys(ids, "opened")


def test_nothing_is_done_by_force(server):
    """A job that is closed by force does not keep what it learned last."""
    seed(server, "real time")
    update = declare(server, **MEMORY)
    anew = declare(
        server, on_immutable_change="recreate", force=True, analysis_config={"bucket_span": "2h"}, description="n"
    )
    assert [line for line in (*update.writes, *anew.writes) if "force" in line] == []


def test_a_failed_job_is_not_created_anew(server):
    seed(server, "failed")
    outcome = server.run(
        "ml_job", job_id="j", on_immutable_change="recreate", force=True, analysis_config={"bucket_span": "2h"}
    )
    assert outcome.failed
    assert outcome.writes == []
    assert "job j is failed; bring it to state: closed" in outcome.msg


def test_a_job_keeps_its_calendars(server):
    server.reset(
        jobs=[{**CONFIG, "job_id": "j", "state": "closed"}],
        calendars=[{"calendar_id": "holidays", "job_ids": ["j", "other"]}, {"calendar_id": "none", "job_ids": []}],
    )
    outcome = server.run("ml_job", job_id="j", on_immutable_change="recreate", analysis_config={"bucket_span": "2h"})
    assert not outcome.failed, outcome.msg
    calendars = server.api("GET", "/_ml/calendars").body["calendars"]
    members = {calendar["calendar_id"]: sorted(calendar["job_ids"]) for calendar in calendars}
    assert members == {"holidays": ["j", "other"], "none": []}
