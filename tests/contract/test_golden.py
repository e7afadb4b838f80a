# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configurations as Elastic's own classes store or refuse them, held against `simulator.config`.

What is listed in `golden/not_yet.txt` must differ, everything else must be equal: the whole document, the whole error.
"""

import json

import pytest

from contract.golden_files import GOLDEN, VERSIONS, entries, expected_of, mask, unplaced, wanted
from simulator.config import analytics, calendars, datafeeds, filters, jobs
from simulator.errors import ApiError

FILES = {"jobs": jobs, "jobs_invalid": jobs, "job_updates": jobs, "datafeeds": datafeeds, "analytics": analytics}

FIELDS = {"field": "f1", "by": "b1", "over": "o1", "partition": "p1"}
RULE = {"conditions": [{"applies_to": "actual", "operator": "gt", "value": 1}]}


def not_yet(file, version):
    lines = (GOLDEN / "not_yet.txt").read_text(encoding="utf-8").splitlines()
    listed = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {
        name for listed_version, listed_file, name, _why in listed if (listed_version, listed_file) == (version, file)
    }


def outcome(module, version, given):
    """`{"get", "excluded"}` or `{"error", "status"}`."""
    options = {"max_model_memory_limit": given["max_model_memory_limit"]} if "max_model_memory_limit" in given else {}
    try:
        if "job" in given:
            options["job"] = jobs.build(version, "j", given["job"], 0)
        first = given.get("base", given["body"])
        config = module.build(version, given["id"], first, 0, **options)
        if "base" in given:
            config = module.update(version, config, given["body"])
    except ApiError as refusal:
        return refusal.body()
    return {"get": config, "excluded": module.exclude_generated(version, config)}


def difference(module, version, entry):
    """What differs, or None."""
    want = wanted(expected_of(entry, version))
    found = outcome(module, version, entry["input"])
    found = unplaced(found) if "error" in found else mask(want, found)
    return None if found == want else {"expected": want, "found": found}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("file", FILES)
def test_configurations(file, version):
    compared = {entry["name"]: difference(FILES[file], version, entry) for entry in entries(file)}
    listed = not_yet(file, version)
    assert listed <= compared.keys()
    differing = {name: found for name, found in compared.items() if found is not None}
    assert {name: found for name, found in differing.items() if name not in listed} == {}
    assert listed - differing.keys() == set(), "these match now: take them off the list"


def detector_of(function, combination):
    names = {"rule": "field", "summary": "field", "none": ""}.get(combination, combination)
    detector = {"function": function, **{f"{name}_field_name": FIELDS[name] for name in names.split("+") if name}}
    if "field_field_name" in detector:
        detector["field_name"] = detector.pop("field_field_name")
    return {**detector, "custom_rules": [RULE]} if combination == "rule" else detector


def root_reason(version, function, combination):
    """The generated description, or what is wrong with the detector."""
    analysis = {"detectors": [detector_of(function, combination)]}
    if combination == "summary":
        analysis["summary_count_field_name"] = "n"
    try:
        job = jobs.build(version, "j", {"analysis_config": analysis, "data_description": {}}, 0)
    except ApiError as refusal:
        return refusal.body()["error"]["root_cause"][0]["reason"]
    return job["analysis_config"]["detectors"][0]["detector_description"]


def calendar_of(version, calendar_id, body):
    calendar = calendars.read(version, calendar_id, body)
    calendars.validate(calendar)
    return calendar


READERS = {
    "filters": filters.build,
    "filter_updates": filters.read_update,
    "calendars": calendar_of,
    "events": calendars.events,
}


def with_items(text):
    """What an entry says, with the items for which it only has a mark."""
    return json.loads(text.replace('"<10000 items>"', json.dumps([f"i{number:05}" for number in range(10_000)])))


def kept_or_refused(version, given):
    try:
        return {"get": READERS[given["of"]](version, given["id"], given["body"])}
    except ApiError as refusal:
        return unplaced(refusal.body())


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("entry", entries("filters_calendars"), ids=lambda entry: entry["name"])
def test_filters_and_calendars(entry, version):
    entry = with_items(json.dumps(entry))
    expected = expected_of(entry, version)
    want = wanted(expected) if "error" in expected else {"get": expected["get"]}
    assert kept_or_refused(version, entry["input"]) == want


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("entry", entries("detectors"), ids=lambda entry: entry["function"])
def test_detector_functions(entry, version):
    expected = expected_of(entry, version)
    combinations = {**expected["descriptions"], **expected["refused"]}
    assert len(combinations) == 18
    found = {combination: root_reason(version, entry["function"], combination) for combination in combinations}
    assert found == combinations


@pytest.mark.parametrize(
    ("job_id", "delay"),
    [("j", "72314ms"), ("a", "62634ms"), ("job-1", "100988ms"), ("cpu_usage", "68538ms"), ("x" * 64, "100740ms")],
)
def test_default_query_delay_follows_from_the_job_id(job_id, delay):
    assert datafeeds.build("9.5.3", "d", {"job_id": job_id, "indices": ["i"]}, 0)["query_delay"] == delay
