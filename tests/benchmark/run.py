# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make bench`: what mlops.elastic takes, beside ansible.builtin.uri, a plain client, and tasks that do nothing.

Prints Markdown. Every run does every work in every way, one after the other on one machine.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import defaultdict
from itertools import chain
from operator import attrgetter
from pathlib import Path

import picture
import report
from estates import estates, figures
from measure import Bench, start_of_ansible
from server import Simulator
from works import PEER, TASKS, Way, Work, bulk

DOCS = Path(__file__).resolve().parents[2] / "docs"
DEFAULT = {"close": 10_000, "delete": 1_000, "stop": 1_000}
FULL = dict.fromkeys(DEFAULT, 10_000)
QUICK = dict.fromkeys(DEFAULT, 10)
LARGEST_QUICK = 100
ESTATES = (10, 100, 1_000)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="a single run of the small works, to try it")
    size.add_argument("--full", action="store_true", help="all loops in full, 10,000 of everything: half an hour")
    parser.add_argument("--only", choices=("works", "estates"), help="leave out the other ones")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/performance.*")
    return parser.parse_args()


def has_peer() -> bool:
    program = Path(sys.executable).with_name("ansible-galaxy")
    command = [program, "collection", "list", "community.elastic", "--format", "json"]
    return bool(json.loads(subprocess.run(command, capture_output=True, check=True).stdout))


def chosen(options: argparse.Namespace) -> tuple[list[Work], int]:
    """The works, small ones first, while the simulator is small; and the most tasks of a loop where each is slow."""
    if options.quick:
        works, counts, most = (*(work for work in TASKS if work.count <= LARGEST_QUICK), *bulk(QUICK)), ESTATES[:1], 2
    elif options.full:
        works, counts, most = (*TASKS, *bulk(FULL)), ESTATES, max(ESTATES)
    else:
        works, counts, most = (*TASKS, *bulk(DEFAULT)), ESTATES, 4
    both = {"works": works, "estates": estates(counts)}
    wanted = [both[options.only]] if options.only else both.values()
    return sorted(chain.from_iterable(wanted), key=attrgetter("count")), most


def ways(work: Work, run: int, with_peer: bool) -> list[Way]:
    """Every second run in reversed order, so that none always comes after the same other."""
    order = work.ways if run % 2 == 0 else work.ways[::-1]
    return [way for way in order if way is not PEER or with_peer]


def main() -> None:
    options = arguments()
    works, most = chosen(options)
    runs = 1 if options.quick else options.runs
    with_peer = has_peer()
    bench, samples, starts = Bench(most), defaultdict(list), []
    for run in range(runs):
        with Simulator() as simulator:
            for work in works:
                print(f"run {run + 1} of {runs}: {work.title}", file=sys.stderr)
                starts.append(start_of_ansible())
                for way in ways(work, run, with_peer):
                    samples[work, way].append(bench.measure(simulator, work, way, starts[-1].seconds))
    texts = {}
    if options.only != "estates":
        texts["figures"] = report.markdown(samples, with_peer)
    if options.only != "works":
        texts["estates"] = figures(samples)
    for name, text in texts.items():
        whole = f"{report.circumstances(starts, runs)}\n{text}"
        print(whole)
        if options.write:
            report.write(DOCS / "performance.md", name, whole)
    if options.write and "figures" in texts:
        (DOCS / "performance.svg").write_text(picture.draw(report.curves(samples)))


if __name__ == "__main__":
    main()
