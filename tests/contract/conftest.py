# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers that tests share, and the counts that the end of a run shows."""

from collections import Counter
from contextlib import ExitStack

import pytest

from contract.server import running

TALLY = pytest.StashKey[Counter]()


def pytest_configure(config):
    config.stash[TALLY] = Counter()


@pytest.fixture
def tally(pytestconfig):
    return pytestconfig.stash[TALLY]


@pytest.fixture(scope="session")
def simulators():
    """A function from a version and options to a running simulator, which all tests share."""
    with ExitStack() as stack:
        started = {}

        def of(version, *options):
            command = (version, *options)
            if command not in started:
                started[command] = stack.enter_context(running(*command))
            return started[command]

        yield of


def pytest_terminal_summary(terminalreporter, config):
    tally = dict(config.stash[TALLY])
    reasons = tally.pop("reasons", {})
    if tally:
        terminalreporter.section("recorded exchanges")
        terminalreporter.line(", ".join(f"{count} {verdict}" for verdict, count in tally.items()))
    for reason, count in reasons.items():
        terminalreporter.line(f"  not replayed yet: {count:4} {reason}")
