# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Junk in every option: a clear message or a result, no traceback, no request that goes astray, no secret told."""

import contextlib
import io
import re
import socket
from unittest import mock
from urllib.parse import quote, urlsplit

import pytest
from contract.server import running
from hypothesis import given, settings
from hypothesis import strategies as st
from modules import harness
from modules.server import NEWEST, Server

from ansible_collections.mlops.elastic.plugins.module_utils.connection import CONNECTION_SPEC
from properties import junk
from properties.conftest import PROFILE

EXPRESSION = r"[a-z0-9_.*-]+(?:,[a-z0-9_.*-]+)*"
QUICK = {"timeout": "1s", "max_retries": 0, "request_timeout": 5}
PATHS = re.compile(
    r"/|/_ml/(?:info|set_upgrade_mode)"
    rf"|/_ml/anomaly_detectors/{EXPRESSION}(?:/_stats|/_open|/_close|/_flush|/_reset|/results/buckets)?"
    rf"|/_ml/(?:datafeeds|data_frame/analytics)/{EXPRESSION}(?:/_stats|/_start|/_stop)?"
    rf"|/_ml/(?:anomaly_detectors|datafeeds|data_frame/analytics|filters)/{EXPRESSION}/_update"
    r"|/_ml/(?:anomaly_detectors/_validate|data_frame/analytics/_explain|filters|calendars)|/_cluster/state/metadata"
    rf"|/_ml/(?:filters|calendars)/{EXPRESSION}(?:/events(?:/[\w%-]+)?)?"
    r"|/\.ml-notifications\*/_search"
    rf"|/_ml/calendars/{EXPRESSION}/jobs/(?:[\w.*-]|%[0-9A-F]{{2}})+(?:,(?:[\w.*-]|%[0-9A-F]{{2}})+)*"
)
ESCAPED = quote(junk.SMUGGLED, safe="")
SEED = {
    "indices": ["source"],
    "jobs": [
        {"job_id": "web-1", "state": "opened", "datafeed": {"datafeed_id": "web-1", "state": "started"}},
        {"job_id": "bystander", "state": "opened", "datafeed": {"datafeed_id": "bystander", "state": "started"}},
    ],
    "analytics": [{"id": "web-1", "state": "started"}, {"id": "bystander", "state": "started"}],
    "filters": [{"filter_id": "web-1", "items": ["a"]}],
    "calendars": [{"calendar_id": "web-1", "job_ids": ["web-1"]}],
}


@pytest.fixture(scope="module")
def server():
    with running(NEWEST) as process:
        yield Server(process, NEWEST)


@pytest.fixture(autouse=True, scope="module")
def _no_network():
    """Names are not looked up: only this machine answers."""
    look_up = socket.getaddrinfo

    def local(host, *more, **named):
        if host in ("127.0.0.1", "::1"):
            return look_up(host, *more, **named)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with mock.patch.object(socket, "getaddrinfo", local):
        yield


@pytest.fixture(autouse=True, scope="module")
def _folder_for_what_is_written(tmp_path_factory):
    """Some options name a folder; junk is a relative path."""
    with contextlib.chdir(tmp_path_factory.mktemp("junk")):
        yield


class Run:
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
            concerned = entry["path"].replace(ESCAPED, "")
            assert "bystander" not in concerned or not entry["writing"], entry["path"][:200]

    def is_meant(self, path: str) -> bool:
        """Whether a raw path is one of an API that modules call, behind the path of an address that was given."""
        hosts = self.options["hosts"]
        for host in hosts if isinstance(hosts, list) else [hosts]:
            prefix = urlsplit(str(host)).path.rstrip("/")
            if path.startswith(prefix) and PATHS.fullmatch(path.removeprefix(prefix)):
                return True
        return False


def require_sound(server: Server, module: str, turn: int, given: dict, secrets: list[dict]) -> None:
    """Run a module with junk; every seventh run meets the cluster as it was at first."""
    if turn % 7 == 0:
        server.reset(**SEED)
    options = {"hosts": [server.url], **QUICK, **junk.needed(module, turn), **secrets[turn % len(secrets)], **given}
    Run(server, module, {name: options[name] for name in options if name in junk.SPECS[module]}).require_sound()


PLACES = pytest.mark.parametrize(
    ("module", "option"), [(module, option) for module, spec in junk.SPECS.items() for option in spec]
)


def share(module: str, option: str) -> tuple:
    """The junk for one option: a half of it, and of an option that all modules have, each takes a part."""
    if PROFILE != "ci":
        return junk.VALUES
    parts = len(junk.SPECS) if option in CONNECTION_SPEC else 2
    return junk.VALUES[list(junk.SPECS).index(module) % parts :: parts]


@PLACES
def test_in_one_option(server, counts, module, option):
    for turn, value in enumerate(share(module, option), list(junk.SPECS[module]).index(option)):
        counts["junk in one option"] += 1
        require_sound(server, module, turn, {option: value}, junk.usable_secrets())


@PLACES
def test_beside_a_misplaced_secret(server, counts, module, option):
    """Each option in turn is wrong beside a third of the secrets; other options beside the others."""
    secrets = junk.misplaced_secrets(server.url)
    first = list(junk.SPECS[module]).index(option)
    for turn in range(first, first + len(secrets), 3 if PROFILE == "ci" else 1):
        counts["junk beside a misplaced secret"] += 1
        require_sound(server, module, turn, {option: junk.VALUES[turn * 11 % len(junk.VALUES)]}, secrets)


ANY = st.one_of(st.sampled_from(junk.VALUES), st.text(), st.floats(), st.dictionaries(st.text(), st.text()))


@st.composite
def pairs(draw) -> tuple[str, dict]:
    module = draw(st.sampled_from(list(junk.SPECS)))
    names = [name for name in junk.SPECS[module] if name != "max_retries"]  # of nobody who listens, it takes for ever
    options = draw(st.lists(st.sampled_from(names), min_size=2, max_size=2, unique=True))
    return module, {option: draw(ANY) for option in options}


@settings(max_examples=settings().max_examples * 4)
@given(pair=pairs(), turn=st.integers(0, 1000))
def test_in_two_options(server, counts, pair, turn):
    counts["junk in two options"] += 1
    require_sound(server, pair[0], turn, pair[1], junk.usable_secrets() + junk.misplaced_secrets(server.url))
