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
from contract.golden_files import mask

from present.clusters import CALENDARS, JOBS, lasting
from present.golden import Case, cases

PLACE = re.compile(r"\[\d+:\d+\] ")
MOST_MEMORY = "xpack.ml.max_model_memory_limit"
DEVIATIONS = yaml.safe_load(Path(__file__).with_name("deviations.yml").read_text(encoding="utf-8"))


def is_listed(case: Case, what: str) -> bool:
    return any(
        case.file == entry["file"]
        and case.name in entry["names"]
        and case.version in entry.get("versions", case.version)
        for entry in DEVIATIONS[what]
    )


CASES = [case for case in cases() if case.declared is not None and not is_listed(case, "cannot be declared")]


@pytest.fixture
def cluster(case, clusters):
    """A cluster with what the case needs there before."""
    cluster = clusters(case.version)
    cluster.reset(**case.seed)
    if case.most_memory:
        cluster.ask("PUT", "/_cluster/settings", {"persistent": {MOST_MEMORY: case.most_memory}})
    for id, job in case.jobs.items():
        cluster.put(JOBS, id, job)
    if case.base is not None:
        cluster.put(case.kind, case.id, case.base)
    return cluster


def each(cases: list[Case]):
    return pytest.mark.parametrize("case", cases, ids=str)


@each([case for case in CASES if not case.is_refused])
def test_accepted(case, cluster, counts):
    before = cluster.get(case.kind, case.id)
    foretold = cluster.declare(case.kind, case.id, case.declared, check=True)
    first = cluster.declare(case.kind, case.id, case.declared)
    assert not first.failed, first.msg
    after = cluster.get(case.kind, case.id)
    assert as_golden(case, after) == expected_document(case)
    assert first.changed == (before != after)
    assert (foretold.failed, foretold.writes, foretold.changed) == (False, [], first.changed)
    second = cluster.declare(case.kind, case.id, case.declared)
    assert (second.failed, second.changed, second.writes) == (False, False, [])
    counts[f"{'updates' if case.base is not None else 'configurations'} accepted"] += 1


@each([case for case in CASES if case.is_refused])
def test_refused(case, cluster, counts):
    before = cluster.all(case.kind)
    foretold = cluster.declare(case.kind, case.id, case.declared, check=True)
    assert foretold.writes == []
    outcome = cluster.declare(case.kind, case.id, case.declared)
    assert outcome.failed
    assert cluster.all(case.kind) == before
    assert foretold.failed != is_listed(case, "refused only when sent")
    for failed in (foretold, outcome) if foretold.failed else (outcome,):
        assert_clear(case, failed.msg)
    counts[f"{'updates' if case.base is not None else 'configurations'} refused"] += 1
    counts["refused in check mode already"] += foretold.failed


def as_golden(case: Case, document: dict) -> dict:
    return lasting(mask(case.expected["get"], document))


def expected_document(case: Case) -> dict:
    document = lasting(case.expected["get"])
    return {"events": [], **document} if case.kind is CALENDARS else document


def assert_clear(case: Case, message: str) -> None:
    """It is one sentence or two, and says what the server says or names what was declared."""
    assert "Traceback" not in message
    words = set(re.findall(r"[\w.]+", message))
    assert said_by_server(case) in PLACE.sub("", message) or words & {case.kind.id, *names(case.declared)}, message


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
