# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs mlops.elastic.demo twice, and in check mode on a drifted cluster; then applies a directory of files.

The cluster is a simulated one, unless ELASTICSEARCH_ENDPOINTS or ELASTICSEARCH_CLOUD_ID names another; there nobody
makes drift, and no files are applied. Arguments go to ansible-playbook.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SEED = Path(__file__).with_name("demo_seed.yml")
ANSIBLE = {
    "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
    "ANSIBLE_FORCE_COLOR": str(sys.stdout.isatty()),
    "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
    "ANSIBLE_LOCALHOST_WARNING": "false",
}
DEMO = "mlops.elastic.demo"
ESTATE = Path(__file__).with_name("demo_estate")
EDITED = (
    "jobs/demo-orders.yml",
    (("model_memory_limit: 32mb", "model_memory_limit: 64mb"), ("Slow orders", "Late orders")),
)
DRIFT = (
    "/_ml/anomaly_detectors/demo-frontend/_open",
    "/_ml/anomaly_detectors/demo-search/_open",
    "/_ml/datafeeds/datafeed-demo-frontend/_start",
    "/_ml/data_frame/analytics/demo-nightly-churn/_start",
)
STARTED = ("/_ml/anomaly_detectors/demo-orders/_open", "/_ml/datafeeds/datafeed-demo-orders/_start")
OWN_CLUSTER = (
    "On your own cluster: ELASTICSEARCH_ENDPOINTS=https://es.example.com:9200 ELASTICSEARCH_API_KEY=... make demo "
    "(touches demo-* only; other ids: vars of playbooks/demo.yml)"
)


@contextmanager
def simulator():
    """A simulated cluster on a free port; yields its address."""
    command = [sys.executable, "-m", "simulator", "--port", "0", "--seed", SEED]
    env = os.environ | {"PYTHONPATH": str(ROOT / "tests")}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline()
            if "listening on" not in line:
                sys.exit("the simulator did not start")
            yield line.split()[-1]
        finally:
            process.terminate()


def say(title: str) -> None:
    print(f"\n\033[1m{title}\033[0m" if sys.stdout.isatty() else f"\n===== {title} =====", flush=True)


def play(connection: dict[str, str], *arguments: str, playbook: str = DEMO) -> int:
    """Run a playbook and return how many of its tasks changed something. Ends the demo where it fails."""
    program = Path(sys.executable).with_name("ansible-playbook")
    command = [program, playbook, *arguments, *sys.argv[1:]]
    others = {name: value for name, value in os.environ.items() if not name.startswith("ELASTICSEARCH_")}
    changed = None
    with subprocess.Popen(
        command, cwd=ROOT, env=others | connection | ANSIBLE, stdout=subprocess.PIPE, text=True
    ) as process:
        for line in process.stdout:
            print(line, end="", flush=True)
            if found := re.search(r"(?<!un)changed=(\d+)", line):
                changed = int(found.group(1))
    if process.returncode or changed is None:
        sys.exit("the playbook failed")
    return changed


def play_twice(connection: dict[str, str]) -> None:
    say("First run: the cluster is brought into the states that the playbook declares")
    play(connection)
    say("Second run: everything is as declared")
    if play(connection):
        sys.exit("the second run changed something")


def post(endpoint: str, paths: tuple[str, ...]) -> None:
    """Open jobs and start what was stopped, as somebody else might."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for path in paths:
        opener.open(urllib.request.Request(endpoint + path, method="POST")).close()


def apply_files(endpoint: str, connection: dict[str, str]) -> None:
    """Apply a directory, edit a file, look for drift, and apply it again."""

    def with_files(playbook: str) -> int:
        return play(
            connection, "-e", f"estate_dir={folder}", "-e", "drift_fails=false", playbook=f"mlops.elastic.{playbook}"
        )

    with tempfile.TemporaryDirectory() as place:
        folder = shutil.copytree(ESTATE, Path(place) / "estate")
        say("mlops.elastic.apply: a directory of YAML files becomes jobs, datafeeds, calendars and filters")
        with_files("apply")
        post(endpoint, STARTED)
        file, edits = EDITED
        text = (folder / file).read_text()
        for before, after in edits:
            text = text.replace(before, after)
        (folder / file).write_text(text)
        say(f"mlops.elastic.drift, after somebody has edited {file}")
        if not with_files("drift"):
            sys.exit("no drift was found")
        say("mlops.elastic.apply: only what differs is written, and what was stopped for it runs again")
        with_files("apply")
        if with_files("drift"):
            sys.exit("applying the files left drift")


def main() -> None:
    own = {name: value for name, value in os.environ.items() if name.startswith("ELASTICSEARCH_")}
    if own.keys() & {"ELASTICSEARCH_ENDPOINTS", "ELASTICSEARCH_CLOUD_ID"}:
        play_twice(own)
        say("Check mode: what another run would do")
        play(own, "--check", "--diff")
    else:
        with simulator() as endpoint:
            simulated = {"ELASTICSEARCH_ENDPOINTS": endpoint}
            play_twice(simulated)
            post(endpoint, DRIFT)
            say("Check mode, after somebody has opened two jobs and started a datafeed and analytics again")
            play(simulated, "--check", "--diff")
            apply_files(endpoint, simulated)
    print(f"\n{OWN_CLUSTER}")


if __name__ == "__main__":
    main()
