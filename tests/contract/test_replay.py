# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every recorded file, replayed in order against the simulator of its version."""

from functools import cache

import pytest

from contract import recordings, verdicts
from contract.replay import Replay

FILES = [(version, topic) for version in recordings.VERSIONS for topic in recordings.topics(version)]


@pytest.fixture(scope="module")
def outcomes(simulators):
    """Outcomes by (version, topic), replayed once."""
    return cache(lambda version, topic: Replay(simulators(version), version, topic).run())


@pytest.mark.parametrize(("version", "topic"), FILES)
def test_answers_as_recorded(version, topic, outcomes, tallies):
    listing = recordings.listing()
    verdicts.require_equal(outcomes(version, topic), listing, version, topic, tallies["sessions"])


def test_each_listed_entry_is_still_needed(outcomes, tallies):
    verdicts.require_needed(recordings.listing(), FILES, outcomes, tallies["sessions"])
