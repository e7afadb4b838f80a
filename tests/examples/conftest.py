# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The clusters and the Ansible that examples are run with, and a count of what was run."""

import json
import os
import socket
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest
import yaml
from contract.server import running

from examples import curl, forge
from examples.pages import ROOT, Block, all_blocks
from examples.rules import Rules
from examples.secured import PASSWORD, secured
from examples.story import Story

HERE = Path(__file__).resolve().parent
SEED = yaml.safe_load((HERE / "seed.yml").read_text())
COUNTS = Counter()
SETTINGS = {
    "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
    "ANSIBLE_CONFIG": str(ROOT / "tests" / "doors" / "ansible.cfg"),
    "ANSIBLE_NOCOLOR": "1",
}


@pytest.fixture(scope="session")
def rules() -> Rules:
    return Rules.read()


@pytest.fixture(scope="session")
def environment(rules, tmp_path_factory):
    """The environment of all commands; `ansible` and `ansible-playbook` are in its PATH."""
    place = tmp_path_factory.mktemp("ansible")
    programs = place / "bin"
    programs.mkdir()
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    (place / "hosts.json").write_text(json.dumps({"all": {"hosts": {"localhost": local}, "vars": rules.variables}}))
    others = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "ELASTICSEARCH_"))}
    own = {
        "ANSIBLE_INVENTORY": str(place / "hosts.json"),
        "HOME": str(place),
        "PATH": f"{programs}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": "",
    }
    env = others | SETTINGS | own
    address = place / "forge"
    with subprocess.Popen([sys.executable, forge.__file__, address], env=env, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"listening\n"
        forge.write_programs(programs, address)
        curl.provide(programs)
        yield env
        process.terminate()


def free_port() -> str:
    """One that nobody listens at yet."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return str(listener.getsockname()[1])


@pytest.fixture(scope="session")
def stories(rules, environment, tmp_path_factory):
    """A function from a page and its blocks to their story."""
    with ExitStack() as stack:

        @cache
        def simulator():
            return stack.enter_context(running("9.5.3"))

        @cache
        def guarded():
            return stack.enter_context(secured(tmp_path_factory.mktemp("secured"), simulator()))

        def story(page: str, blocks: list[Block]) -> Story:
            folder = tmp_path_factory.mktemp("page")
            rules.give(page, folder)
            simulator().control("reset", {"seed": SEED})
            endpoint = "http://{}:{}".format(*simulator().address)
            values, more = (
                {"endpoint": endpoint, "second": endpoint.replace("127.0.0.1", "localhost")},
                {"ELASTICSEARCH_ENDPOINTS": endpoint},
            )
            if rules.secured(page):
                guarded().server.control("reset", {"seed": SEED})
                guarded().give(folder)
                values, more = guarded().values, {"ELASTIC_PASSWORD": PASSWORD}
            made = Story(
                blocks,
                rules,
                folder,
                {**values, "root": str(ROOT), "folder": str(folder), "port": free_port()},
                environment | more,
            )
            stack.callback(made.close)
            return made

        yield story


@pytest.fixture(scope="session")
def pages(stories):
    """A function from a page to its story, which is told once."""
    blocks = all_blocks()
    return cache(lambda page: stories(page, blocks[page]))


def pytest_terminal_summary(terminalreporter):
    if COUNTS:
        terminalreporter.write_sep("-", "examples")
        for what, number in sorted(COUNTS.items()):
            terminalreporter.write_line(f"{number:7} {what}")
