# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Calendars: a description that stays, a set of members, and events."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils import ics
from ansible_collections.mlops.elastic.plugins.module_utils.configs import events, forms
from ansible_collections.mlops.elastic.plugins.module_utils.configs.kind import (
    IMMUTABLE,
    IN_PLACE,
    Difference,
    Field,
    Kind,
)
from ansible_collections.mlops.elastic.plugins.module_utils.errors import BadOption


class CalendarConfig(Kind):
    """C(ml_calendar).

    There is no update API: members are added and removed by ids, events are posted and deleted one by one. What
    update_body() returns is therefore told apart by C(add_jobs), C(remove_jobs), C(add_events), C(remove_events).
    """

    SPEC = {
        "description": {"type": "str"},
        "job_ids": {"type": "list", "elements": "str"},
        "events": {"type": "list", "elements": "dict", "options": events.SPEC},
        **ics.SPEC,
    }
    FIELDS = {
        "description": Field(IMMUTABLE, implied=""),
        "job_ids": Field(IN_PLACE, forms.unordered, []),
        "events": Field(IN_PLACE, events.shown, []),
    }

    def declared(self, options):
        """Return what the options declare; events are read from C(ics_file), their times are milliseconds.

        :raises BadOption: a time or a file that cannot be read, an event that ends before it starts, a member that
            cannot be part of a path
        """
        given = super().declared(options)
        source = {name: given.pop(name) for name in ics.SPEC if name in given}
        if source:
            given["events"] = _events_of_file(given, source)
        elif "events" in given:
            given["events"] = events.checked(given["events"])
        for member in given.get("job_ids", ()):
            _check_member(member)
        return given

    def differences(self, id, declared, observed):
        found = [
            difference for difference in super().differences(id, declared, observed) if difference.path != "events"
        ]
        there = observed.get("events", [])
        added, removed = events.exchange(declared["events"], there) if "events" in declared else ((), ())
        if added or removed:
            after = events.exchanged(there, added, removed)
            found.append(Difference("events", events.shown(there), events.shown(after), IN_PLACE))
        return found

    def create_body(self, id, declared):
        """Return the body of the request that creates it, which takes no events."""
        return {name: value for name, value in declared.items() if name != "events"}

    def update_body(self, id, declared, observed, differences):
        """Return what is to be added and removed; only what is there can be removed."""
        parts = {}
        for difference in differences:
            if difference.path == "job_ids":
                parts["add_jobs"], parts["remove_jobs"] = forms.exchange(difference.before, difference.after)
            elif difference.path == "events":
                there = observed.get("events", [])
                parts["add_events"], parts["remove_events"] = events.exchange(declared["events"], there)
        return {name: part for name, part in parts.items() if part}

    def view(self, id, declared, config):
        """Return the canonical values that a calendar has where another one declares any."""
        view = super().view(id, declared, config)
        if "events" in view:
            view["events"] = events.shown(config.get("events", []), declared["events"])
        return view

    def portable(self, config):
        """Return an observed calendar as it can be declared: events without ids."""
        portable = super().portable(config)
        return dict(portable, events=events.shown(config["events"])) if "events" in config else portable


def _events_of_file(given, source):
    if "ics_file" not in source:
        name = next(iter(source))
        raise BadOption(name, source[name], "it belongs to ics_file, which is not given", "Remove it.")
    if "events" in given:
        raise BadOption("ics_file", source["ics_file"], "events are declared too", "Declare one of the two.")
    return ics.events(**source)


def _check_member(member):
    if not member.strip() or "," in member:
        raise BadOption(
            "job_ids", member, "it cannot be the id of a job or a group", "Write a list with one id or group each."
        )
