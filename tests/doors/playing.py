# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of the real ansible-playbook, seen from outside: what it prints, and what a callback plugin is told."""

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = Path(os.environ.get("ML_ELASTIC_TEST_VENV") or Path(sys.executable).parent.parent)
"""The virtual environment whose Ansible is run; another one than the tests' own shows another ansible-core."""

INVENTORY = HERE / "hosts.yml"
LONGEST_RUN_SECONDS = 300
DOOR = "ML_ELASTIC_IN_PROCESS"
MODULE_DOOR = {DOOR: "0"}
SETTINGS = {
    "ANSIBLE_CONFIG": str(HERE / "ansible.cfg"),
    "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "plugins" / "callback"),
    "ANSIBLE_CALLBACKS_ENABLED": "recorder",
    "ANSIBLE_CONNECTION_PLUGINS": str(HERE / "plugins" / "connection"),
    "ANSIBLE_FILTER_PLUGINS": str(HERE / "plugins" / "filter"),
    "ANSIBLE_DEPRECATION_WARNINGS": "true",
    "ANSIBLE_LOCALHOST_WARNING": "false",
    "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
    "ANSIBLE_NOCOLOR": "1",
    "ANSIBLE_PIPELINING": "true",
    "PYTHONHASHSEED": "0",
    "ANSIBLE_RETRY_FILES_ENABLED": "false",
}


class Play:
    """A finished run."""

    def __init__(self, stdout: str, status: int, results: list[dict]):
        self.stdout = stdout
        self.status = status
        self.results = results

    def of(self, task: str, host: str | None = None) -> dict:
        """The result of the only task of this name (on a host)."""
        (found,) = (r for r in self.results if r["task"] == task and host in (None, r["host"]))
        return found["result"]

    def section(self, task: str) -> str:
        """What was printed while this task ran."""
        head = f"TASK [{task}]"
        assert head in self.stdout, self.stdout
        return self.stdout.partition(head)[2].partition("\nTASK [")[0].partition("\nPLAY [")[0]


class Player:
    """Runs the playbooks of this folder, and of the collection by their names, against one simulator.

    :arg folder: where the runs leave their results
    """

    def __init__(self, server, folder: Path):
        self.server = server
        self.folder = folder
        self.home = folder / "home"
        self.home.mkdir()
        self.record = folder / "results.jsonl"

    @contextmanager
    def started(self, playbook: str, *arguments: str, env: dict[str, str] | None = None, variables: dict | None = None):
        """A run under way in a process group of its own; it is ended when the block is left."""
        self.record.write_text("")
        process = subprocess.Popen(
            [
                VENV / "bin" / "ansible-playbook",
                HERE / "playbooks" / playbook if playbook.endswith(".yml") else playbook,
                *arguments,
                "--extra-vars",
                json.dumps({"url": self.server.url, **(variables or {})}),
            ],
            env=self._environment(env or {}),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGINT)
            process.communicate(timeout=LONGEST_RUN_SECONDS)

    def play(self, playbook: str, *arguments: str, **more) -> Play:
        """A run to its end."""
        with self.started(playbook, *arguments, **more) as process:
            return self.ended(process)

    def ended(self, process: subprocess.Popen) -> Play:
        stdout, _none = process.communicate(timeout=LONGEST_RUN_SECONDS)
        results = [json.loads(line) for line in self.record.read_text().splitlines()]
        return Play(stdout, process.returncode, results)

    def processes(self) -> list[int]:
        """What this player's runs have left."""
        mark = f"DOORS_RECORD={self.record}".encode()
        found = []
        for environment in Path("/proc").glob("[0-9]*/environ"):
            try:
                found += [int(environment.parent.name)] if mark in environment.read_bytes() else []
            except OSError:  # it has ended, or is not ours
                continue
        return found

    def _environment(self, more: dict[str, str]) -> dict[str, str]:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("ANSIBLE_", "ELASTICSEARCH_", DOOR))
        }
        path = f"{VENV / 'bin'}:{os.environ['PATH']}"
        own = {
            "PATH": path,
            "HOME": str(self.home),
            "ANSIBLE_ASYNC_DIR": str(self.home / "async"),
            "DOORS_RECORD": str(self.record),
        }
        return inherited | SETTINGS | own | more
