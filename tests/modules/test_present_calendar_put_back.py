# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A calendar that is deleted to be created anew, and what becomes of it where something in between is refused."""

import pytest

from modules.test_present_calendar import CALENDARS, event, seeded, stored

REFUSAL = {"error": {"type": "status_exception", "reason": "no more of them"}, "status": 400}
ANEW = {"calendar_id": "c", "description": "new", "on_immutable_change": "recreate"}
BEFORE = {"calendar_id": "c", "description": "d", "job_ids": ["a", "b"], "events": [event(), event("f", 1)]}


def refused(server, method, path, **more):
    """Create the calendar anew while the server refuses one request."""
    seeded(server, *BEFORE["events"], description="d")
    server.control("faults", [{"method": method, "path": path, "status": 400, "body": REFUSAL, **more}])
    outcome = server.run("ml_calendar", **ANEW)
    assert outcome.failed
    assert "no more of them" in outcome.msg
    return outcome


@pytest.mark.parametrize("options", [{}, {"events": []}, {"job_ids": [], "events": [event("g", 2)]}])
def test_it_comes_back_with_its_events(server, options):
    seeded(server, *BEFORE["events"], description="d")
    server.control("faults", [{"method": "PUT", "path": f"{CALENDARS}/c", "status": 400, "body": REFUSAL, "times": 1}])
    outcome = server.run("ml_calendar", **ANEW, **options)
    assert "no more of them" in outcome.msg
    assert outcome.calendars[0]["actions"] == ["delete", "put_back", "put_back_events"]
    assert "lost" not in outcome.calendars[0]
    assert stored(server) == BEFORE


def test_one_without_events_comes_back(newest):
    seeded(newest, description="d")
    newest.control("faults", [{"method": "PUT", "path": f"{CALENDARS}/c", "status": 400, "body": REFUSAL, "times": 1}])
    outcome = newest.run("ml_calendar", **ANEW)
    assert outcome.calendars[0]["actions"] == ["delete", "put_back"]
    assert stored(newest) == {**BEFORE, "events": []}


def test_what_cannot_be_put_back_is_told(server):
    outcome = refused(server, "PUT", f"{CALENDARS}/c", times=2)
    (calendar,) = outcome.calendars
    assert calendar["state"] == "unknown"
    (lost,) = calendar["lost"]["calendars"]
    assert server.run("ml_calendar", **lost).changed
    assert stored(server) == BEFORE


def test_events_that_cannot_be_added_again_are_told(server):
    outcome = refused(server, "POST", f"{CALENDARS}/c/events", times=1)
    (lost,) = outcome.calendars[0]["lost"]["calendars"]
    assert stored(server) == {**BEFORE, "description": "new", "events": []}
    assert server.run("ml_calendar", **{**lost, "description": "new"}).changed
    assert stored(server) == {**BEFORE, "description": "new"}


def test_nothing_is_lost_where_nothing_was_deleted(server):
    outcome = refused(server, "DELETE", f"{CALENDARS}/c", times=1)
    assert "lost" not in outcome.calendars[0]
    assert stored(server) == BEFORE
