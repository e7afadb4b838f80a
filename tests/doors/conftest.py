# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One simulator, and Ansible to play against it."""

import pytest
from contract.server import running
from modules.server import NEWEST, Server

from doors.playing import Player


@pytest.fixture(scope="session")
def simulators():
    """Two running simulators of the newest version."""
    with running(NEWEST) as first, running(NEWEST) as second:
        yield [Server(process, NEWEST) for process in (first, second)]


@pytest.fixture(scope="module")
def players(simulators, tmp_path_factory):
    """Ansible twice, each with an empty simulated cluster of its own."""
    for simulator in simulators:
        simulator.reset()
    return [Player(simulator, tmp_path_factory.mktemp("doors")) for simulator in simulators]


@pytest.fixture(scope="module")
def player(players):
    """Ansible, with an empty simulated cluster."""
    return players[0]
