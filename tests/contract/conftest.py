# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers that tests share, and the counts that the end of a run shows."""

from collections import defaultdict
from contextlib import ExitStack

import pytest

from contract.server import running
from contract.verdicts import Tally

TALLIES = pytest.StashKey[defaultdict]()


def pytest_configure(config):
    config.stash[TALLIES] = defaultdict(Tally)


@pytest.fixture
def tallies(pytestconfig):
    """The counts of each suite by its name."""
    return pytestconfig.stash[TALLIES]


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
    lines = [line for suite, tally in config.stash[TALLIES].items() for line in tally.lines(suite)]
    if lines:
        terminalreporter.section("recorded exchanges")
    for line in lines:
        terminalreporter.line(line)
