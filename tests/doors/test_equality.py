# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same tasks through both doors: what a user can see of them is the same."""

import json
import re
from collections import defaultdict
from contextlib import ExitStack

import pytest
import yaml

from doors.playing import HERE, MODULE_DOOR

PLAYBOOK = "equality.yml"
TASKS = re.findall(r"^ +- name: (.+)\n +[a-z]+\.", (HERE / "playbooks" / PLAYBOOK).read_text(), re.MULTILINE)
SEED = yaml.safe_load((HERE / "equality_seed.yml").read_text())
FAULTS = [
    {
        "method": "GET",
        "path": "*/busy*",
        "status": 500,
        "body": {"error": {"type": "some_exception", "reason": "not now"}, "status": 500},
    }
]
SECRETS = {"api_key": "hush-hush", "token": "token-of-mine", "address": "http://me:embedded-secret@127.0.0.1:9"}
DOORS = ({}, MODULE_DOOR)
CENSORED = ("hush-hush", "token-of-mine", "embedded-secret", "vaulted-secret")
VARYING = (
    # as many as there is time for
    (re.compile(r"(?m)^ASYNC POLL .*started=(?:True finished=False|1 finished=0)$\n"), ""),
    (re.compile(r"http://127\.0\.0\.1:\d{4,5}"), "URL"),
    (re.compile(r"\b1[5-9]\d{11}\b"), "0"),
    (re.compile(r"(?<![\w-])[\w-]{22}:\d+\b"), "NODE:TASK"),
    (re.compile(r"\bj\d+\.\d+\b"), "ASYNC-JOB"),
    (re.compile(r'/[^" ]*/async/'), "ASYNC-FOLDER/"),
    (re.compile(r"Interrupted at <frame .*? code _execute>"), "Interrupted at FRAMES"),  # ansible-core 2.18
    (re.compile(r"(?m)^(PLAY|TASK|PLAY RECAP) \[?.*\*+$"), "HEAD"),
)


@pytest.fixture(scope="module")
def plays(players, tmp_path_factory):
    """The playbook, played through either door from the same beginning."""
    password = tmp_path_factory.mktemp("vault") / "password"
    password.write_text("doors")
    arguments = (PLAYBOOK, "-v", "-i", "keyword_a,keyword_b", "--vault-password-file", str(password))
    with ExitStack() as stack:
        started = []
        for player, door in zip(players, DOORS, strict=True):
            player.server.reset(**SEED)
            player.server.control("faults", FAULTS)
            env = {"ELASTICSEARCH_ENDPOINTS": player.server.url, **door}
            started.append(stack.enter_context(player.started(*arguments, env=env, variables=SECRETS)))
        return [player.ended(process) for player, process in zip(players, started, strict=True)]


@pytest.mark.parametrize("task", TASKS)
def test_results(plays, task):
    here, there = (results(play)[task] for play in plays)
    assert here == there
    assert here


def test_what_is_printed(plays):
    here, there = (sorted(steady(play.stdout).splitlines()) for play in plays)
    assert here == there


@pytest.mark.parametrize("secret", CENSORED)
def test_secrets(plays, secret):
    for play in plays:
        assert secret not in play.stdout
        assert secret not in json.dumps(play.results)


def results(play):
    by_task = defaultdict(list)
    for entry in play.results:
        by_task[entry["task"]].append((entry["host"], entry["kind"], json.loads(steady(json.dumps(entry["result"])))))
    return {task: sorted(found, key=lambda entry: entry[0]) for task, found in by_task.items()}


def steady(text):
    for pattern, name in VARYING:
        text = pattern.sub(name, text)
    return text
