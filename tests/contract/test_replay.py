# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every recorded file, replayed in order against the simulator of its version."""

from collections import Counter

import pytest

from contract import recordings
from contract.replay import Replay
from contract.report import describe

FILES = [(version, topic) for version in recordings.VERSIONS for topic in recordings.topics(version)]


@pytest.fixture(scope="module")
def outcomes(simulators):
    """Outcomes by (version, topic), replayed once."""
    replayed = {}

    def of(version, topic):
        if (version, topic) not in replayed:
            replayed[version, topic] = Replay(simulators(version), version, topic).run()
        return replayed[version, topic]

    return of


@pytest.mark.parametrize(("version", "topic"), FILES)
def test_answers_as_recorded(version, topic, outcomes, tally):
    listing = recordings.listing()
    described = []
    for outcome in outcomes(version, topic):
        if listing.entry_for(version, topic, outcome.exchange):
            tally["listed"] += 1
        elif listing.unlisted(version, topic, outcome):
            described.append(describe(version, topic, outcome))
        else:
            tally["matched"] += 1
    tally["replayed"] += len(outcomes(version, topic))
    assert not described, f"{len(described)} replies differ:\n" + "\n".join(described)


def test_each_listed_entry_is_still_needed(outcomes, tally):
    listing = recordings.listing()
    differing = Counter()
    for version, topic in FILES:
        for outcome in outcomes(version, topic):
            entry = listing.entry_for(version, topic, outcome.exchange)
            if entry and outcome.differences:
                differing[entry["reason"]] += 1
            for member in listing.matching_members(version, topic, outcome):
                differing[member["reason"]] += 1
    entries = listing.paths + listing.exchanges + listing.members
    tally["reasons"] = differing
    unneeded = [entry for entry in entries if not differing[entry["reason"]]]
    assert not unneeded, f"these match now, take them out of not_replayed.yml: {unneeded}"
