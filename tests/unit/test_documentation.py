# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documentation says is what the modules do: options, states, examples, results."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from contract.server import running

from ansible_collections.mlops.elastic.plugins.module_utils import bundle, export, upgrade_mode
from ansible_collections.mlops.elastic.plugins.module_utils.connection import CONNECTION_SPEC
from ansible_collections.mlops.elastic.plugins.module_utils.health.check import (
    AnalyticsHealth,
    DatafeedHealth,
    JobHealth,
)
from ansible_collections.mlops.elastic.plugins.module_utils.resource import FORCE
from ansible_collections.mlops.elastic.plugins.module_utils.resources.analytics import Analytics
from ansible_collections.mlops.elastic.plugins.module_utils.resources.calendar import Calendar
from ansible_collections.mlops.elastic.plugins.module_utils.resources.datafeed import Datafeed
from ansible_collections.mlops.elastic.plugins.module_utils.resources.filter import Filter
from ansible_collections.mlops.elastic.plugins.module_utils.resources.job import Job
from unit.test_ics import calendar

ROOT = Path(__file__).resolve().parents[2]
SEED = yaml.safe_load(Path(__file__).with_name("examples_seed.yml").read_text())
RESOURCES = (Job(), Datafeed(), Analytics(), Calendar(), Filter())
HEALTH = {"ml_job": JobHealth.SPEC, "ml_datafeed": DatafeedHealth.SPEC, "ml_analytics": AnalyticsHealth.SPEC}
SPECS = {
    **{resource.MODULE: resource.argument_spec() for resource in RESOURCES},
    **{f"{resource.MODULE}_info": resource.info_spec() | HEALTH.get(resource.MODULE, {}) for resource in RESOURCES},
    bundle.MODULE: bundle.SPEC,
    export.MODULE: export.SPEC,
    upgrade_mode.MODULE: upgrade_mode.SPEC,
}
NOTHING = "\N{EN DASH}"
ADDED_BY_ANSIBLE = {"changed", "deprecations", "failed", "invocation", "warnings"}


@pytest.fixture(scope="module")
def documented() -> dict:
    """What ansible-doc says of each module: `doc` with its fragments, `examples`, `return`."""
    names = [f"mlops.elastic.{module}" for module in SPECS]
    program = Path(sys.executable).with_name("ansible-doc")
    told = json.loads(subprocess.check_output([program, "--json", "--type", "module", *names], text=True))
    return {module: told[name] for module, name in zip(SPECS, names)}


@pytest.mark.parametrize("module", SPECS)
def test_options(module, documented):
    told = documented[module]["doc"]["options"]
    spec = {**CONNECTION_SPEC, **SPECS[module]}
    assert {name: facts(option) for name, option in told.items()} == {
        name: facts(option) for name, option in spec.items()
    }
    variables = {name: re.findall(r"E\((\w+)\)", str(option["description"])) for name, option in told.items()}
    assert variables == {name: option.get("fallback", (None, []))[1] for name, option in spec.items()}


def facts(option: dict) -> dict:
    """What documentation and argument spec both say of an option."""
    return {key: option[key] for key in ("type", "elements", "default", "choices", "required") if key in option}


def cell(actions) -> str:
    """Actions as docs/states.md writes them."""
    if isinstance(actions, str):
        return "error"
    if actions[:1] == (FORCE,):
        return f"with `force`: {cell(actions[1:])}"
    return ", ".join(f"`{action}`" for action in actions) or NOTHING


@pytest.mark.parametrize("resource", [*RESOURCES, upgrade_mode], ids=lambda resource: resource.MODULE)
def test_state_table(resource):
    section = (ROOT / "docs" / "states.md").read_text().split(f"## {resource.MODULE}\n")[1]
    lines = re.search(r"(?:^\|.*\n)+", section, re.MULTILINE).group().splitlines()
    (_found, *wanted), _rule, *rows = [[part.strip(" ") for part in line.strip("|").split("|")] for line in lines]
    told = {
        (state.strip("`"), found): text
        for names, *texts in rows
        for found in names.split(", ")
        for state, text in zip(wanted, texts)
    }
    states = {found for row in resource.TABLE.values() for found in row}
    assert told == {
        (state, found): cell(row.get(found, "error")) for state, row in resource.TABLE.items() for found in states
    }


@pytest.fixture(scope="module")
def simulator():
    with running("9.5.3") as server:
        yield server


@pytest.fixture
def environment(simulator, tmp_path):
    """The environment of an Ansible that talks to a freshly seeded simulator."""
    simulator.control("reset", {"seed": SEED})
    others = {name: value for name, value in os.environ.items() if not name.startswith("ELASTICSEARCH_")}
    return others | {
        "ANSIBLE_HOME": str(tmp_path),
        "ELASTICSEARCH_ENDPOINTS": "http://{}:{}".format(*simulator.address),
    }


def ansible(program: str, *arguments: str, env: dict) -> None:
    command = [Path(sys.executable).with_name(program), *arguments]
    done = subprocess.run(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout


def undocumented(value, described: dict, path: str = "") -> list[str]:
    """Keys of a result that its description leaves out."""
    found = []
    for key in value.keys() - ADDED_BY_ANSIBLE:
        if key not in described:
            found.append(path + key)
        elif "contains" in described[key]:
            inner = value[key] if isinstance(value[key], list) else [value[key]]
            found += [
                name for part in inner for name in undocumented(part, described[key]["contains"], f"{path}{key}.")
            ]
    return found


@pytest.mark.parametrize("module", SPECS)
def test_examples(module, documented, environment, tmp_path):
    tasks = yaml.safe_load(documented[module]["examples"])
    for number, task in enumerate(tasks):
        task.setdefault("register", f"result_{number}")
    names = [task["register"] for task in tasks if f"mlops.elastic.{module}" in task]
    results = tmp_path / "results.json"
    keep = {"ansible.builtin.copy": {"dest": str(results), "content": f"{{{{ [{', '.join(names)}] | to_json }}}}"}}
    variables = {
        "elasticsearch_hosts": [environment["ELASTICSEARCH_ENDPOINTS"]],
        "elasticsearch_api_key": "an_id:a_key",
        "elasticsearch_username": "somebody",
        "elasticsearch_password": "a password",
        "elasticsearch_ca_cert": __file__,
    }
    play = {"hosts": "localhost", "gather_facts": False, "vars": variables, "tasks": [*tasks, keep]}
    (tmp_path / "holidays.ics").write_text(calendar("DTSTART;VALUE=DATE:20260101 RRULE:FREQ=YEARLY"))
    playbook = tmp_path / "playbook.yml"
    playbook.write_text(json.dumps([play]))
    ansible("ansible-playbook", str(playbook), "--diff", env=environment)
    told = json.loads(results.read_text())
    assert len(told) == len(names)
    described = documented[module]["return"]
    assert [undocumented(result, described) for result in told] == [[] for _name in names]
