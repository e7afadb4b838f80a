# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated cluster of a benchmark, in a process of its own, and what that process uses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
RESET_PEAK = "5"
KIBIBYTE = 1024


class Simulator:
    """A context: an empty simulated cluster at ``url``."""

    def __enter__(self) -> Simulator:
        command = [sys.executable, "-m", "simulator", "--port", "0"]
        env = os.environ | {"PYTHONPATH": str(TESTS)}
        self.process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if "listening on" not in line:
            sys.exit("the simulator did not start")
        self.url = line.split()[-1]
        self.proc = Path("/proc", str(self.process.pid))
        return self

    def __exit__(self, *exception) -> None:
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()

    def prepare(self, seed: dict, faults: list[dict]) -> None:
        """Bring the cluster into the state of the seed, with an empty journal, and forget the peak of memory."""
        self._control("POST", "reset", {"seed": seed})
        self._control("POST", "faults", faults)
        if self.proc.exists():
            (self.proc / "clear_refs").write_text(RESET_PEAK)

    def requests(self) -> list[tuple[str, str]]:
        """Method and target of each request since C(prepare)."""
        journal = self._control("GET", "journal")["requests"]
        return [(entry["method"], "?".join(filter(None, (entry["path"], entry["query"])))) for entry in journal]

    def cpu_seconds(self) -> float | None:
        """What the process has used up to now; None where there is no /proc."""
        if not self.proc.exists():
            return None
        fields = (self.proc / "stat").read_text().rpartition(")")[2].split()
        user, system = fields[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def peak_bytes(self) -> int | None:
        """Most memory since C(prepare); None where there is no /proc."""
        if not self.proc.exists():
            return None
        lines = (self.proc / "status").read_text().splitlines()
        return next(int(line.split()[1]) * KIBIBYTE for line in lines if line.startswith("VmHWM"))

    def _control(self, method: str, path: str, body: dict | list | None = None) -> dict:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.url}/_simulator/{path}", data, {"content-type": "application/json"}, method=method
        )
        with urllib.request.urlopen(request) as reply:
            return json.load(reply)
