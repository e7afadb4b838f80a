# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the example's controller.yml makes in AWX: what AWX's modules are called with, and what these calls name."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from awx.places import EXAMPLE, ROOT, VENV, environment, loaded

HERE = Path(__file__).resolve().parent
MODULES = yaml.safe_load((HERE / "controller" / "options.yml").read_text())
VARIABLE = re.compile(r"^# (\w+(?:, \w+)*)", re.MULTILINE)
KEY = "id:k3y"


@pytest.fixture(scope="module")
def called(tmp_path_factory):
    """What each module of awx.awx was called with."""
    folder = tmp_path_factory.mktemp("controller")
    collection = folder / "ansible_collections" / "awx" / "awx"
    (collection / "meta").mkdir(parents=True)
    routing = {"plugin_routing": {"action": {name: {"redirect": "awx.awx.record"} for name in MODULES}}}
    (collection / "meta" / "runtime.yml").write_text(json.dumps(routing))
    (collection / "plugins" / "action").mkdir(parents=True)
    shutil.copy(HERE / "controller" / "record.py", collection / "plugins" / "action")
    settings = environment(
        folder,
        ANSIBLE_COLLECTIONS_PATH=str(folder),
        ANSIBLE_LOCALHOST_WARNING="false",
        AWX_OPTIONS=str(HERE / "controller" / "options.yml"),
        AWX_RECORD=str(folder / "calls.jsonl"),
        ELASTICSEARCH_API_KEY=KEY,
    )
    variables = {"project_url": "https://git.example.com/ml.git", "endpoints": "https://es.example.com:9200"}
    command = [VENV / "bin" / "ansible-playbook", EXAMPLE / "controller.yml", "-e", json.dumps(variables)]
    play = subprocess.run(command, env=settings, cwd=folder, capture_output=True, text=True, check=False)
    assert play.returncode == 0, play.stdout + play.stderr
    calls = [json.loads(line) for line in (folder / "calls.jsonl").read_text().splitlines()]
    return {
        name: {call["options"]["name"]: call["options"] for call in calls if call["module"] == name} for name in MODULES
    }


def test_all_that_is_declared_is_made(called):
    declared = loaded("job_templates.yml")
    assert list(called["job_template"]) == [template["name"] for template in declared["job_templates"]]
    assert list(called["workflow_job_template"]) == [workflow["name"] for workflow in declared["workflows"]]
    assert list(called["schedule"]) == [schedule["name"] for schedule in declared["schedules"]]


def test_templates_of_injectors_reach_awx_as_they_are(called):
    (made,) = called["credential_type"].values()
    assert made["inputs"] == loaded("credential_type/inputs.yml")
    assert made["injectors"] == loaded("credential_type/injectors.yml")


def test_the_credential_is_of_that_type(called):
    (made,) = called["credential"].values()
    fields = {field["id"] for field in loaded("credential_type/inputs.yml")["fields"]}
    assert made["credential_type"] in called["credential_type"]
    assert made["inputs"].keys() <= fields
    assert made["inputs"]["api_key"] == KEY


def test_names_that_are_used_are_made(called):
    for template in called["job_template"].values():
        assert set(template["credentials"]) <= called["credential"].keys()
        for kind in ("execution_environment", "inventory", "project"):
            assert template[kind] in called[kind]
    for schedule in called["schedule"].values():
        assert schedule["unified_job_template"] in called["job_template"]


def _variables(playbook: str) -> set[str]:
    """What the head of a playbook says that it takes; of one of the collection, where it is imported."""
    text = (EXAMPLE / playbook).read_text()
    imported = re.search(r"import_playbook: mlops\.elastic\.(\w+)", text)
    if imported:
        text = (ROOT / "playbooks" / f"{imported.group(1)}.yml").read_text()
    return {name for names in VARIABLE.findall(text) for name in names.split(", ")}


def test_workflows_are_connected(called):
    for workflow in called["workflow_job_template"].values():
        nodes = {node["identifier"]: node for node in workflow["workflow_nodes"]}
        related = {
            other["identifier"]
            for node in nodes.values()
            for group, others in node.get("related", {}).items()
            if group in ("success_nodes", "failure_nodes", "always_nodes")
            for other in others
        }
        assert related | {workflow["workflow_nodes"][0]["identifier"]} == nodes.keys()
        given = {question["variable"] for question in workflow["survey_spec"]["spec"]}
        for node in nodes.values():
            runs = node["unified_job_template"]
            if runs["type"] == "workflow_approval":
                continue
            survey = called["job_template"][runs["name"]]["survey_spec"]["spec"]
            assert given | node["extra_data"].keys() <= {question["variable"] for question in survey}


def test_playbooks_know_the_variables_that_they_are_given(called):
    given = {name: set(template["extra_vars"] or {}) for name, template in called["job_template"].items()}
    for name, template in called["job_template"].items():
        survey = template["survey_spec"] or {"spec": []}
        given[name] |= {question["variable"] for question in survey["spec"]}
        assert template["survey_enabled"] == bool(survey["spec"])
        assert given[name] <= _variables(template["playbook"]), name
    for schedule in called["schedule"].values():
        assert set(schedule["extra_data"] or {}) <= given[schedule["unified_job_template"]]
