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
_WRITTEN = (FILTERS, JOBS, CALENDARS, DATAFEEDS, ANALYTICS)
_REMOVED = (ANALYTICS, DATAFEEDS, JOBS, CALENDARS, FILTERS)
_BEFORE_JOBS_GO = (1, -1)
_BEFORE_DATAFEEDS_COME = (2, _WRITTEN.index(DATAFEEDS) - 0.5)

_ALIKE = {"stop": "stop_datafeed", "delete": "delete_datafeed"}
"""What is done to a datafeed of its own accord, and for its job."""

_OF_DATAFEEDS = ("create_datafeed", "start_datafeed")
"""What is done for a job, but not to a datafeed that has gone."""

_PUT_BACK = {"create_datafeed": DATAFEEDS, "join_calendar": CALENDARS}
"""What a job that is created anew needs only where the datafeed, or the calendar, is not created as well."""


def steps(present, absent, in_the_way):
    """Return the steps of all plans in the order in which they are carried out.

    What several kinds would do to one datafeed or job, stopping it for instance, is done once.

    :arg present: Plan by kind, of what is declared
    :arg absent: Plan by kind, of what is pruned
    :arg in_the_way: ids of datafeeds to prune before others are created in their place
    """
    ranked = [(_rank(kind, step), step) for kind, plan in present.items() for step in plan.steps]
    removed = {
        subject for _rank, step in ranked if step.action.name == "delete_datafeed" for subject, _owner in step.subjects
    }
    for kind, plan in absent.items():
        for step in plan.steps:
            by_rank = {}
            for pair in step.subjects:
                is_early = kind is DATAFEEDS and pair[0] in in_the_way
                early = _BEFORE_JOBS_GO if pair[0] in removed else _BEFORE_DATAFEEDS_COME
                by_rank.setdefault(early if is_early else (4, _REMOVED.index(kind)), []).append(pair)
            ranked += [(rank, replace(step, subjects=subjects)) for rank, subjects in by_rank.items()]
    return _each_once([step for _rank, step in sorted(ranked, key=lambda pair: pair[0])], in_the_way)


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


def _each_once(steps, gone):
    """Leave out what an earlier step does to a subject already, and steps that are left without any.

    :arg gone: ids of datafeeds that are neither created again nor started
    """
    created = {owner for step in steps if step.action.name == "create" for _subject, owner in step.subjects}
    done, found = set(), []
    for step in steps:
        name = step.action.name
        if name in _ALIKE and step.subjects[0][1].startswith(f"{DATAFEEDS.RESULT}/"):
            name = _ALIKE[name]
        subjects = [
            (subject, owner)
            for subject, owner in step.subjects
            if (name, subject) not in done
            and not (name in _OF_DATAFEEDS and subject in gone)
            and not (name in _PUT_BACK and f"{_PUT_BACK[name].RESULT}/{subject}" in created)
        ]
        if name in (*_STOPPING, *_STARTING, *_ALIKE.values()):
            done.update((name, subject) for subject, _owner in subjects)
        if name == "start_datafeed":
            done.difference_update(("stop_datafeed", subject) for subject, _owner in subjects)
        if subjects:
            found.append(replace(step, subjects=subjects))
    return found
