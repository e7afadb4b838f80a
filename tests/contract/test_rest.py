# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP layer and security, held against exchanges with genuine servers that had no ML plugin."""

import pytest

from contract import rest
from contract.report import describe

FILES = [(version, topic) for version in rest.VERSIONS for topic in rest.topics(version)]


@pytest.mark.parametrize(("version", "topic"), FILES)
def test_answers_as_recorded(version, topic, simulators, tally, excluded):
    server = simulators(version, *rest.options(version, topic))
    outcomes = list(rest.RestReplay(server, version, topic).run())
    differing = rest.tallied(outcomes, version, topic, tally, excluded)
    described = [describe(version, topic, outcome) for outcome in differing]
    assert not described, f"{len(described)} replies differ:\n" + "\n".join(described)
