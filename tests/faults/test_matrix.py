# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault at every request of every run, one at a time."""

from collections import Counter
from functools import cache

import pytest

from faults import accidents, promises
from faults.matrix import OLDER, PAIRS, RUNS, Combination, combinations, older, release
from faults.rig import NEWEST, Attempt, Rig


@pytest.fixture(scope="module")
def clean(rig):
    """A function from a run and a version to what the run does when nothing happens to it."""

    @cache
    def of(run, version) -> Attempt:
        rig.arrange(run, version)
        attempt = rig.attempt(run)
        assert not [complaint for check in promises.ON_A_BAD_DAY for complaint in check(run, attempt)]
        assert not attempt.failed, attempt.msg
        again = rig.attempt(run, before=attempt.after)
        assert not list(promises.changes_nothing(run, again))
        return attempt

    return of


@pytest.mark.parametrize(("run", "fault"), PAIRS, ids=lambda part: part.name)
def test_a_fault_at_every_request(rig, clean, tally, run, fault):
    complaints, seen = [], Counter()
    for combination in combinations(run, fault, clean):
        came_to, said = judged(rig, clean(run, combination.version), combination)
        seen[came_to] += 1
        complaints += [f"{combination}: {complaint}" for complaint in said]
    tally.update(seen)
    tally["combinations"] += seen.total()
    tally["runs"], tally["faults"] = len(RUNS), len(accidents.ALL)
    tally["requests"] += len(clean(run, NEWEST).requests) if fault is accidents.ALL[0] else 0
    assert not complaints, "\n".join(complaints)


def test_every_fault_meets_every_state_in_every_version():
    met = {
        (run.family, fault, version)
        for run, fault in PAIRS
        for version in (NEWEST, *(v for v, _turn in older(run, fault)))
    }
    wanted = {
        (run.family, fault, version)
        for run, fault in PAIRS
        for version in (NEWEST, *OLDER)
        if run.since <= release(version)
    }
    assert wanted == met


def judged(rig: Rig, clean: Attempt, combination: Combination) -> tuple[str, list[str]]:
    """What a combination came to, and what speaks against it."""
    run, fault = combination.run, combination.fault
    rig.arrange(run, combination.version)
    attempt = rig.attempt(run, combination.number, fault, before=clean.before)
    assert attempt.accident.happened, f"{combination} did not happen"
    checks = promises.OF_A_KILLED_TASK if fault.kills else promises.ON_A_BAD_DAY
    complaints = [complaint for check in checks for complaint in check(run, attempt)]
    if attempt.left_all_as_it_was:  # what follows it is the clean run
        return outcome_of(attempt), complaints
    second = rig.attempt(run, before=attempt.after)
    complaints += [f"run again: {complaint}" for complaint in promises.rerun_converges(run, second, fault.name)]
    if not second.failed:
        third = rig.attempt(run, before=second.after) if second.writes else second
        complaints += [f"run once more: {complaint}" for complaint in promises.changes_nothing(run, third)]
    return outcome_of(attempt), complaints


def outcome_of(attempt: Attempt) -> str:
    return "killed" if attempt.result is None else "failed" if attempt.failed else "reached"
