# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulators that all module tests share, one a version."""

import signal
from contextlib import ExitStack

import pytest
from contract.server import running

from modules.server import NEWEST, VERSIONS, Server

LONGEST_TEST_SECONDS = 60


@pytest.fixture(autouse=True)
def _no_endless_test():
    """End a test whose module waits for what does not come; its own patience is 30 minutes."""

    def end(_signal, _frame):
        raise TimeoutError(f"not over after {LONGEST_TEST_SECONDS} s")

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(LONGEST_TEST_SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(autouse=True)
def _no_connection_from_outside(monkeypatch):
    for name in ("ENDPOINTS", "CLOUD_ID", "USERNAME", "PASSWORD", "API_KEY", "BEARER_TOKEN", "CA_CERT"):
        monkeypatch.delenv(f"ELASTICSEARCH_{name}", raising=False)


@pytest.fixture(scope="session")
def simulators():
    """A function from a version and options of the process to a running simulator."""
    with ExitStack() as stack:
        started = {}

        def of(version, *options, scheme="http"):
            command = (version, *options)
            if command not in started:
                started[command] = Server(stack.enter_context(running(*command)), version, scheme)
            return started[command]

        yield of


@pytest.fixture(params=VERSIONS)
def server(request, simulators):
    """An empty simulator of each version."""
    simulator = simulators(request.param)
    simulator.reset()
    return simulator


@pytest.fixture
def newest(simulators):
    """An empty simulator of the newest version."""
    simulator = simulators(NEWEST)
    simulator.reset()
    return simulator
