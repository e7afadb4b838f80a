# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Upgrade mode: switched once, waited for until nothing runs on any node, and true about what nobody could see."""

import threading

import pytest

from modules.test_interruptions import FAULTS

BUSY = {
    "jobs": [{"job_id": "j", "state": "opened", "datafeed": {"datafeed_id": "f", "state": "started"}}],
    "analytics": [{"id": "a", "state": "started"}],
}
SWITCH = "/_ml/set_upgrade_mode"
INFO = "GET /_ml/info?filter_path=upgrade_mode"
PROCESSING = {
    "error": {
        "type": "status_exception",
        "reason": "Cannot change [upgrade_mode]. Previous request is still being processed.",
    },
    "status": 429,
}


def enabled(server):
    return server.api("GET", "/_ml/info").body["upgrade_mode"]


def set_before(server, on):
    server.reset(**BUSY)
    server.api("POST", f"{SWITCH}?enabled={str(on).lower()}")


@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize("state", ["enabled", "disabled"])
def test_switching(server, before, state):
    wanted = state == "enabled"
    set_before(server, before)
    sent = [] if before == wanted else [f"POST {SWITCH}?enabled={str(wanted).lower()}&timeout=1m"]
    foretold = server.run("ml_upgrade_mode", state=state, check=True, diff=True)
    assert (foretold.changed, foretold.writes, foretold.declared_writes) == (bool(sent), [], sent)
    assert (foretold.upgrade_mode_before, foretold.upgrade_mode) == (before, wanted)
    assert enabled(server) == before

    done = server.run("ml_upgrade_mode", state=state, diff=True)
    assert (done.changed, done.writes, done.declared_writes) == (bool(sent), sent, sent)
    assert (done.upgrade_mode_before, done.upgrade_mode) == (before, wanted)
    assert done.diff == {
        "before": {"upgrade_mode": before} if sent else {},
        "after": {"upgrade_mode": wanted} if sent else {},
    }
    assert done.diff == foretold.diff
    verb = state.removesuffix("d")
    assert foretold.msg == (f"would {verb} upgrade mode" if sent else f"upgrade mode was {state} already")
    assert done.msg == (f"{state} upgrade mode" if sent else f"upgrade mode was {state} already")
    assert enabled(server) == wanted

    again = server.run("ml_upgrade_mode", state=state)
    assert (again.changed, again.writes, again.lines[0]) == (False, [], INFO)
    assert server.api("GET", "/_ml/anomaly_detectors/j/_stats").body["jobs"][0]["state"] == "opened"
    assert ("node" in server.api("GET", "/_ml/datafeeds/f/_stats").body["datafeeds"][0]) != wanted


def test_what_is_disabled_costs_one_request(server):
    assert server.run("ml_upgrade_mode", state="disabled").lines == [INFO]


def test_a_wait_that_the_server_cuts_short_goes_on(server):
    """As recorded with 7.3: the switch is set, and the request ends in a 500 while tasks still leave their nodes."""
    server.reset(**BUSY, durations={"isolating": "600ms"})
    server.control("faults", [{"path": SWITCH, "status": 500, "after": True, **timed_out()}])
    done = server.run("ml_upgrade_mode", state="enabled", timeout="20s")
    assert (done.changed, done.upgrade_mode, len(done.writes)) == (True, True, 1)
    assert "node" not in server.api("GET", "/_ml/anomaly_detectors/j/_stats").body["jobs"][0]


def timed_out():
    waited = {"type": "receive_timeout_transport_exception", "reason": "request_id [4272] timed out after [30022ms]"}
    return {"body": {"error": {"type": "failed_node_exception", "reason": "Failed node [x]", "caused_by": waited}}}


def test_too_short_a_time_is_said_and_the_next_run_waits(newest):
    newest.reset(**BUSY, durations={"isolating": "1500ms"})
    late = newest.run("ml_upgrade_mode", state="enabled", timeout="300ms")
    assert (late.failed, late.changed, late.upgrade_mode) == (True, True, True)
    assert "could not enable upgrade mode within timeout 300ms; the server goes on" in late.msg
    assert late.error["type"] == "timeout"
    planned = newest.run("ml_upgrade_mode", state="enabled", check=True)
    assert planned.msg == "upgrade mode was enabled already; would wait until nothing ran on any node"
    waited = newest.run("ml_upgrade_mode", state="enabled")
    assert (waited.changed, waited.writes) == (False, [])
    assert waited.msg == "upgrade mode was enabled already; waited until nothing ran on any node"
    assert "node" not in newest.api("GET", "/_ml/datafeeds/f/_stats").body["datafeeds"][0]


def test_somebody_else_is_switching(newest):
    newest.control("faults", [{"path": SWITCH, "status": 429, "body": PROCESSING, "times": 2}])
    done = newest.run("ml_upgrade_mode", state="enabled")
    assert (done.failed, done.changed, len(done.writes)) == (False, True, 3)
    newest.control("faults", [{"path": SWITCH, "status": 429, "body": PROCESSING, "times": 9}])
    given_up = newest.run("ml_upgrade_mode", state="disabled", max_retries=0, timeout="1s")
    assert (given_up.failed, given_up.changed, given_up.upgrade_mode) == (True, False, True)
    assert "Previous request is still being processed" in given_up.msg
    newest.control("reset", {})


def test_two_at_once(newest):
    newest.reset(**BUSY, durations={"isolating": "400ms"})
    first = threading.Thread(target=newest.api, args=("POST", f"{SWITCH}?enabled=true"))
    first.start()
    second = newest.run("ml_upgrade_mode", state="enabled")
    first.join()
    assert (second.failed, second.upgrade_mode) == (False, True)
    assert "node" not in newest.api("GET", "/_ml/anomaly_detectors/j/_stats").body["jobs"][0]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("state", "fault"), [*(("enabled", fault) for fault in FAULTS), ("disabled", "dropped")])
def test_interruptions(newest, state, fault, after):
    set_before(newest, state == "disabled")
    newest.control("faults", [{"path": SWITCH, "after": after, **FAULTS[fault]}])
    done = newest.run("ml_upgrade_mode", state=state, timeout="20s")
    assert (done.failed, done.changed, done.upgrade_mode) == (False, True, state == "enabled")
    assert enabled(newest) == (state == "enabled")
    assert newest.run("ml_upgrade_mode", state=state).changed is False


def test_what_nobody_could_see_is_unknown(newest):
    blind = {"status": 403, "body": {"error": {"type": "security_exception", "reason": "no more"}}, "times": 9}
    newest.control(
        "faults",
        [
            {"path": "/_ml/info", "delay": "1ms"},
            {"path": SWITCH, "drop": True, "after": True},
            {"path": "/_ml/info", **blind},
        ],
    )
    done = newest.run("ml_upgrade_mode", state="enabled")
    assert (done.failed, done.upgrade_mode_before, done.upgrade_mode) == (True, False, None)
    assert "no more" in done.msg
    newest.control("reset", {})


def test_refusals(newest):
    newest.control(
        "security", {"users": {"watcher": {"password": "secret of hers", "roles": ["machine_learning_user"]}}}
    )
    refused = newest.run("ml_upgrade_mode", state="enabled", username="watcher", password="secret of hers")
    assert (refused.failed, refused.changed, refused.error["status"]) == (True, False, 403)
    assert "could not enable upgrade mode" in refused.msg
    assert "manage_ml" in refused.msg
    assert (
        newest.run(
            "ml_upgrade_mode", state="enabled", username="watcher", password="secret of hers", check=True
        ).changed
        is True
    )
    newest.control("security", {})
