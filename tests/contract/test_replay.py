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
    """What is listed by its number differs each time; of a path at least one reply does."""
    listing = recordings.listing()
    differing, unneeded = Counter(), []
    for entry in listing.entries:
        verdicts = {
            f"{version} {topic} n={outcome.exchange.n}": bool(recordings.covered(entry, outcome))
            for version, topic in FILES
            for outcome in outcomes(version, topic)
            if recordings.concerns(entry, version, topic, outcome.exchange)
        }
        differing[entry["reason"]] += sum(verdicts.values())
        if "path" not in entry:
            unneeded += [(place, entry["reason"]) for place, needed in verdicts.items() if not needed]
        if not any(verdicts.values()):
            unneeded.append(entry)
    tally["reasons"] = differing
    assert not unneeded, f"these match now, take them out of not_replayed.yml: {unneeded}"
