# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was aimed at, and what a measurement came to. Each figure is the median over the runs, paired within a run."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from operator import attrgetter

from measure import Sample, Samples
from works import CLIENT, CLOSE, DEBUG, IN_PROCESS, READ, URI, Work

THOUSAND = 1000


def ratio(some: list[Sample], others: list[Sample], value: Callable = attrgetter("seconds")) -> float:
    """The time of the first ones divided by a time of the others."""
    return statistics.median(one.seconds / value(other) for one, other in zip(some, others))


def times_as_fast(samples: Samples, work: Work) -> float:
    pairs = zip(samples[work, URI], samples[work, IN_PROCESS])
    return statistics.median(uri.milliseconds_a_task / ours.milliseconds_a_task for uri, ours in pairs)


def beyond_nothing(samples: Samples, work: Work) -> float:
    """Milliseconds of a task beyond one that does nothing and beyond its own requests."""
    taken = zip(samples[work, IN_PROCESS], samples[work, DEBUG], samples[work, CLIENT])
    return statistics.median(
        ours.milliseconds_a_task - nothing.milliseconds_a_task - client.sending / client.tasks * 1000
        for ours, nothing, client in taken
    )


def reached(samples: Samples) -> list[list[str]]:
    """Rows of (target, wanted, reached); a bulk that was not measured is left out."""
    rows = []
    for work in (READ, CLOSE):
        rows += [
            [f"{work.title}: as fast as uri", "20 times", f"{times_as_fast(samples, work):.1f} times"],
            [
                f"{work.title}: beyond debug and its own requests, a task",
                "10 ms",
                f"{beyond_nothing(samples, work):.1f} ms",
            ],
        ]
    for work, way in samples:
        if (work.verb, work.count, work.state, way) == ("close", THOUSAND, "opened", CLIENT):
            reach = ratio(samples[work, IN_PROCESS], samples[work, CLIENT])
            rows.append(["1,000 jobs closed in one task: time of a client script", "1.3 times", f"{reach:.2f} times"])
    return rows
