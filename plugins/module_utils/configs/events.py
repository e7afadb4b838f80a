# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Events of calendars, which have no names: when two are the same, and how they are shown."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils import units
from ansible_collections.mlops.elastic.plugins.module_utils.errors import BadOption

SPEC = {
    "description": {"type": "str", "required": True},
    "start_time": {"type": "raw", "required": True},
    "end_time": {"type": "raw", "required": True},
    "skip_result": {"type": "bool"},
    "skip_model_update": {"type": "bool"},
    "force_time_shift": {"type": "int"},
}
_TIMES = ("start_time", "end_time")
_EFFECTS = {"skip_result": True, "skip_model_update": True, "force_time_shift": None}
"""What an event does unless it says otherwise; servers before 8.16 know no other events (golden)."""


def checked(events):
    """Return declared events with their times in milliseconds.

    :raises BadOption: null, which Ansible lets pass, a time that cannot be read, an end not later than its start
    """
    return [_checked(f"events[{number}]", event) for number, event in enumerate(events)]


def _checked(name, event):
    for option in (option for option, rule in SPEC.items() if rule.get("required")):
        if option not in event:
            raise BadOption(f"{name}.{option}", None, "it is null", "Every event has one.")
    times = {time: units.event_time(f"{name}.{time}", event[time]) for time in _TIMES}
    if times["start_time"] >= times["end_time"]:
        problem = f"it is not later than start_time {event['start_time']}"
        raise BadOption(f"{name}.end_time", event["end_time"], problem, "Exchange them.")
    return dict(event, **times)


def exchange(declared, observed):
    """Return the declared events that are not there, and the observed ones that no declaration means.

    An event is known by its times and its description, and by what else its declaration says; one that is declared
    once and there twice, as after a request that was sent again, is there once too often.
    """
    there = {}
    for event in observed:
        there.setdefault(_key(event), []).append(event)
    added = []
    for event in sorted(declared, key=len, reverse=True):
        alike = there.get(_key(event), [])
        found = min((candidate for candidate in alike if _does(candidate, event)), key=_particulars, default=None)
        if found:
            alike.remove(found)
        else:
            added.append(event)
    return added, [event for alike in there.values() for event in alike]


def exchanged(observed, added, removed):
    """Return what a calendar's events come to be, given what exchange() said of them."""
    gone = set(map(id, removed))
    return [event for event in observed if id(event) not in gone] + added


def _key(event):
    return (*_times(event), event["description"])


def _times(event):
    return [units.event_time(name, event[name]) for name in _TIMES]


def _does(observed, declared):
    return all(declared[name] == observed.get(name, implied) for name, implied in _EFFECTS.items() if name in declared)


def _particulars(event):
    return len(_effects(event))


def _effects(event):
    return {name: event[name] for name, implied in _EFFECTS.items() if event.get(name, implied) != implied}


def shown(events, declared=()):
    """Return events as they can be declared, in the order of time, with ISO dates and without what is implied anyway.

    :arg declared: of events that are declared here too, only what these declare is shown
    """
    names = {}
    for event in declared:
        names.setdefault(_key(event), set()).update(event)
    return [_shown(event, names.get(_key(event), _EFFECTS)) for event in sorted(events, key=_order)]


def _order(event):
    return _key(event), sorted(map(str, _effects(event).items()))


def _shown(event, names):
    times = dict(zip(_TIMES, map(units.iso, _times(event))))
    effects = {name: value for name, value in _effects(event).items() if name in names}
    return {**times, "description": event["description"], **effects}
