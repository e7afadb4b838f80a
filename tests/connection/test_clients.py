# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Python clients outside the range, or none, met by ansible-playbook through either door; and what Ansible logs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from doors.playing import SETTINGS
from modules.server import NEWEST

HERE = Path(__file__).resolve().parent
SECRET = "s3cret-w0rd"
RANGE = "install elasticsearch 8.x or 9.x where the task runs; either works with servers from 7.3 to 9.x"
CLIENTS = {
    "7.17": ((7, 17, 13), f"the Python package elasticsearch 7.17.13 is too old: {RANGE}"),
    "10.0": ((10, 0, 0), f"the Python package elasticsearch 10.0.0 is too new: {RANGE}"),
    "none": (None, "Failed to import the required Python library (elasticsearch)"),
    "another package": ((), "the Python package elasticsearch is not the official client"),
    "the installed one": ("", ""),
}


def package(folder: Path, version) -> Path:
    """A folder with a package of this version; None cannot be imported, () has no version, "" is no package."""
    folder.mkdir()
    if version == "":
        return folder
    (folder / "elasticsearch").mkdir()
    numbers = f"__version__ = {version}\n__versionstr__ = {'.'.join(map(str, version or ()))!r}\n" if version else ""
    (folder / "elasticsearch" / "__init__.py").write_text("raise ImportError('none')\n" if version is None else numbers)
    return folder


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    parent = tmp_path_factory.mktemp("clients")
    return {name: str(package(parent / str(n), version)) for n, (name, (version, _words)) in enumerate(CLIENTS.items())}


def play(url, folder: Path, clients: dict, **environment) -> dict:
    """What the tasks of the playbook said."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("ANSIBLE_", "ELASTICSEARCH_", "ML_"))}
    settings = {name: value for name, value in SETTINGS.items() if "CALLBACK" not in name}
    programs = Path(sys.executable).parent
    variables = {"url": url, "clients": clients, "secret": SECRET, "record": str(folder / "record.json")}
    ended = subprocess.run(
        [programs / "ansible-playbook", HERE / "clients.yml", "--extra-vars", json.dumps(variables), "-vvv"],
        env={**inherited, **settings, "HOME": str(folder), "PATH": f"{programs}:{os.environ['PATH']}", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=50,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-3000:]
    return {**json.loads((folder / "record.json").read_text()), "output": ended.stdout}


@pytest.fixture(scope="module")
def met(folders, simulators, tmp_path_factory):
    """Each client as a module's own, by name; and the log of that run."""
    folder = tmp_path_factory.mktemp("met")
    simulators(NEWEST).reset()
    said = play(
        simulators(NEWEST).url, folder, folders, ANSIBLE_LOG_PATH=str(folder / "log"), ANSIBLE_LOG_VERBOSITY="5"
    )
    results = dict(zip(folders, said["met"], strict=True))
    return {**results, "log": (folder / "log").read_text(), "here": said["here"], "output": said["output"]}


@pytest.mark.parametrize("client", CLIENTS)
def test_as_a_module(met, client):
    _version, words = CLIENTS[client]
    assert words in met[client].get("msg", "")
    assert ("error" in met[client]) == bool(words)
    if words:
        assert met[client]["error"]["type"] == "missing_library"
        assert "Traceback" not in str(met[client])


def test_no_client_in_the_controller(folders, newest, tmp_path):
    """The task then runs as a module, and says it there."""
    said = play(newest.url, tmp_path, {}, PYTHONPATH=folders["none"])
    assert CLIENTS["none"][1] in said["here"]["msg"]
    assert "runs as a module, because the controller has no elasticsearch client" in said["output"]


def test_what_ansible_writes_down(met):
    """On the screen at its most talkative, and in its log, in which the client's own lines stand too."""
    assert met["here"].get("error") is None
    assert "ml_job_info: runs in the controller's process" in met["log"]
    assert "_ml/anomaly_detectors" in met["log"]
    for text in (met["log"], met["output"].replace(json.dumps(SECRET), "")):
        assert SECRET not in text
