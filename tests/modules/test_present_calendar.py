# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calendars as declared: their members and events come and go one by one, and what is not declared stays."""

import pytest

from modules import declaring
from modules.declaring import bodies, read

CALENDARS = "/_ml/calendars"
DAY = 86_400_000
NEW_YEAR = 1_767_225_600_000  # 2026-01-01T00:00:00Z
LOST = {"bad-gateway": {"status": 502, "body": "<html>", "content_type": "text/html"}, "dropped": {"drop": True}}


def event(description="e", day=0, **more):
    return {
        "description": description,
        "start_time": NEW_YEAR + day * DAY,
        "end_time": NEW_YEAR + (day + 1) * DAY,
        **more,
    }


def present(server, **options):
    return declaring.present(server, "ml_calendar", "calendars", **options)


def stored(server, id="c"):
    """A calendar, its members sorted, and what its events are."""
    calendar = read(server, f"{CALENDARS}/{id}")["calendars"][0]
    events = read(server, f"{CALENDARS}/{id}/events?size=10000")["events"]
    plain = [{name: entry[name] for name in ("description", "start_time", "end_time")} for entry in events]
    return {**calendar, "job_ids": sorted(calendar["job_ids"]), "events": plain}


def seeded(server, *events, **more):
    server.reset(calendars=[{"calendar_id": "c", "job_ids": ["a", "b"], "events": list(events), **more}])


def test_creating(server):
    server.reset()
    iso = {"description": "e", "start_time": "2026-01-01T01:00:00+01:00", "end_time": "2026-01-02"}
    created = present(server, calendar_id="c", description="d", job_ids=["b", "a"], events=[iso, event("f", 3)])
    assert created.writes == [f"PUT {CALENDARS}/c", f"POST {CALENDARS}/c/events"]
    assert created.calendars[0]["actions"] == ["create", "add_events"]
    assert stored(server) == {
        "calendar_id": "c",
        "description": "d",
        "job_ids": ["a", "b"],
        "events": [event(), event("f", 3)],
    }
    assert created.diff[0]["after"] == (
        "description: d\n"
        "events:\n"
        "- description: e\n  end_time: '2026-01-02T00:00:00Z'\n  start_time: '2026-01-01T00:00:00Z'\n"
        "- description: f\n  end_time: '2026-01-05T00:00:00Z'\n  start_time: '2026-01-04T00:00:00Z'\n"
        "job_ids:\n- a\n- b\n"
    )


def test_creating_one_of_which_nothing_is_said(server):
    server.reset()
    assert present(server, calendar_id="c").writes == [f"PUT {CALENDARS}/c"]
    assert stored(server) == {"calendar_id": "c", "job_ids": [], "events": []}


CHANGES = {
    "more members": ({"job_ids": ["b", "a", "d", "c"]}, ["add_jobs"], ["PUT /jobs/c,d"]),
    "fewer members": ({"job_ids": ["b"]}, ["remove_jobs"], ["DELETE /jobs/a"]),
    "other members": ({"job_ids": ["b", "c"]}, ["add_jobs", "remove_jobs"], ["PUT /jobs/c", "DELETE /jobs/a"]),
    "no members": ({"job_ids": []}, ["remove_jobs"], ["DELETE /jobs/a,b"]),
    "all jobs": ({"job_ids": ["_all", "a", "b"]}, ["add_jobs"], ["PUT /jobs/_all"]),
    "more events": ({"events": [event(), event("f", 1)]}, ["add_events"], ["POST /events"]),
    "no events": ({"events": []}, ["remove_events"], ["DELETE /events/"]),
    "another event": ({"events": [event("f")]}, ["add_events", "remove_events"], ["POST /events", "DELETE /events/"]),
    "another time": ({"events": [event("e", 1)]}, ["add_events", "remove_events"], ["POST /events", "DELETE /events/"]),
    "twice": ({"events": [event(), event()]}, ["add_events"], ["POST /events"]),
    "everything": (
        {"job_ids": ["z"], "events": [event("f")]},
        ["add_jobs", "remove_jobs", "add_events", "remove_events"],
        ["PUT /jobs/z", "DELETE /jobs/a,b", "POST /events", "DELETE /events/"],
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_only_what_differs_is_added_and_removed(server, case):
    options, actions, writes = CHANGES[case]
    seeded(server, event(), description="d")
    changed = present(server, calendar_id="c", **options)
    assert changed.calendars[0]["actions"] == actions
    assert [without_event_id(line) for line in changed.writes] == writes
    before = {"calendar_id": "c", "description": "d", "job_ids": ["a", "b"], "events": [event()]}
    assert stored(server) == {**before, **options, "job_ids": sorted(options.get("job_ids", ["a", "b"]))}


def test_only_events_that_are_missing_are_posted(server):
    seeded(server, event(), event("f", 1))
    changed = present(server, calendar_id="c", events=[event("g", 2), event()])
    assert bodies(changed) == [{"events": [event("g", 2)]}]
    assert stored(server)["events"] == [event(), event("g", 2)]


def without_event_id(line):
    method, path = line.split(" ")
    path = path.removeprefix(f"{CALENDARS}/c")
    return f"{method} {path[: path.rindex('/') + 1] if path.startswith('/events/') else path}"


@pytest.mark.parametrize(
    "options",
    [{}, {"job_ids": ["b", "a", "a"]}, {"description": "d"}, {"events": [event("f", 1), event()]}],
)
def test_what_is_as_declared_is_left_alone(server, options):
    seeded(server, event(), event("f", 1), description="d")
    outcome = server.run("ml_calendar", calendar_id="c", **options)
    assert (outcome.changed, outcome.writes) == (False, [])
    assert outcome.lines == [f"GET {CALENDARS}/c", f"GET {CALENDARS}/c/events?from=0&size=1000"]
    assert outcome.msg == "calendar c was as declared already"


def test_effects_of_events(simulators):
    server = simulators("8.19.21")
    seeded(server, event(), event("f", 1, skip_result=False), event("g", 2, force_time_shift=3600))
    assert not server.run("ml_calendar", calendar_id="c", events=[event(), event("f", 1), event("g", 2)]).changed
    declared = [event(skip_result=True), event("f", 1, skip_model_update=False), event("g", 2, force_time_shift=-60)]
    changed = present(server, calendar_id="c", events=[*declared[:2], event("g", 2)])
    assert changed.calendars[0]["actions"] == ["add_events", "remove_events"]
    assert bodies(changed) == [{"events": declared[1:2]}]
    assert bodies(present(server, calendar_id="c", events=declared)) == [{"events": declared[2:]}]
    (told,) = server.run("ml_calendar_info").calendars
    assert [entry.keys() - set(event()) for entry in told["config"]["events"]] == [
        set(),
        {"skip_model_update"},
        {"force_time_shift"},
    ]


def test_effects_that_an_older_server_does_not_know(simulators):
    server = simulators("7.17.29")
    seeded(server, event())
    refused = server.run("ml_calendar", calendar_id="c", events=[event(skip_result=False)])
    assert "unknown field [skip_result]" in refused.msg
    assert stored(server)["events"] == [event()]


def test_another_description_needs_a_new_calendar(server):
    seeded(server, event(), event("f", 1), description="d")
    refused = server.run("ml_calendar", calendar_id="c", description="e", events=[])
    assert refused.failed
    assert "calendar c: description cannot be changed in place" in refused.msg
    assert "Set on_immutable_change: recreate" in refused.msg
    assert refused.writes == []
    anew = present(server, calendar_id="c", description="e", job_ids=["b", "x"], on_immutable_change="recreate")
    assert anew.calendars[0]["actions"] == ["delete", "create", "add_events"]
    assert anew.msg == "recreated calendar c"
    assert stored(server) == {
        "calendar_id": "c",
        "description": "e",
        "job_ids": ["b", "x"],
        "events": [event(), event("f", 1)],
    }
    assert anew.diff[0]["before"] == "description: d\njob_ids:\n- a\n- b\n"


def test_expressions(server):
    server.reset(calendars=[{"calendar_id": name, "events": [event(name)]} for name in ("c1", "c2", "d")])
    changed = present(server, calendar_id=["c*", "new"], exclude=["*2"], job_ids=["j"])
    assert changed.writes == [f"PUT {CALENDARS}/new", f"PUT {CALENDARS}/c1/jobs/j"]
    assert [stored(server, name)["job_ids"] for name in ("c1", "c2", "d", "new")] == [["j"], [], [], ["j"]]
    emptied = server.run("ml_calendar", calendar_id="*", events=[])
    assert emptied.summary == {"matched": 4, "changed": 3, "unchanged": 1, "failed": 0}
    assert read(server, f"{CALENDARS}/_all/events")["count"] == 0
    deleted = server.run("ml_calendar", calendar_id=["c*", "new", "missing"], state="absent")
    assert sorted(deleted.writes) == [f"DELETE {CALENDARS}/{name}" for name in ("c1", "c2", "new")]
    assert [entry["calendar_id"] for entry in read(server, CALENDARS)["calendars"]] == ["d"]


def test_number_of_requests(server):
    server.reset(calendars=[{"calendar_id": f"c{n:03}", "events": [event()]} for n in range(300)])
    ids = [f"c{n:03}" for n in range(200)]
    outcome = server.run("ml_calendar", calendar_id=ids, events=[event()])
    assert outcome.summary["unchanged"] == 200
    assert outcome.lines == [f"GET {CALENDARS}?from=0&size=1000", f"GET {CALENDARS}/_all/events?from=0&size=1000"]
    changed = server.run("ml_calendar", calendar_id="c00*", events=[event(), event("f", 2)])
    assert len([line for line in changed.lines if line.startswith("GET")]) == 4


def test_many_members(newest):
    groups = [f"group-with-a-rather-long-name-so-that-few-fit-a-line-{n:03}" for n in range(150)]
    seeded(newest)
    changed = newest.run("ml_calendar", calendar_id="c", job_ids=groups)
    assert not changed.failed, changed.msg
    assert stored(newest)["job_ids"] == groups
    assert changed.calendars[0]["actions"] == ["add_jobs", "remove_jobs"]
    assert len([line for line in changed.writes if line.startswith("PUT")]) == 3
    assert newest.run("ml_calendar", calendar_id="c", job_ids=[]).changed
    assert stored(newest)["job_ids"] == []


def test_reading(server):
    server.reset(calendars=[{"calendar_id": name, "events": [event("f", 2), event()]} for name in ("c", "d")])
    told = server.run("ml_calendar_info", calendar_id="c*")
    events = [
        {"start_time": "2026-01-01T00:00:00Z", "end_time": "2026-01-02T00:00:00Z", "description": "e"},
        {"start_time": "2026-01-03T00:00:00Z", "end_time": "2026-01-04T00:00:00Z", "description": "f"},
    ]
    assert told.calendars == [
        {"calendar_id": "c", "config": {"calendar_id": "c", "job_ids": [], "events": events}},
    ]
    config = told.calendars[0]["config"]
    assert server.run("ml_calendar", **config).changed is False
    copied = server.run("ml_calendar", **{**config, "calendar_id": "e"})
    assert copied.changed
    assert stored(server, "e") == {**stored(server, "c"), "calendar_id": "e"}
    missing = server.run("ml_calendar_info", calendar_id=["c", "nobody"])
    assert (missing.failed, missing.error["status"]) == (True, 404)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"events": [{**event(), "start_time": "soon"}]}, "events[0].start_time: 'soon' is refused"),
        ({"events": [{**event(), "start_time": None}]}, "events[0].start_time: None is refused: it is null"),
        ({"events": [event(), {**event(), "end_time": NEW_YEAR}]}, "events[1].end_time"),
        ({"job_ids": ["a,b"]}, "job_ids: 'a,b' is refused: it cannot be the id of a job or a group"),
        (
            {"events": [], "ics_file": "/tmp/nowhere.ics"},
            "ics_file: '/tmp/nowhere.ics' is refused: events are declared",
        ),
        ({"ics_file": "/tmp/nowhere.ics"}, "ics_file: '/tmp/nowhere.ics' is refused: it cannot be read"),
        ({"events": [], "state": "absent"}, "events: [] is refused: it belongs to state: present"),
        ({"calendar_id": "Bad"}, "calendar_id: 'Bad' is refused"),
        ({"calendar_id": "x" * 65}, "it has 65 characters"),
    ],
)
def test_refused_before_the_first_write(newest, options, said):
    seeded(newest, event())
    outcome = newest.run("ml_calendar", **{"calendar_id": "c", **options})
    assert outcome.failed
    assert said in outcome.msg
    assert outcome.writes == []


@pytest.mark.parametrize("carried_out", [False, True], ids=["in-vain", "carried-out"])
@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize(
    ("method", "path", "options"),
    [
        ("PUT", "*/new", {"calendar_id": "new", "job_ids": ["x"], "events": [event()]}),
        ("POST", "*/events", {"calendar_id": "new", "job_ids": ["x"], "events": [event()]}),
        ("PUT", "*/jobs/*", {"calendar_id": "c", "job_ids": ["x"], "events": [event("f")]}),
        ("DELETE", "*/jobs/*", {"calendar_id": "c", "job_ids": ["x"], "events": [event("f")]}),
        ("POST", "*/events", {"calendar_id": "c", "job_ids": ["x"], "events": [event("f")]}),
        ("DELETE", "*/events/*", {"calendar_id": "c", "job_ids": ["x"], "events": [event("f")]}),
        ("DELETE", "*/c", {"calendar_id": "c", "description": "new", "on_immutable_change": "recreate"}),
        ("PUT", "*/c", {"calendar_id": "c", "description": "new", "on_immutable_change": "recreate"}),
        ("DELETE", "*/c", {"calendar_id": "c", "state": "absent"}),
    ],
)
def test_an_answer_that_is_lost(newest, method, path, options, fault, carried_out):
    seeded(newest, event(), description="d")
    newest.control("faults", [{"method": method, "path": path, "after": carried_out, **LOST[fault]}])
    outcome = newest.run("ml_calendar", **options, max_retries=0)
    assert not outcome.failed, outcome.msg
    assert outcome.changed
    second = newest.run("ml_calendar", **options)
    assert (second.changed, second.writes) == (False, [])
    if "description" in options:
        assert stored(newest) == {"calendar_id": "c", "description": "new", "job_ids": ["a", "b"], "events": [event()]}


def test_one_that_somebody_else_created_meanwhile(newest):
    newest.reset()
    exists = {"type": "status_exception", "reason": "Cannot create calendar with id [c] as it already exists"}
    newest.control(
        "faults", [{"method": "PUT", "path": "*/c", "status": 400, "body": {"error": exists, "status": 400}}]
    )
    outcome = newest.run("ml_calendar", calendar_id="c", job_ids=["x"])
    assert outcome.failed
    assert "Cannot create calendar with id [c] as it already exists" in outcome.msg
