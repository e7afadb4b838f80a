# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters, calendars and events, declared as Elastic's own classes were given them, against what these keep."""

import json

import pytest
from contract.golden_files import VERSIONS, entries, expected_of
from contract.test_golden import with_items

from ansible_collections.mlops.elastic.plugins.module_utils.configs.calendar import CalendarConfig
from ansible_collections.mlops.elastic.plugins.module_utils.configs.filter import FilterConfig
from simulator.config import calendars, filters

ENTRIES = [with_items(json.dumps(entry)) for entry in entries("filters_calendars")]
KINDS = {"filters": FilterConfig(), "calendars": CalendarConfig(), "events": CalendarConfig()}


def accepted(*kinds):
    return [
        pytest.param(
            KINDS[entry["input"]["of"]], entry["input"]["body"], document_of(entry, expected), version, id=name
        )
        for entry in ENTRIES
        for version in VERSIONS
        for expected in [expected_of(entry, version)]
        for name in [f"{entry['name']} {version}"]
        if entry["input"]["of"] in kinds and "get" in expected
    ]


def document_of(entry, expected):
    """What the module reads: a calendar with its events."""
    return {"calendar_id": "x", "events": expected["get"]} if entry["input"]["of"] == "events" else expected["get"]


def posted(version, body):
    """The events of a calendar to which a body is posted."""
    events = calendars.events(version, "x", json.dumps({"events": body}))
    return [dict(event, event_id=str(number)) for number, event in enumerate(events)]


@pytest.mark.parametrize(("kind", "body", "document", "version"), accepted("filters", "calendars", "events"))
class TestAccepted:
    def test_differs_in_nothing(self, kind, body, document, version):
        assert kind.differences("x", kind.declared(body), document) == []

    def test_differs_from_nothing_in_what_it_holds(self, kind, body, document, version):
        declared = kind.declared(body)
        assert {difference.path for difference in kind.differences("x", declared, {})} == {
            name for name, value in declared.items() if value not in ("", [])
        }

    def test_can_be_declared_as_it_is_exported(self, kind, body, document, version):
        exported = kind.portable(document)
        assert kind.differences("x", kind.declared(exported), document) == []
        assert not json.dumps(exported).count("<generated>")


@pytest.mark.parametrize(("kind", "body", "document", "version"), accepted("filters"))
def test_what_creates_a_filter_makes_what_was_declared(kind, body, document, version):
    sent = json.dumps(kind.create_body("x", kind.declared(body)))
    assert filters.build(version, document["filter_id"], sent) == document


@pytest.mark.parametrize(("kind", "body", "document", "version"), accepted("filters"))
def test_one_update_makes_any_filter_what_was_declared(kind, body, document, version):
    declared = kind.declared(body)
    for present in ([], ["a", "x"], ["other"]):
        before = filters.build(version, "x", json.dumps({"items": present, "description": "old"}))
        sent = kind.update_body("x", declared, before, kind.differences("x", declared, before))
        after = filters.update(before, filters.read_update(version, "x", json.dumps(sent)))
        assert kind.differences("x", declared, after) == []
        assert after.get("description") == declared.get("description", "old")


@pytest.mark.parametrize(("kind", "body", "document", "version"), accepted("events"))
def test_events_that_are_missing_are_those_to_add(kind, body, document, version):
    declared = kind.declared(body)
    other = {"events": posted(version, [{"description": "o", "start_time": 1, "end_time": 2}])}
    parts = kind.update_body("x", declared, other, kind.differences("x", declared, other))
    assert parts["remove_events"] == other["events"]
    after = {"events": posted(version, parts["add_events"])}
    assert kind.differences("x", declared, after) == []
    assert [dict(event, event_id="") for event in after["events"]] == [
        dict(event, event_id="") for event in document["events"]
    ]
