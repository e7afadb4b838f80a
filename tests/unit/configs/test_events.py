# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which events of a calendar are the ones that are declared, and how a calendar with others is changed and shown."""

import pytest

from ansible_collections.mlops.elastic.plugins.module_utils.configs import events
from ansible_collections.mlops.elastic.plugins.module_utils.configs.calendar import CalendarConfig
from ansible_collections.mlops.elastic.plugins.module_utils.configs.kind import IMMUTABLE, IN_PLACE, Difference
from ansible_collections.mlops.elastic.plugins.module_utils.errors import BadOption

CALENDAR = CalendarConfig()
SINCE_8_16 = {"skip_result": True, "skip_model_update": True}


def event(description="e", start=1000, end=2000, **more):
    return {"description": description, "start_time": start, "end_time": end, **more}


def there(id, *args, **more):
    return event(*args, **more, event_id=id, calendar_id="c")


def exchange(declared, observed):
    added, removed = events.exchange(declared, observed)
    return added, sorted(entry["event_id"] for entry in removed)


E1, E2 = event("1"), event("2")
CASES = {
    "nothing": ([], [], ([], [])),
    "all new": ([E1, E2], [], ([E1, E2], [])),
    "all too many": ([], [there("a"), there("b", "2")], ([], ["a", "b"])),
    "the same": ([E2, E1], [there("a", "1"), there("b", "2")], ([], [])),
    "an ISO date is the same time": ([event(start="1970-01-01T00:00:01Z")], [there("a")], ([], [])),
    "another description": ([E2], [there("a", "1")], ([E2], ["a"])),
    "another end": ([event(end=3000)], [there("a")], ([event(end=3000)], ["a"])),
    "declared twice, there once": ([E1, E1], [there("a", "1")], ([E1], [])),
    "declared once, there twice": ([E1], [there("a", "1"), there("b", "1")], ([], ["b"])),
    "what is not declared of it is not compared": ([E1], [there("a", "1", skip_result=False)], ([], [])),
    "what it implies may be declared": ([dict(E1, **SINCE_8_16)], [there("a", "1")], ([], [])),
    "what is implied may be there": ([E1], [there("a", "1", **SINCE_8_16)], ([], [])),
    "another effect": (
        [dict(E1, skip_result=False)],
        [there("a", "1", **SINCE_8_16)],
        ([dict(E1, skip_result=False)], ["a"]),
    ),
    "a shift of time": ([dict(E1, force_time_shift=60)], [there("a", "1", force_time_shift=60)], ([], [])),
    "no shift of time any more": (
        [dict(E1, force_time_shift=60)],
        [there("a", "1", force_time_shift=61)],
        ([dict(E1, force_time_shift=60)], ["a"]),
    ),
    "the one that says most chooses first": (
        [E1, dict(E1, skip_result=False)],
        [there("a", "1", skip_result=False), there("b", "1", skip_result=True)],
        ([], []),
    ),
    "the plainest is chosen": (
        [dict(E1, skip_result=False), dict(E1, skip_model_update=False)],
        [
            there("a", "1", skip_result=False, skip_model_update=False),
            there("b", "1", skip_result=False, skip_model_update=True),
        ],
        ([], []),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_exchange(case):
    declared, observed, expected = CASES[case]
    assert exchange(declared, observed) == expected


@pytest.mark.parametrize("case", CASES)
def test_differs_where_there_is_something_to_exchange(case):
    declared, observed, (added, removed) = CASES[case]
    found = CALENDAR.differences("c", {"events": declared}, {"events": observed})
    assert [difference.path for difference in found] == (["events"] if added or removed else [])


def test_shown_as_it_was_and_as_it_comes_to_be():
    observed = {"events": [there("a", "1", **SINCE_8_16), there("b", "2", 1500, 1_767_225_600_000, skip_result=False)]}
    (difference,) = CALENDAR.differences("c", {"events": [E1, event("3", 5)]}, observed)
    first = {"start_time": "1970-01-01T00:00:01Z", "end_time": "1970-01-01T00:00:02Z", "description": "1"}
    second = {"start_time": "1970-01-01T00:00:01.500Z", "end_time": "2026-01-01T00:00:00Z", "description": "2"}
    third = {"start_time": "1970-01-01T00:00:00.005Z", "end_time": "1970-01-01T00:00:02Z", "description": "3"}
    before, after = [first, dict(second, skip_result=False)], [third, first]
    assert difference == Difference("events", before, after, IN_PLACE)
    assert CALENDAR.portable(dict(observed, calendar_id="c")) == {"calendar_id": "c", "events": before}


def test_only_what_is_declared_of_an_event_is_shown():
    declared = {"events": [E1, dict(E2, skip_result=True)]}
    observed = {"events": [there("a", "1", skip_result=False), there("b", "2", skip_result=False)]}
    before, after = (CALENDAR.view("c", declared, config)["events"] for config in (observed, declared))
    assert [set(entry) for entry in before] == [set(E1), {*E2, "skip_result"}]
    assert [set(entry) for entry in after] == [set(E1), set(E2)]
    assert CALENDAR.view("c", {"job_ids": ["j"]}, observed) == {"job_ids": []}


def test_a_time_that_cannot_be_a_date_stays_a_number():
    far = 10**15
    assert events.shown([event(end=far)])[0]["end_time"] == far


@pytest.mark.parametrize(
    ("declared", "observed", "parts"),
    [
        ({"job_ids": ["a", "b"]}, {"job_ids": ["b", "a"]}, {}),
        ({"job_ids": ["a", "a"]}, {"job_ids": ["a"]}, {}),
        ({"job_ids": []}, {}, {}),
        ({"description": "d"}, {"job_ids": ["a"], "events": [there("a")]}, {}),
        ({"job_ids": ["a", "c"]}, {"job_ids": ["b", "a"]}, {"add_jobs": ["c"], "remove_jobs": ["b"]}),
        ({"job_ids": []}, {"job_ids": ["b", "a"]}, {"remove_jobs": ["a", "b"]}),
        (
            {"job_ids": ["a"], "events": [E1]},
            {"events": [there("b", "2")]},
            {"add_jobs": ["a"], "add_events": [E1], "remove_events": [there("b", "2")]},
        ),
    ],
)
def test_what_is_to_be_added_and_removed(declared, observed, parts):
    differences = CALENDAR.differences("c", declared, observed)
    assert CALENDAR.update_body("c", declared, observed, differences) == parts


@pytest.mark.parametrize(
    ("before", "after", "differs"),
    [("d", "e", True), (None, "d", True), ("d", "", True), (None, "", False), ("", "", False)],
)
def test_the_description_stays(before, after, differs):
    observed = {} if before is None else {"description": before}
    found = CALENDAR.differences("c", {"description": after}, observed)
    assert [(difference.path, difference.cost) for difference in found] == [("description", IMMUTABLE)] * differs


def test_a_calendar_created_anew_has_what_is_not_declared():
    observed = {"calendar_id": "c", "description": "d", "job_ids": ["a"], "events": [there("a", "1", **SINCE_8_16)]}
    assert CALENDAR.merged("c", {"description": "e"}, observed) == {
        "description": "e",
        "job_ids": ["a"],
        "events": [dict(E1, **SINCE_8_16)],
    }


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"events": [E1, event(start="soon")]}, r"events\[1\].start_time: 'soon' is refused: .* ISO date"),
        ({"events": [event(), event(description=None)]}, r"events\[1\].description: None is refused: it is null"),
        ({"events": [event(end=None)]}, r"events\[0\].end_time: None is refused: it is null"),
        ({"events": [event(start="2000")]}, r"events\[0\].start_time: '2000' is refused"),
        ({"events": [event(end=True)]}, r"events\[0\].end_time: 'True' is refused"),
        ({"events": [event(start=5, end=5)]}, r"events\[0\].end_time: 5 is refused: it is not later than start_time 5"),
        ({"job_ids": ["a", "b,c"]}, "job_ids: 'b,c' is refused"),
        ({"job_ids": [" "]}, "job_ids: ' ' is refused"),
        ({"ics_end": "2026-01-01"}, "ics_end: '2026-01-01' is refused: it belongs to ics_file"),
        ({"ics_file": "/f", "events": []}, "ics_file: '/f' is refused: events are declared too"),
    ],
)
def test_refused(options, said):
    with pytest.raises(BadOption, match=said):
        CALENDAR.declared(options)
