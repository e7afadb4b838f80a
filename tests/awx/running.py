# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of ansible-runner as AWX has them: a private data directory, credentials in the environment only."""

import base64
import json
import shutil
import stat
import subprocess
from pathlib import Path
from urllib.parse import quote

from awx.places import EXAMPLE, VENV, environment

LONGEST_RUN_SECONDS = 120
AS_AWX = Path(__file__).with_name("as_awx.py")
COMMAND = "command"
"""The file in which ansible-runner itself writes down what it started, with the whole environment."""


class Run:
    """What a finished run left."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.status = int((folder / "rc").read_text())
        files = sorted((folder / "job_events").glob("*.json"), key=lambda file: int(file.name.partition("-")[0]))
        self.events = [json.loads(file.read_text()) for file in files]
        self.stdout = (folder / "stdout").read_text()

    def results(self, task: str) -> list[dict]:
        """The results of a task, by the events that tell of them."""
        data = [event["event_data"] for event in self.events if event["event"].startswith("runner_on_")]
        return [entry["res"] for entry in data if entry["task"] == task and "res" in entry]

    @property
    def statistics(self) -> dict:
        """What set_stats left, which AWX keeps as the job's artifacts."""
        (last,) = (event["event_data"] for event in self.events if event["event"] == "playbook_on_stats")
        return last.get("artifact_data", {})

    def command(self) -> dict:
        return json.loads((self.folder / COMMAND).read_text())


class Runner:
    """A private data directory with the example as its project."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.project = folder / "project"
        shutil.copytree(EXAMPLE, self.project)
        self.worker = folder.with_name(f"{folder.name}-worker")
        for name in ("inventory", "home"):
            (folder / name).mkdir()
        (folder / "inventory" / "hosts").write_text("")

    def run(self, ident: str, playbook: str, variables: dict, connection: dict, *options: str) -> Run:
        """Run a playbook of the project; these variables come from a survey."""
        env = self.folder / "env"
        env.mkdir(exist_ok=True)
        (env / "envvars").write_text(json.dumps(connection | {"ANSIBLE_LOCALHOST_WARNING": "false"}))
        (env / "extravars").write_text(json.dumps(variables))
        (env / "settings").write_text(json.dumps({"suppress_ansible_output": True}))
        command = [VENV / "bin" / "ansible-runner", "run", self.folder, "-p", playbook, "-i", ident, *options]
        subprocess.run(command, env=environment(self.folder / "home"), timeout=LONGEST_RUN_SECONDS, check=False)
        return self._finished(ident)

    def run_remotely(self, ident: str, playbook: str, variables: dict, connection: dict) -> tuple[Run, dict]:
        """Run it as AWX does, in a directory of its own; gives what came back, and the environment that AWX is told."""
        shutil.rmtree(self.folder / "env", ignore_errors=True)
        job = {"ident": ident, "playbook": playbook, "extravars": variables, "envvars": connection, "verbosity": 4}
        done = subprocess.run(
            [VENV / "bin" / "python", AS_AWX, self.folder, self.worker],
            input=json.dumps(job),
            env=environment(self.folder / "home"),
            stdout=subprocess.PIPE,
            text=True,
            timeout=LONGEST_RUN_SECONDS,
            check=True,
        )
        return self._finished(ident), json.loads(done.stdout)

    def _finished(self, ident: str) -> Run:
        return Run(self.folder / "artifacts" / ident)


def forms(secret: str) -> set[str]:
    """How a secret may appear: as it is, as a header carries it, escaped in JSON or in an address."""
    coded = base64.b64encode(secret.encode()).decode()
    return {secret, coded, coded.rstrip("="), json.dumps(secret)[1:-1], quote(secret, safe="")}


def leaks(folder: Path, secrets: list[str]) -> list[str]:
    """The files below a folder that hold a secret. Of ansible-runner's own file, the environment is not looked at."""
    wanted = [form.encode() for secret in secrets for form in forms(secret)]
    found = []
    for file in filter(Path.is_file, folder.rglob("*")):
        content = file.read_bytes()
        if file.name == COMMAND:
            content = json.dumps(json.loads(content) | {"env": {}}).encode()
        if any(form in content for form in wanted):
            found.append(str(file.relative_to(folder)))
    return found


def is_private(file: Path) -> bool:
    return stat.S_IMODE(file.stat().st_mode) == stat.S_IRUSR | stat.S_IWUSR
