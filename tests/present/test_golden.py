# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Golden configurations, declared through the modules to a simulator of their version.

What Elastic's own classes accept ends as they store it, and a second run changes nothing; what they refuse is one clear
error that changes nothing, in check mode as well. `deviations.yml` lists what comes to something else, each with its
reason.
"""

import re
from pathlib import Path

import pytest
import yaml
from contract.golden_files import VERSIONS, mask
from modules import harness

from ansible_collections.mlops.elastic.plugins.module_utils.configs.analytics import AnalyticsConfig
from ansible_collections.mlops.elastic.plugins.module_utils.configs.calendar import CalendarConfig
from ansible_collections.mlops.elastic.plugins.module_utils.configs.datafeed import DatafeedConfig
from ansible_collections.mlops.elastic.plugins.module_utils.configs.filter import FilterConfig
from ansible_collections.mlops.elastic.plugins.module_utils.configs.job import JobConfig
from present.clusters import CALENDARS, JOBS, Cluster, lasting
from present.golden import Case, cases, without_nulls

PLACE = re.compile(r"\[\d+:\d+\] ")
MOST_MEMORY = "xpack.ml.max_model_memory_limit"
DECLARED_BY_MEMBER = ("analysis_limits", "model_plot_config")
KEPT = "kept what is not declared"
LENIENT = "refused by the server alone"
STRICT = "refused by the module alone"
LATE = "refused only when sent"
DEVIATIONS = yaml.safe_load(Path(__file__).with_name("deviations.yml").read_text(encoding="utf-8"))


OPTIONS = {
    "ml_job": JobConfig.SPEC,
    "ml_datafeed": DatafeedConfig.SPEC,
    "ml_analytics": AnalyticsConfig.SPEC,
    "ml_filter": FilterConfig.SPEC,
    "ml_calendar": CalendarConfig.SPEC,
}
LISTED = {
    (entry["file"], name, version): what
    for what, entries in DEVIATIONS.items()
    for entry in entries
    for name in entry["names"]
    for version in entry.get("versions", VERSIONS)
}
CASES = [case for case in cases() if case.declared is not None]


def listed(case: Case) -> str:
    """What `deviations.yml` says of a case, empty where it says nothing."""
    return LISTED.get((case.file, case.name, case.version), "")


def has_null(case: Case) -> bool:
    return without_nulls(case.declared) != case.declared


def each(*wanted: str, when=lambda case: True):
    """The cases of which the list says one of these."""
    chosen = [case for case in CASES if listed(case) in wanted and when(case)]
    return pytest.mark.parametrize("case", chosen, ids=str)


@pytest.fixture
def cluster(case, clusters):
    """A cluster with what the case needs there before."""
    cluster = clusters(case.version)
    prepare(cluster, case)
    return cluster


def prepare(cluster: Cluster, case: Case) -> None:
    cluster.reset(**case.seed)
    if case.most_memory:
        cluster.ask("PUT", "/_cluster/settings", {"persistent": {MOST_MEMORY: case.most_memory}})
    for id, job in case.jobs.items():
        cluster.put(JOBS, id, job)
    if case.base is not None:
        cluster.put(case.kind, case.id, case.base)


@each("", KEPT, when=lambda case: not case.is_refused)
def test_accepted(case, cluster, counts):
    before = cluster.get(case.kind, case.id)
    foretold = cluster.declare(case.kind, case.id, case.declared, check=True)
    first = cluster.declare(case.kind, case.id, case.declared)
    assert not first.failed, first.msg
    after = cluster.get(case.kind, case.id)
    if listed(case) == KEPT:
        assert as_golden(case, after) != expected_document(case)
        assert beside(case.declared, after) == beside(case.declared, before or after)
    else:
        assert as_golden(case, after) == expected_document(case)
    assert first.changed == (before != after)
    assert (foretold.failed, foretold.writes, foretold.changed) == (False, [], first.changed)
    second = cluster.declare(case.kind, case.id, case.declared)
    assert (second.failed, second.changed, second.writes) == (False, False, [])
    counts[f"{'updates' if case.base is not None else 'configurations'} accepted"] += 1


@each(LENIENT, when=lambda case: case.is_refused)
def test_refused_by_the_server_alone(case, cluster, counts):
    """What a module declares of it is well-formed, and there to stay."""
    assert not cluster.declare(case.kind, case.id, case.declared).failed
    second = cluster.declare(case.kind, case.id, case.declared)
    assert (second.failed, second.changed, second.writes) == (False, False, [])
    counts["refused by the server alone"] += 1


@each("", LATE, when=lambda case: case.is_refused and not has_null(case))
def test_refused(case, cluster, counts):
    before = cluster.all(case.kind)
    foretold = cluster.declare(case.kind, case.id, case.declared, check=True)
    assert foretold.writes == []
    outcome = cluster.declare(case.kind, case.id, case.declared)
    assert outcome.failed
    assert cluster.all(case.kind) == before
    if case.kind is JOBS:
        assert foretold.failed == (listed(case) != LATE)
    for failed in (foretold, outcome) if foretold.failed else (outcome,):
        assert_clear(case, failed)
    counts["refused in the words of Elastic's classes"] += said_by_server(case) in PLACE.sub("", outcome.msg)
    counts[f"{'updates' if case.base is not None else 'configurations'} refused"] += 1
    counts["refused in check mode already"] += foretold.failed


@each(STRICT, when=lambda case: not case.is_refused)
def test_refused_by_the_module_alone(case, cluster, counts):
    before = cluster.all(case.kind)
    outcome = cluster.declare(case.kind, case.id, case.declared)
    assert outcome.failed
    assert_clear(case, outcome)
    assert (outcome.writes, cluster.all(case.kind)) == ([], before)
    counts["refused by the module alone"] += 1


@each("", when=lambda case: case.is_refused and has_null(case))
def test_null_declares_nothing(case, cluster, counts):
    """The API refuses most of them; to Ansible they are what isn't said."""
    outcomes = []
    for declared in (case.declared, without_nulls(case.declared)):
        prepare(cluster, case)
        outcome = cluster.declare(case.kind, case.id, declared)
        outcomes.append((outcome.failed, cluster.all(case.kind)))
    assert lasting(outcomes[0]) == lasting(outcomes[1])
    counts["nulls that declare nothing"] += 1


def beside(declared: dict, config: dict) -> dict:
    """What a configuration holds in these options that is not declared."""
    return {
        option: {name: value for name, value in config[option].items() if name not in declared.get(option, {})}
        for option in DECLARED_BY_MEMBER
        if option in config
    }


def as_golden(case: Case, document: dict) -> dict:
    return in_order(lasting(mask(case.expected["get"], document)))


def expected_document(case: Case) -> dict:
    document = lasting(case.expected["get"])
    return in_order({"events": [], **document}) if case.kind is CALENDARS else document


def in_order(document: dict) -> dict:
    """Events have none of their own."""
    if "events" not in document:
        return document
    return {**document, "events": sorted(document["events"], key=lambda event: event["description"])}


def assert_clear(case: Case, outcome: harness.Outcome) -> None:
    """It is in the server's words, or names an option and was said before anything was sent."""
    assert "Traceback" not in outcome.msg
    if outcome.result.get("error", {}).get("status"):
        assert outcome.error["reason"] in outcome.msg
        return
    assert outcome.writes == []
    options = {case.kind.id, *OPTIONS[case.kind.module], *names(case.declared)}
    assert options & set(re.findall(r"\w+", outcome.msg))


def said_by_server(case: Case) -> str:
    """The innermost reason."""
    error = case.expected["error"]
    while "caused_by" in error:
        error = error["caused_by"]
    return PLACE.sub("", error["reason"])


def names(value) -> set[str]:
    """Of all members, at any depth."""
    if isinstance(value, dict):
        return set(value).union(*map(names, value.values()))
    return set().union(*map(names, value)) if isinstance(value, list) else set()
