# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ansible-builder finds in the collection, and makes of the example's execution-environment.yml."""

import re
import subprocess
from importlib.metadata import version

import pytest
import yaml
from packaging.requirements import Requirement

from awx.places import EXAMPLE, ROOT, VENV, environment, loaded

BUILDER = VENV / "bin" / "ansible-builder"
SUPPORTED_CLIENTS = ("8.0.0", "8.19.3", "9.0.0", "9.5.1")
OTHER_CLIENTS = ("7.17.12", "10.0.0")
OLDEST_CORE, OLDER_CORE = "2.17.0", "2.16.14"


def run(*arguments, home) -> str:
    command = [BUILDER, *map(str, arguments)]
    done = subprocess.run(
        command,
        cwd=EXAMPLE,
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What `introspect` says of the collection in a tree of collections, with what it comes from taken off."""
    tree = tmp_path_factory.mktemp("collections")
    (tree / "ansible_collections" / "mlops").mkdir(parents=True)
    (tree / "ansible_collections" / "mlops" / "elastic").symlink_to(ROOT)
    said = yaml.safe_load(run("introspect", tree, home=tree))
    assert all("# from collection mlops.elastic" in line for lines in said.values() for line in lines)
    return {kind: [line.partition("#")[0].strip() for line in lines] for kind, lines in said.items()}


def test_the_client_is_found(found):
    requirements = {requirement.name: requirement for requirement in map(Requirement, found["python"])}
    assert requirements.keys() == {"elasticsearch", "recurring-ical-events"}
    client = requirements["elasticsearch"].specifier
    assert [each for each in (*SUPPORTED_CLIENTS, version("elasticsearch")) if each not in client] == []
    assert [each for each in OTHER_CLIENTS if each in client] == []
    assert version("recurring-ical-events") in requirements["recurring-ical-events"].specifier


def test_packages_of_the_system_are_found(found):
    assert found["system"] == ["ca-certificates [platform:dpkg platform:rpm]"]


@pytest.fixture(scope="module")
def context(tmp_path_factory):
    """The folder that `create` makes of the example."""
    folder = tmp_path_factory.mktemp("builder") / "context"
    said = run("create", "--file", "execution-environment.yml", "--context", folder, home=folder.parent)
    assert "Complete!" in said
    return folder


def test_image_is_built_of_what_the_example_says(context):
    declared = loaded("execution-environment.yml")
    (recipe,) = (path for name in ("Containerfile", "Dockerfile") if (path := context / name).exists())
    text = recipe.read_text()
    told = dict(re.findall(r'^ARG (\w+)="(.*)"$', text, re.MULTILINE))
    assert told["EE_BASE_IMAGE"] == declared["images"]["base_image"]["name"]
    assert told["PYCMD"] == declared["dependencies"]["python_interpreter"]["python_path"]
    core, runner = map(Requirement, told["ANSIBLE_INSTALL_REFS"].split())
    assert (core.name, runner.name) == ("ansible-core", "ansible-runner")
    assert OLDEST_CORE in core.specifier
    assert version("ansible-core") in core.specifier
    assert OLDER_CORE not in core.specifier
    steps = ("ansible-galaxy collection install", "introspect.py introspect", "assemble", "install-from-bindep")
    assert [step for step in steps if step not in text] == []


def test_image_gets_the_collection(context):
    galaxy = yaml.safe_load((context / "_build" / "requirements.yml").read_text())
    assert galaxy["collections"] == loaded("collections/requirements.yml")["collections"]
    assert [collection["name"] for collection in galaxy["collections"]] == ["mlops.elastic"]
