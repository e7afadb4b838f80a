# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of replayed exchanges: equal, listed as not replayed with a reason, or different."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from contract import recordings
from contract.recordings import Listing
from contract.replay import Outcome
from contract.report import describe


@dataclass
class Tally:
    """Counts of one suite, for the end of a test run: exchanges by verdict, and listed differences by reason."""

    verdicts: Counter = field(default_factory=Counter)
    reasons: Counter = field(default_factory=Counter)

    def lines(self, suite: str) -> Iterable[str]:
        if self.verdicts:
            counts = ", ".join(f"{count} {verdict}" for verdict, count in self.verdicts.items())
            yield f"{suite}: {self.verdicts.total()} exchanges, {counts}"
        for reason, count in self.reasons.items():
            yield f"  not replayed: {count:4} {reason}"


def require_equal(outcomes: list[Outcome], listing: Listing, version: str, topic: str, tally: Tally) -> None:
    """Raises AssertionError that shows the replies that differ and aren't listed."""
    described = []
    for outcome in outcomes:
        if listing.entry_for(version, topic, outcome.exchange):
            tally.verdicts["listed"] += 1
        elif listing.unlisted(version, topic, outcome):
            tally.verdicts["different"] += 1
            described.append(describe(version, topic, outcome))
        else:
            tally.verdicts["equal"] += 1
    assert not described, f"{len(described)} replies differ:\n" + "\n".join(described)


def require_needed(
    listing: Listing, files: list[tuple[str, str]], outcomes: Callable[[str, str], list[Outcome]], tally: Tally
) -> None:
    """What is listed by its number differs each time; of a path at least one reply does. Raises AssertionError."""
    unneeded = []
    for entry in listing.entries:
        verdicts = {
            f"{version} {topic} n={outcome.exchange.n}": bool(recordings.covered(entry, outcome))
            for version, topic in files
            for outcome in outcomes(version, topic)
            if recordings.concerns(entry, version, topic, outcome.exchange)
        }
        tally.reasons[entry["reason"]] += sum(verdicts.values())
        if "path" not in entry:
            unneeded += [(place, entry["reason"]) for place, needed in verdicts.items() if not needed]
        if not any(verdicts.values()):
            unneeded.append(entry)
    assert not unneeded, f"these match now, take them off the list: {unneeded}"
