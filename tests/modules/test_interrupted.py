# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the failure of its job found a datafeed, as each version shows it."""

import pytest

END = "2099-01-01T00:00:00Z"
LIVE, BACK = ("live", {}), ("back", {"end": END})
RAN = {"ran": True, "end": None, "end_known": True}
UP_TO_END = {**RAN, "end": END}
DID_NOT_RUN = {"ran": False, "end": None, "end_known": True}
SECURITY = {
    "roles": {
        "without_monitor": {"cluster": ["monitor_ml"], "indices": [{"names": [".ml-n*"], "privileges": ["read"]}]},
        "without_messages": {"cluster": ["monitor_ml", "monitor"]},
    },
    "users": {name: {"password": "secret", "roles": [name]} for name in ("without_monitor", "without_messages")},
}


@pytest.fixture
def estate(server):
    """Jobs with datafeeds: one that runs, one that runs up to an end, one that was stopped, one that never ran."""
    names = ("live", "back", "held", "idle")
    server.reset(jobs=[{"job_id": name, "state": "opened", "datafeed": {}} for name in names])
    for name, more in (LIVE, BACK, ("held", {})):
        assert not server.run("ml_datafeed", datafeed_id=f"datafeed-{name}", state="started", **more).failed
    server.run("ml_datafeed", datafeed_id="datafeed-held", state="stopped")
    for name in names:
        server.control("seed", {"notifications": [{"job_id": name, "level": "error", "message": "no more"}]})
        server.control(f"jobs/{name}", {"state": "failed"})
    yield server
    server.control("security", {})


def told(outcome):
    """By job, with times as all versions could write them."""
    assert not outcome.failed, outcome.msg
    found = {job["job_id"]: job["datafeed"]["interrupted"] for job in outcome.jobs}
    return {id: {**one, "end": one["end"] and one["end"].replace(".000Z", "Z")} for id, one in found.items()}


def test_before_and_after_a_failed_attempt(estate):
    expected = {"live": RAN, "back": UP_TO_END, "held": DID_NOT_RUN, "idle": DID_NOT_RUN}
    seen = estate.run("ml_job_info", health=True)
    assert told(seen) == expected
    assert seen.warned == []
    estate.run("ml_datafeed", datafeed_id=["datafeed-live", "datafeed-back"], state="stopped", force=True)
    for name in ("live", "back"):
        estate.run("ml_job", job_id=name, state="opened", force=True)
        estate.control(f"jobs/{name}", {"state": "failed", "failure_reason": "still no more"})
    assert told(estate.run("ml_job_info", health=True)) == expected


def test_only_failed_jobs_are_asked_about(estate):
    assert estate.run("ml_job", job_id="held", state="opened", force=True).changed
    (held,) = estate.run("ml_job_info", job_id="held", health=True).jobs
    assert "interrupted" not in held["datafeed"]
    assert all("interrupted" not in job["datafeed"] for job in estate.run("ml_job_info").jobs)


@pytest.mark.parametrize("lacking", ["without_monitor", "without_messages"])
def test_what_may_not_be_read_is_not_known(estate, lacking):
    """What tells of a datafeed that still runs is the cluster's state, of one that was stopped messages."""
    estate.control("security", SECURITY)
    seen = estate.run("ml_job_info", job_id="live", health=True, username=lacking, password="secret")
    needs = "without_messages" if estate.release >= (7, 16) else "without_monitor"
    assert told(seen) == {"live": {**RAN, "end_known": lacking != needs}}
    assert len(seen.warned) == (1 if lacking in (needs, "without_messages") else 0)
