# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a declared job and a stored one have in common, and what an update ends in, as Elastic's own classes say."""

from itertools import permutations, zip_longest

import pytest

from ansible_collections.mlops.elastic.plugins.module_utils.configs.job import JobConfig
from ansible_collections.mlops.elastic.plugins.module_utils.configs.kind import same
from ansible_collections.mlops.elastic.plugins.module_utils.normalize import declarable
from simulator.config import jobs
from simulator.config.values import time_value
from unit.configs.golden_cases import VERSIONS, Cases

KIND = JobConfig()
DURATIONS = ("bucket_span", "latency", "model_prune_window", "background_persist_interval")
IDENTITY = ("function", "field_name", "by_field_name", "over_field_name", "partition_field_name")
IDENTITY += ("use_null", "exclude_frequent")
ABSENT_MEANS = {
    "description": "",
    "terms": "",
    "latency": "0s",
    "enabled": False,
    "stop_on_warn": False,
    "annotations_enabled": False,
    "multivariate_by_fields": False,
    "custom_settings": {},
}
# Of an update's names for what a detector isn't told by, those that the detector has.
DETECTOR_NAMES = {"description": "detector_description", "custom_rules": "custom_rules"}
REFUSED_BY_ANSIBLE = {"detectors as object", "renormalization_window_days 1.5"}
OF_THE_ANALYSIS = ("categorization_filters", "per_partition_categorization", "model_prune_window")
# Stores an empty list beside the analyzer, which is what counts.
WITHOUT_MEANING = "categorization_filters empty"


class JobCases(Cases):
    """Accepted jobs, without the datafeeds within them and what only servers before 8.0 let pass."""

    def own(self, body):
        return {name: value for name, value in body.items() if name in KIND.SPEC}


VALID, DOUBTFUL, UPDATES = (JobCases(file, KIND, jobs) for file in ("jobs", "jobs_invalid", "job_updates"))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("cases", "least"), [(VALID, 150), (DOUBTFUL, 15)])
def test_a_created_job_is_as_declared(cases, least, version):
    assert len(cases.of(version)) >= least
    assert cases.differing(version) == {}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("cases", "otherwise"), [(VALID, set()), (DOUBTFUL, REFUSED_BY_ANSIBLE)])
def test_options_lead_to_the_same_job_and_so_does_its_export(cases, otherwise, version):
    assert cases.read_otherwise(version) == otherwise


@pytest.mark.parametrize("version", VERSIONS)
def test_whole_configurations_lead_to_the_same_document(version):
    for given, document in (*VALID.of(version).values(), *DOUBTFUL.of(version).values()):
        declared = KIND.declared(given["body"])
        exported = KIND.declared(KIND.portable(document))
        bodies = (
            KIND.create_body(given["id"], declared),
            KIND.create_body(given["id"], exported),
            KIND.merged(given["id"], declared, document),
            KIND.merged(given["id"], {}, document),
        )
        for body in bodies:
            created = VALID.built(version, {**given, "body": body})
            assert declarable(created) == declarable(document)


@pytest.mark.parametrize("version", ["7.17.29", "9.5.3"])
def test_every_job_differs_from_every_other_in_what_the_server_tells_apart(version):
    cases = [*VALID.of(version).values(), *DOUBTFUL.of(version).values()]
    differing = 0
    for (given, own), (_given, other) in permutations(cases, 2):
        body = VALID.own(given["body"])
        differs = not same(told(body, own), told(body, other))
        assert bool(KIND.differences(given["id"], body, other)) == differs, (body, other)
        differing += differs
    assert differing > len(cases)


def told(declared, document):
    """What a document says about what is declared, durations by the simulator's own measure."""
    return {name: _told(name, value, document) for name, value in declared.items() if value is not None}


def _told(name, value, document):
    there = document.get("categorization_analyzer" if name == "categorization_filters" else name)
    if name == "detectors":
        return [_detector(detector, found) for detector, found in zip_longest(*map(_listed, (value, there)))]
    if name in ("groups", "influencers"):
        return sorted(set(there or []))
    if isinstance(value, dict) and name not in ("custom_settings", "categorization_analyzer"):
        return told(value, there or {})
    there = ABSENT_MEANS.get(name) if there is None else there
    return there if there is None or name not in DURATIONS else time_value(there, name).nanos


def _detector(declared, found):
    if declared is None or found is None:
        return declared, found
    own = {name: value for name, value in found.items() if name in IDENTITY and value not in ("none", False)}
    return own, [found.get(name) for name in DETECTOR_NAMES.values() if name in declared]


def _listed(value):
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("version", VERSIONS)
def test_an_update_ends_in_what_is_declared(version):
    updates = UPDATES.of(version, updates=True)
    assert len(updates) == 38
    for name, (given, document) in updates.items():
        before = UPDATES.built(version, {"id": given["id"], "body": given["base"]})
        declared = as_declared(given["body"], document)
        differences = KIND.differences(given["id"], declared, before)
        body = KIND.update_body(given["id"], declared, before, differences)
        after = jobs.update(version, before, body)
        assert KIND.differences(given["id"], declared, after) == [], name
        assert body.keys() <= given["body"].keys(), name
        if name != WITHOUT_MEANING:
            assert declarable(after) == declarable(document), name


def as_declared(update, document):
    """What somebody would declare who wants what an update ends in: options whole that the update replaces whole."""
    own = {name: value for name, value in update.items() if name in KIND.SPEC and value is not None}
    if "model_plot_config" in own:
        own["model_plot_config"] = {"terms": "", **document["model_plot_config"]}
    if "analysis_limits" in own:
        own["analysis_limits"] = document["analysis_limits"]
    analysis = {name: update[name] for name in OF_THE_ANALYSIS if name in update}
    if "detectors" in update:
        analysis["detectors"] = _declared_detectors(update["detectors"], document["analysis_config"]["detectors"])
    return {**own, "analysis_config": analysis} if analysis else own


def _declared_detectors(changes, there):
    declared = [{name: value for name, value in detector.items() if name in IDENTITY} for detector in there]
    for change in changes:
        named = {DETECTOR_NAMES[name]: value for name, value in change.items() if name in DETECTOR_NAMES}
        declared[change["detector_index"]].update(named)
    return declared
