# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The combinations of runs, requests, faults and versions, made from the tables."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from faults import accidents, present_runs, runs
from faults.accidents import Fault
from faults.rig import NEWEST, Attempt
from faults.run import Run

RUNS = [*runs.ALL, *present_runs.ALL]
READERS, WRITERS = 6, 2
OLDER = ("7.3.0", "7.10.0", "7.17.29", "8.19.21")


@dataclass(frozen=True)
class Combination:
    run: Run
    fault: Fault
    number: int
    version: str

    def __str__(self) -> str:
        return f"{self.run.name}, {self.fault.name} at request {self.number}, {self.version}"


def combinations(run: Run, fault: Fault, clean: Callable[[Run, str], Attempt]) -> Iterator[Combination]:
    """On the newest version at every request, on the others at one request of some run of each state.

    The runs of `state: present` are much alike, and take turns: at what they read before their first change, and after.
    """
    requests = clean(run, NEWEST).requests
    first = next((request.n for request in requests if request.is_writing), 0)
    turn = RUNS.index(run) + accidents.ALL.index(fault)
    for request in requests:
        turns = (READERS if request.n < first else WRITERS) if run.declares else 1
        if fault.at(request) and (turn + request.n) % turns == 0:
            yield Combination(run, fault, request.n, NEWEST)
    for version, turn in older(run, fault):
        numbers = [request.n for request in clean(run, version).requests if fault.at(request)]
        if numbers:
            yield Combination(run, fault, numbers[-1 - turn % len(numbers)], version)


def older(run: Run, fault: Fault) -> list[tuple[str, int]]:
    """Which older versions this run is to meet this fault on: the runs of a state share them out."""
    siblings = [other for other in RUNS if other.family == run.family]
    shift = accidents.ALL.index(fault)
    return [
        (version, shift + turn)
        for turn, version in enumerate(OLDER)
        if (able := [other for other in siblings if other.since <= release(version)])
        and able[(shift + turn) % len(able)] is run
    ]


def can_happen(run: Run, fault: Fault) -> bool:
    """Modules that only read send no request that a fault of changes could happen to."""
    if run.state == "info":
        return fault.at is accidents.always and not fault.to_declared
    return run.declares or not fault.to_declared


PAIRS = [(run, fault) for run in RUNS for fault in accidents.ALL if can_happen(run, fault)]


def release(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
