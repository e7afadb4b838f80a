# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One simulator, and Ansible to play against it."""

import pytest
from contract.server import running
from modules.server import NEWEST, Server

from doors.playing import Player


@pytest.fixture(scope="session")
def simulator():
    """A running simulator of the newest version."""
    with running(NEWEST) as process:
        yield Server(process, NEWEST)


@pytest.fixture(scope="module")
def player(simulator, tmp_path_factory):
    """Ansible, with an empty simulated cluster."""
    simulator.reset()
    return Player(simulator, tmp_path_factory.mktemp("doors"))
