# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Golden configurations as somebody would declare them, and what has to be there before."""

import json
from dataclasses import dataclass, field

from contract.golden_files import VERSIONS, entries, expected_of
from contract.test_golden import with_items

from present.clusters import ANALYTICS, CALENDARS, DATAFEEDS, FILTERS, JOBS, Kind

FILES = {"jobs": JOBS, "jobs_invalid": JOBS, "job_updates": JOBS, "datafeeds": DATAFEEDS, "analytics": ANALYTICS}
OF = {"filters": FILTERS, "filter_updates": FILTERS, "calendars": CALENDARS, "events": CALENDARS}
SOURCES = ("a", "z")
"""Indices that golden analytics read."""


@dataclass(frozen=True)
class Case:
    """A golden entry of one version: what is declared, over `base` where that is there before, and what comes of it.

    `declared` is None where it cannot be declared, because it is no object or names a detector by its position.
    """

    file: str
    version: str
    name: str
    kind: Kind
    id: str
    declared: dict | None
    base: dict | None
    expected: dict
    seed: dict = field(default_factory=dict)
    jobs: dict = field(default_factory=dict)
    most_memory: str | None = None

    def __str__(self):
        return f"{self.version}-{self.file}-{self.name}"

    @property
    def is_refused(self) -> bool:
        return "error" in self.expected


def cases() -> list[Case]:
    files = [_case(file, kind, version, entry) for file, kind in FILES.items() for version, entry in _all(file)]
    others = [_case_of_others(version, entry) for version, entry in _all("filters_calendars")]
    return files + [case for case in others if case]


def _all(file: str):
    return [(version, entry) for version in VERSIONS for entry in entries(file)]


def _case(file, kind, version, entry) -> Case:
    given = entry["input"]
    base, body = given.get("base"), given["body"]
    if kind is JOBS and base is not None:
        declared = job_declaration(base, body)
    else:
        declared = body if isinstance(body, dict) else None
    return Case(
        file,
        version,
        entry["name"],
        kind,
        given["id"],
        declared and {name: value for name, value in declared.items() if name != kind.id},
        base,
        expected_of(entry, version),
        {"indices": list(SOURCES)} if kind is ANALYTICS else {},
        {"j": given.get("job") or job_for(base or body), "k": job_for({})} if kind is DATAFEEDS else {},
        given.get("max_model_memory_limit"),
    )


def job_for(datafeed: dict) -> dict:
    """A job to which a datafeed fits: one that is counted in advance where the datafeed aggregates."""
    analysis = {"bucket_span": "1d" if "calendar_interval" in json.dumps(datafeed) else "1h"}
    if datafeed.keys() & {"aggregations", "aggs"}:
        analysis["summary_count_field_name"] = "doc_count"
    detectors = [{"function": "count"}]
    return {"analysis_config": {**analysis, "detectors": detectors}, "data_description": {"time_field": "time"}}


IN_ANALYSIS_CONFIG = ("categorization_filters", "per_partition_categorization", "model_prune_window")


def job_declaration(base: dict, update: dict) -> dict | None:
    """What an update of a job is as a declaration, where its members have their place in the configuration."""
    declared = {name: value for name, value in update.items() if name not in (*IN_ANALYSIS_CONFIG, "detectors")}
    analysis = {name: update[name] for name in IN_ANALYSIS_CONFIG if name in update}
    if "detectors" in update:
        detectors = changed_detectors(base["analysis_config"]["detectors"], update["detectors"])
        if detectors is None:
            return None
        analysis["detectors"] = detectors
    return {**declared, "analysis_config": analysis} if analysis else declared


def changed_detectors(detectors: list[dict], changes: list[dict] | None) -> list[dict] | None:
    whole = [dict(detector) for detector in detectors]
    for change in changes or []:
        position = change.get("detector_index")
        if position is None or not 0 <= position < len(whole):
            return None
        names = {"description": "detector_description"}
        given = {names.get(name, name): value for name, value in change.items() if name != "detector_index"}
        whole[position].update(given)
    return whole


def _case_of_others(version, entry) -> Case | None:
    entry = with_items(json.dumps(entry))
    given = entry["input"]
    of, expected = given["of"], expected_of(entry, version)
    body = {name: value for name, value in given["body"].items() if name != OF[of].id}
    base, declared = None, body
    if of == "events":
        base, expected = {}, _with_events(given["id"], expected)
    elif of == "filter_updates":
        if "error" in expected:
            return None  # how an update is asked for is not what anybody declares
        base, declared, expected = _filter_update(given["id"], expected["get"])
    return Case("filters_calendars", version, entry["name"], OF[of], given["id"], declared, base, expected)


def _with_events(id: str, expected: dict) -> dict:
    if "error" in expected:
        return expected
    return {"get": {"calendar_id": id, "job_ids": [], "events": expected["get"]}}


def _filter_update(id: str, asked: dict) -> tuple[dict, dict, dict]:
    """A filter with the items that are to be removed, what it is declared to be then, and what it has to be."""
    added, removed = asked.get("add_items", []), asked.get("remove_items", [])
    declared = {"items": ["kept", *added]}
    if "description" in asked:
        declared["description"] = asked["description"]
    stored = {"filter_id": id, **declared, "items": sorted(declared["items"])}
    return {"items": ["kept", *removed]}, declared, {"get": stored}


def without_nulls(value):
    """A declaration without members and entries that are null."""
    if isinstance(value, dict):
        return {name: without_nulls(member) for name, member in value.items() if member is not None}
    return [without_nulls(entry) for entry in value if entry is not None] if isinstance(value, list) else value
