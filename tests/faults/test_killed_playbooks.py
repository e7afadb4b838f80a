# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real ansible-playbook, with all its processes, killed while a request of its task is out."""

import os
import signal
from pathlib import Path

import pytest
from doors.playing import MODULE_DOOR, Player

from faults import promises
from faults.accidents import BY_NAME, Accident
from faults.matrix import RUNS
from faults.rig import NEWEST, Attempt

PLAYBOOK = str(Path(__file__).parent / "playbooks" / "job.yml")
DOORS = {"in-process": {}, "module": MODULE_DOOR}
KILLED = [
    ("ml_job-closed-several", "killed-before"),
    ("ml_job-closed-several", "killed-after"),
    ("ml_job-absent-several", "killed-after"),
    ("ml_job-opened-several", "killed-after"),
    ("ml_job-present-memory", "killed-after"),
]


@pytest.fixture
def player(rig, tmp_path):
    return Player(rig.proxy, tmp_path)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(("name", "fault"), KILLED)
def test_a_playbook_is_killed_at_its_first_change(rig, player, tally, name, fault, door):
    run = next(run for run in RUNS if run.name == name)
    rig.arrange(run, NEWEST)
    clean = rig.attempt(run)
    first = next(request.n for request in clean.requests if request.is_writing)

    def kill():
        for process in player.processes():
            os.kill(process, signal.SIGKILL)

    rig.arrange(run, NEWEST)
    accident = Accident(first, BY_NAME[fault], run, kill)
    rig.loop.run(rig.proxy.begin(accident))
    with player.started(PLAYBOOK, env=DOORS[door], variables={"options": run.options}) as process:
        assert player.ended(process).status == -signal.SIGKILL
    rig.loop.run(rig.proxy.rest())
    assert accident.happened
    killed = Attempt(None, rig.proxy.requests, clean.before, rig.look(run), accident)
    assert not list(promises.only_targets_are_touched(run, killed))
    second = rig.attempt(run, before=killed.after)
    assert not list(promises.rerun_converges(run, second, fault))
    assert not list(promises.changes_nothing(run, rig.attempt(run, before=second.after)))
    tally["playbooks"] += 1
