# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rig that all tests share, and the size of the matrix at the end of a run."""

from collections import Counter

import pytest

from faults.rig import Rig

TALLY = pytest.StashKey[Counter]()


def pytest_configure(config):
    config.stash[TALLY] = Counter()


@pytest.fixture
def tally(pytestconfig):
    return pytestconfig.stash[TALLY]


@pytest.fixture(scope="session")
def rig():
    made = Rig()
    yield made
    made.end()


@pytest.fixture(autouse=True)
def _no_connection_from_outside(monkeypatch):
    for name in ("ENDPOINTS", "CLOUD_ID", "USERNAME", "PASSWORD", "API_KEY", "BEARER_TOKEN", "CA_CERT"):
        monkeypatch.delenv(f"ELASTICSEARCH_{name}", raising=False)


def pytest_terminal_summary(terminalreporter, config):
    tally = config.stash[TALLY]
    if not tally["combinations"]:
        return
    terminalreporter.section("faults")
    terminalreporter.line(
        "faults: {combinations} combinations of {runs} runs, {requests} requests, {faults} faults; "
        "reached {reached}, failed with a message {failed}, killed {killed}; "
        "{playbooks} playbooks killed, {windows} maintenance windows interrupted".format_map(tally)
    )
