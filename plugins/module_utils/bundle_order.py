# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""The order of a bundle's steps: stop, remove what is created anew, write, start, prune."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.mlops.elastic.plugins.module_utils.bundle_kinds import (
    ANALYTICS,
    CALENDARS,
    DATAFEEDS,
    FILTERS,
    JOBS,
)

_STOPPING = ("await_stopped", "stop", "stop_datafeed", "close_job")
_REMOVING = ("delete_datafeed", "delete")
_STARTING = ("open_job", "start_datafeed", "start")
_PUT_BACK = {"create_datafeed": DATAFEEDS, "join_calendar": CALENDARS}
"""What a job that is created anew needs only where the datafeed, or the calendar, is not created as well."""
_WRITTEN = (FILTERS, JOBS, CALENDARS, DATAFEEDS, ANALYTICS)
_REMOVED = (ANALYTICS, DATAFEEDS, JOBS, CALENDARS, FILTERS)


def steps(present, absent, in_the_way):
    """Return the steps of all plans in the order in which they are carried out.

    What several kinds would do to one datafeed or job, stopping it for instance, is done once.

    :arg present: Plan by kind, of what is declared
    :arg absent: Plan by kind, of what is pruned
    :arg in_the_way: ids of datafeeds to prune before anything is written
    """
    ranked = [(_rank(kind, step), step) for kind, plan in present.items() for step in plan.steps]
    for kind, plan in absent.items():
        for step in plan.steps:
            early = [pair for pair in step.subjects if kind is DATAFEEDS and pair[0] in in_the_way]
            late = [pair for pair in step.subjects if pair not in early]
            ranked += [
                ((1, -1), replace(step, subjects=early)),
                ((4, _REMOVED.index(kind)), replace(step, subjects=late)),
            ]
    return _each_once([step for _rank, step in sorted(ranked, key=lambda pair: pair[0])])


def needs(present):
    """Return for each declared item the keys of those that must not have failed before it is written."""
    keys = {entry.item.key for plan in present.values() for entry in plan.changed}
    found = {}
    for kind, plan in present.items():
        for entry in plan.changed:
            needed = [key for key in _needed(kind, entry.item.facts["declared"]) if key in keys]
            if needed:
                found[entry.item.key] = needed
    return found


def filters_of(config):
    """Return the ids of the filters that a job's rules refer to."""
    return {
        scope["filter_id"]
        for detector in config.get("analysis_config", {}).get("detectors") or []
        for rule in detector.get("custom_rules") or []
        for scope in (rule.get("scope") or {}).values()
        if "filter_id" in scope
    }


def _needed(kind, declared):
    if kind is JOBS:
        return [f"{FILTERS.RESULT}/{id}" for id in sorted(filters_of(declared))]
    if kind is DATAFEEDS:
        return [f"{JOBS.RESULT}/{declared.get('job_id')}"]
    if kind is CALENDARS:
        return [f"{JOBS.RESULT}/{id}" for id in declared.get("job_ids") or []]
    return []


def _rank(kind, step):
    name = step.action.name
    if name in _STOPPING:
        return (0, _STOPPING.index(name))
    if name in _REMOVING:
        return (1, _REMOVED.index(kind))
    if name in _STARTING:
        return (3, _STARTING.index(name))
    return (2, _WRITTEN.index(kind))


def _each_once(steps):
    """Leave out what an earlier step does to a subject already, and steps that are left without any."""
    created = {owner for step in steps if step.action.name == "create" for _subject, owner in step.subjects}
    done, found = set(), []
    for step in steps:
        name = step.action.name
        subjects = [
            (subject, owner)
            for subject, owner in step.subjects
            if (name, subject) not in done
            and not (name in _PUT_BACK and f"{_PUT_BACK[name].RESULT}/{subject}" in created)
        ]
        if name in _STOPPING + _STARTING:
            done.update((name, subject) for subject, _owner in subjects)
        if subjects:
            found.append(replace(step, subjects=subjects))
    return found
