# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP layer and security, held against exchanges with genuine servers that had no ML plugin."""

from functools import cache

import pytest

from contract import rest, verdicts

FILES = [(version, topic) for version in rest.VERSIONS for topic in rest.topics(version)]


@pytest.fixture(scope="module")
def outcomes(simulators):
    """Outcomes by (version, topic), replayed once."""

    def of(version, topic):
        server = simulators(version, *rest.options(version, topic))
        return list(rest.RestReplay(server, version, topic).run())

    return cache(of)


@pytest.mark.parametrize(("version", "topic"), FILES)
def test_answers_as_recorded(version, topic, outcomes, tallies):
    verdicts.require_equal(outcomes(version, topic), rest.listing(), version, topic, tallies["HTTP"])


def test_each_listed_entry_is_still_needed(outcomes, tallies):
    verdicts.require_needed(rest.listing(), FILES, outcomes, tallies["HTTP"])


@pytest.mark.parametrize(
    ("text", "length", "end"),
    [
        ("/_tasks/aaaa...<20 characters>", 20, "aaaa"),
        ("/_ml/anomaly_detectors/job-00000,job-00001...<52 characters>", 52, "job-00002"),
        ("/short", 6, "short"),
    ],
)
def test_what_was_cut_is_made_whole(text, length, end):
    whole = rest.uncut(text)
    assert (len(whole), whole[-len(end) :]) == (length, end)
