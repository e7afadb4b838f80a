# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Doing a work once, in one way, and noting what that took."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from server import KIBIBYTE, Simulator
from works import CLIENT, Way, Work

HERE = Path(__file__).resolve().parent
SHOWN_CHARACTERS = 4000


@dataclass(frozen=True)
class Sample:
    """One measurement.

    ``elapsed`` is the process's time in seconds, ``seconds`` that beyond a playbook without tasks, and ``sending`` what
    the plain client spent on its requests.
    """

    elapsed: float
    seconds: float
    tasks: int
    requests: int
    peak_bytes: int
    server_cpu: float | None = None
    server_peak: int | None = None
    sending: float | None = None

    @property
    def milliseconds_a_task(self) -> float:
        return self.seconds / self.tasks * 1000


Samples = dict[tuple[Work, Way], list[Sample]]


def start_of_ansible() -> Sample:
    """Measure a playbook without tasks."""
    seconds, peak = play("none.yml", {}, {})[:2]
    return Sample(seconds, seconds, 0, 0, peak)


def play(playbook: str, variables: dict, env: dict) -> tuple[float, int, str]:
    """Run a playbook; see C(timed)."""
    program = Path(sys.executable).with_name("ansible-playbook")
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:  # an argument may not be as long as an estate is
        json.dump(variables, file)
        file.flush()
        command = [program, HERE / "playbooks" / playbook, "-e", f"@{file.name}"]
        return timed(command, {"ANSIBLE_CONFIG": str(HERE / "ansible.cfg")} | env)


def timed(command: list, env: dict, given: str = "") -> tuple[float, int, str]:
    """Seconds, most bytes of memory that the process or one of its children had, and its output.

    Ends the benchmark if the command fails.
    """
    with tempfile.TemporaryFile("w+") as stdin, tempfile.TemporaryFile("w+") as out:
        stdin.write(given)
        stdin.seek(0)
        started = time.perf_counter()
        process = subprocess.Popen(command, env=os.environ | env, stdin=stdin, stdout=out, stderr=subprocess.STDOUT)
        process.returncode, usage = os.wait4(process.pid, 0)[1:]
        seconds = time.perf_counter() - started
        out.seek(0)
        output = out.read()
    if process.returncode:
        sys.exit(f"{' '.join(map(str, command))[:SHOWN_CHARACTERS]}\nfailed:\n{output[-SHOWN_CHARACTERS:]}")
    return seconds, usage.ru_maxrss * KIBIBYTE, output


class Bench:
    """Measures works on one simulated cluster; ``most`` tasks at most of a long loop where each is slow."""

    def __init__(self, most: int):
        self.most = most
        self.sent = {}

    def measure(self, simulator: Simulator, work: Work, way: Way, start: float) -> Sample:
        """Do the work once; the plain client sends what the in-process way, which is measured first, sent.

        :arg start: seconds of a playbook without tasks, measured beside it
        """
        simulator.prepare(work.seed(), work.faults(way))
        tasks = work.tasks(way, self.most)
        cpu = simulator.cpu_seconds()
        if way is CLIENT:
            command = [sys.executable, HERE / "bare.py", simulator.url]
            elapsed, peak, output = timed(command, {}, json.dumps(self.sent[work]))
            seconds, sending = elapsed, float(output)
        else:
            variables = work.variables(tasks)
            env = way.env | {"ELASTICSEARCH_ENDPOINTS": simulator.url}
            elapsed, peak, output = play(way.playbook_of(work.verb), variables, env)
            seconds, sending = elapsed - start, None
        used = None if cpu is None else simulator.cpu_seconds() - cpu
        server_peak = simulator.peak_bytes()
        requests = simulator.requests()
        self.sent.setdefault(work, requests)
        return Sample(elapsed, seconds, tasks, len(requests), peak, used, server_peak, sending)
