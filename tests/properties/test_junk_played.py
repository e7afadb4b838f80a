# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sample of junk and secrets through the real ansible-playbook at -vvv, by both doors."""

import json

import pytest
from contract.server import running
from doors.playing import MODULE_DOOR, Player
from modules.server import NEWEST, Server

from properties import junk
from properties.test_junk import QUICK, SEED

TASKS = {"here": 40, "module": 12}
EVERY = 7
"""Every seventh value of an option is played; each option has its turn."""


@pytest.fixture(scope="module")
def server():
    with running(NEWEST) as process:
        yield Server(process, NEWEST)


def cases(server: Server, first: int, count: int) -> list[tuple[str, dict]]:
    """Modules with options, in which junk and secrets take turns."""
    found = []
    secrets = junk.usable_secrets() + junk.misplaced_secrets(server.url)
    places = [(module, option) for module, spec in junk.SPECS.items() for option in spec]
    for number in range(count):
        turn = first + number
        module, option = places[turn * 5 % len(places)]
        value = junk.VALUES[turn * EVERY % len(junk.VALUES)]
        given = {option: value} if len(json.dumps(value)) < 1000 else {}
        options = {"hosts": [server.url], **QUICK, **junk.needed(module, turn), **secrets[turn % len(secrets)], **given}
        found.append((module, {name: options[name] for name in options if name in junk.SPECS[module]}))
    return found


def playbook(chosen: list[tuple[str, dict]]) -> list[dict]:
    """One task each; what is given comes from variables, as it would from a vault."""
    tasks = [
        {
            "name": f"Junk {number}",
            f"mlops.elastic.{module}": {name: f"{{{{ junk[{number}].{name} }}}}" for name in options},
            "ignore_errors": True,
        }
        for number, (module, options) in enumerate(chosen)
    ]
    return [{"name": "Junk", "hosts": "localhost", "gather_facts": False, "tasks": tasks}]


@pytest.mark.parametrize(("door", "env", "first"), [("here", {}, 0), ("module", MODULE_DOOR, 40)])
def test_nothing_is_told(server, counts, tmp_path, door, env, first):
    server.reset(**SEED)
    chosen = cases(server, first, TASKS[door])
    written = tmp_path / "junk.json"
    written.write_text(json.dumps(playbook(chosen)))
    played = Player(server, tmp_path).play(
        str(written), "-vvv", "--diff", variables={"junk": [options for _module, options in chosen]}, env=env
    )
    counts["junk in tasks of playbooks"] += len(played.results)
    assert len(played.results) == TASKS[door], played.stdout[-2000:]
    told = played.stdout + json.dumps([entry["result"] for entry in played.results], ensure_ascii=False)
    assert "Traceback" not in told
    for shape in junk.SHAPES:
        assert shape not in told, told[max(0, told.index(shape) - 500) :][:1000]
    assert not [entry for entry in server.journal() if entry["writing"] and "bystander" in entry["path"]]
