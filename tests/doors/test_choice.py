# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which door a task takes."""

import os
import pwd
import re
import subprocess

import pytest

from doors.playing import INVENTORY, MODULE_DOOR, VENV

HERE = "runs in the controller's process"
SIBLING = "runs as a module, because the interpreter is {sibling}/bin/python"
ELSEWHERE = "runs as a module, because the connection is elsewhere"
NOBODY = "runs as a module, because the task becomes nobody"
SAID = re.compile(r"^<(?P<host>[^>]+)> mlops\.elastic\.(?P<module>\w+): (?P<door>runs .*)$", re.MULTILINE)

TASKS = {
    "Implicit localhost": HERE,
    "Short name": HERE,
    "Another module": HERE,
    "Become the same user": HERE,
    "Become the same user by a variable": HERE,
    "Become another user": NOBODY,
    "Become another user by a variable": NOBODY,
    "Become nobody that is known": "runs as a module, because the task becomes no-such-user",
    "A user named but not become": HERE,
    "Asynchronous": "runs as a module, because the task is asynchronous",
    "Not asynchronous": HERE,
    "Environment": "runs as a module, because the task has an environment",
    "Empty environment": HERE,
    "Environment of the play": "runs as a module, because the task has an environment",
    "Another interpreter by a task variable": SIBLING,
    "Delegated to a host elsewhere": ELSEWHERE,
    "Delegated to a host with another interpreter": SIBLING,
    "Delegated to a local host": HERE,
}
HOSTS = {"unset": HERE, "same": HERE, "other_name": HERE, "other_venv": SIBLING, "elsewhere": ELSEWHERE}


@pytest.fixture(scope="module")
def sibling(tmp_path_factory):
    """A virtual environment of the same Python, in the end the same file, that lacks the client."""
    folder = tmp_path_factory.mktemp("sibling")
    subprocess.run([VENV / "bin" / "python", "-m", "venv", "--without-pip", "--symlinks", folder], check=True)
    return folder


@pytest.fixture(scope="module")
def played(player, sibling):
    variables = {"sibling": str(sibling), "present_user": pwd.getpwuid(os.geteuid()).pw_name}
    return player.play("choice.yml", "-vvv", "-i", INVENTORY, "--forks", "5", variables=variables)


def doors(section):
    return sorted((said["host"], said["door"]) for said in SAID.finditer(section))


@pytest.mark.parametrize("task", TASKS)
def test_task(played, sibling, task):
    ((_host, door),) = doors(played.section(task))
    assert door == TASKS[task].format(sibling=sibling)


@pytest.mark.parametrize("task", ["Host", "Local connection of the task"])
def test_host(played, sibling, task):
    assert doors(played.section(task)) == sorted((host, door.format(sibling=sibling)) for host, door in HOSTS.items())


@pytest.mark.parametrize("task", ["Delegated to localhost", "Local action"])
def test_every_host_is_served_here(played, task):
    assert doors(played.section(task)) == [("localhost", HERE)] * len(HOSTS)


def test_the_module_that_runs_is_the_one_that_was_named(played):
    modules = [SAID.search(played.section(task))["module"] for task in ("Short name", "Another module")]
    assert modules == ["ml_job_info", "ml_analytics_info"]


def test_the_switch(player):
    played = player.play("one.yml", "-vvv", env=MODULE_DOOR)
    assert doors(played.stdout) == [("localhost", "runs as a module, because ML_ELASTIC_IN_PROCESS is 0")]
    assert played.of("One")["jobs"] == []


def test_a_controller_without_the_client(player, tmp_path):
    (tmp_path / "elasticsearch.py").write_text("raise ImportError('not here')\n")
    played = player.play("one.yml", "-vvv", env={"PYTHONPATH": str(tmp_path)})
    assert doors(played.stdout) == [
        ("localhost", "runs as a module, because the controller has no elasticsearch client")
    ]
    assert "Failed to import the required Python library (elasticsearch)" in played.of("One")["msg"]
