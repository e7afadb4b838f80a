# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A maintenance window that was interrupted at any change: another run, or a resumption, comes to exactly what ran."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from faults.windows import CASES, PAUSES, RESUMPTIONS

TESTS = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def outcomes():
    """What came of each case, by its name."""
    told = subprocess.check_output([sys.executable, "-m", "faults.windows"], cwd=TESTS, text=True)
    return {entry["case"]: entry for entry in map(json.loads, told.splitlines())}


@pytest.mark.parametrize("case", [str(case) for case in CASES])
def test_what_ran_runs_again(outcomes, case, tally):
    outcome = outcomes[case]
    assert outcome["is_reached"]
    assert "not now" in outcome["failure"]
    assert set(outcome["failures"]) == {None}
    assert outcome["after"] == outcome["before"]
    assert not outcome["record"]
    tally["windows"] += 1


def test_each_change_is_interrupted(outcomes):
    """The first fault beyond them is not reached: `windows.outcome` would have to know more changes."""
    interrupted = [outcomes[str(case)]["interrupted"] for case in CASES if case.then == ("resumed",)]
    all_paused, all_resumed = interrupted[PAUSES], interrupted[PAUSES + 1 + RESUMPTIONS]
    assert not {"opened", "started"} & set(all_paused["states"].values())
    assert all_resumed == outcomes[str(CASES[0])]["before"]
