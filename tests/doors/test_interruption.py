# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ctrl-C and the keyword timeout end a long wait at once; the server goes on, and the next run finds that."""

import os
import re
import signal
import time

import pytest

AT_ONCE_SECONDS = 4
GIVEN_UP_SECONDS = 20
WAITS = [("closed", "closing", "closed"), ("absent", "deleting", None)]
"""A wanted state, what the job does meanwhile and what it comes to: within one request, and watched in the list."""


@pytest.fixture
def slow(player):
    """A server that needs an hour to close or to delete a job."""
    job = {"job_id": "slow", "state": "opened", "durations": {"closing": "1h", "deleting": "1h"}}
    player.server.reset(jobs=[job])
    return player


@pytest.mark.parametrize(("state", "transition", "end"), WAITS)
def test_ctrl_c(slow, state, transition, end):
    settled(slow, state)
    with slow.started("wait.yml", variables=options(state)) as process:
        until(lambda: transition in states(slow))
        os.killpg(process.pid, signal.SIGINT)
        began = time.monotonic()
        process.wait(GIVEN_UP_SECONDS)
        until(lambda: not slow.processes())
        assert time.monotonic() - began < AT_ONCE_SECONDS
        assert process.returncode
    assert transition in states(slow)
    again(slow, state, end)


@pytest.mark.parametrize(("state", "transition", "end"), WAITS)
def test_timeout_of_the_task(slow, state, transition, end):
    settled(slow, state)
    with slow.started("wait.yml", variables=options(state, seconds=2)) as process:
        until(lambda: transition in states(slow))
        began = time.monotonic()
        played = slow.ended(process)
        assert time.monotonic() - began < AT_ONCE_SECONDS
    assert re.search(r"expected time frame|Timed out after 2 second", played.of("Wait")["msg"])
    assert transition in states(slow)
    again(slow, state, end)


def settled(player, state):
    """Let a job that is to be deleted be closed: what is slow is then its deletion alone."""
    if state == "absent":
        player.server.control("jobs/slow", {"state": "closed"})


def again(player, state, end):
    """The same module once the server has come to the end of what it was doing."""
    player.server.control("clock", {"advance": "2h"})
    assert not player.server.run("ml_job", job_id=["slow"], state=state).changed
    assert states(player) == ([end] if end else [])


def options(state, seconds=0):
    return {"job": "slow", "state": state, "seconds": seconds}


def states(player):
    """What the server says of its jobs. A job that is being deleted leaves the statistics: they are asked first."""
    stats = player.server.api("GET", "/_ml/anomaly_detectors/_stats").body["jobs"]
    jobs = player.server.api("GET", "/_ml/anomaly_detectors").body["jobs"]
    states = {stat["job_id"]: stat["state"] for stat in stats}
    return ["deleting" if job.get("deleting") else states[job["job_id"]] for job in jobs]


def until(condition):
    limit = time.monotonic() + GIVEN_UP_SECONDS
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.05)
