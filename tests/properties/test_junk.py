# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Junk in every option: a clear message or a result, no traceback, no request that goes astray, no secret told."""

import contextlib
import io
import json
import re
import socket
from urllib.parse import urlsplit

import pytest
from contract.server import running
from hypothesis import given, settings
from hypothesis import strategies as st
from modules import harness
from modules.server import NEWEST, Server

from properties import junk

EXPRESSION = r"[a-z0-9_.*-]+(?:,[a-z0-9_.*-]+)*"
PATHS = re.compile(
    r"/|/_ml/info"
    rf"|/_ml/anomaly_detectors/{EXPRESSION}(?:/_stats|/_open|/_close|/_flush|/_reset|/results/buckets)?"
    rf"|/_ml/(?:datafeeds|data_frame/analytics)/{EXPRESSION}(?:/_stats|/_start|/_stop)?"
)
SEED = {
    "indices": ["source"],
    "jobs": [
        {"job_id": "web-1", "state": "opened", "datafeed": {"datafeed_id": "web-1", "state": "started"}},
        {"job_id": "bystander", "state": "opened", "datafeed": {"datafeed_id": "bystander", "state": "started"}},
    ],
    "analytics": [{"id": "web-1", "state": "started"}, {"id": "bystander", "state": "started"}],
}
PAIRS = 600


@pytest.fixture(scope="module")
def server():
    with running(NEWEST) as process:
        yield Server(process, NEWEST)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    """Names are not looked up: only this machine answers."""
    look_up = socket.getaddrinfo

    def local(host, *more, **named):
        if host in ("127.0.0.1", "::1"):
            return look_up(host, *more, **named)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", local)


class Sounding:
    """One run of a module with junk, and everything that came of it."""

    def __init__(self, server: Server, module: str, options: dict):
        self.options = options
        server.forget()
        printed, complaints = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(complaints):
            status = harness.leave(module, {**options, "_ansible_verbosity": 3, "_ansible_diff": True})
        self.printed, self.complaints = printed.getvalue(), complaints.getvalue()
        self.outcome = harness.Outcome(self.printed, status, server.journal())

    def require_sound(self) -> None:
        result = self.outcome.result
        assert "Traceback" not in self.printed + self.complaints
        assert "exception" not in result
        if self.outcome.failed:
            assert result["msg"].strip()
        told = self.printed + self.complaints
        assert not [shape for shape in junk.SHAPES if shape in told], told
        for entry in self.outcome.journal:
            assert self.is_meant(entry["path"]), entry["path"][:200]
            assert "bystander" not in entry["path"] or not entry["writing"], entry["path"][:200]

    def is_meant(self, path: str) -> bool:
        """Whether a raw path is one of an API that modules call, behind the path of an address that was given."""
        hosts = self.options["hosts"]
        for host in hosts if isinstance(hosts, list) else [hosts]:
            prefix = urlsplit(str(host)).path.rstrip("/")
            if path.startswith(prefix) and PATHS.fullmatch(path.removeprefix(prefix)):
                return True
        return False


def sound(server: Server, module: str, turn: int, given: dict) -> None:
    secret = junk.secrets(server.url)
    options = {
        "hosts": [server.url],
        "timeout": "1s",
        "max_retries": 0,
        "request_timeout": 5,
        **junk.needed(module, turn),
        **secret[turn % len(secret)],
        **given,
    }
    Sounding(
        server, module, {name: value for name, value in options.items() if name in junk.SPECS[module]}
    ).require_sound()


@pytest.mark.parametrize("module", junk.SPECS)
def test_in_one_option(server, counts, module):
    turn = 0
    for option in junk.SPECS[module]:
        for value in junk.VALUES:
            if turn % 7 == 0:
                server.reset(**SEED)
            turn += 1
            counts["calls with junk in one option"] += 1
            try:
                sound(server, module, turn, {option: value})
            except BaseException as error:
                raise AssertionError(f"{module} {option}={value!r:.200} turn {turn}") from error
