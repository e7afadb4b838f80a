# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m contract.report`: where the simulator's replies differ from the recorded ones."""

import argparse
from collections import Counter

from contract import recordings
from contract.replay import Outcome, Replay
from contract.server import running


def main() -> None:
    arguments = _arguments()
    listing = recordings.listing()
    totals: Counter = Counter()
    for version in arguments.version or recordings.VERSIONS:
        with running(version) as server:
            for topic in arguments.file or recordings.topics(version):
                counts = Counter(
                    _shown(outcome, listing, version, topic, arguments.all)
                    for outcome in Replay(server, version, topic).run()
                )
                print(f"== {version} {topic}: {_counted(counts)}")
                totals += counts
    print(f"all: {_counted(totals)}")


def _arguments():
    parser = argparse.ArgumentParser(prog="python -m contract.report", description=__doc__)
    parser.add_argument("--version", action="append", choices=recordings.VERSIONS)
    parser.add_argument("--file", action="append", help="a recorded file without its suffix, as 03_close")
    parser.add_argument("--all", action="store_true", help="show the exchanges that are listed as not replayed too")
    return parser.parse_args()


def _shown(outcome: Outcome, listing: recordings.Listing, version: str, topic: str, show_all: bool) -> str:
    exchange = outcome.exchange
    listed = listing.entry_for(version, topic, exchange) is not None
    differing = listing.unlisted(version, topic, outcome)
    verdict = "listed" if listed else "different" if differing else "matched"
    if differing and (show_all or not listed):
        print(describe(version, topic, outcome))
    return verdict


def describe(version: str, topic: str, outcome: Outcome) -> str:
    """Some lines on what was sent and what was answered otherwise."""
    exchange = outcome.exchange
    body = f" {exchange.request_body[:160]!r}" if exchange.request_body else ""
    user = f" as {exchange.user}" if exchange.user else ""
    note = f"  ({exchange.note})" if exchange.note else ""
    head = f"{version} {topic} n={exchange.n} {exchange.method} {exchange.target}{body}{user}{note}"
    if exchange.status != outcome.reply.status:
        expected, got = (
            _summary(exchange.status, exchange.response_body),
            _summary(outcome.reply.status, outcome.reply.body),
        )
        return f"{head}\n    expected {expected}\n    got      {got}"
    return "\n".join([head, *(f"    {where}: {text}" for where, text in outcome.differences)])


def _summary(status: int | None, body) -> str:
    error = body.get("error") if isinstance(body, dict) else None
    text = f"{error['type']}: {error['reason']}" if isinstance(error, dict) else str(body)
    return f"{status} {text[:300]}"


def _counted(counts: Counter) -> str:
    return f"{counts.total()} replayed, " + ", ".join(
        f"{counts[verdict]} {verdict}" for verdict in ("matched", "different", "listed")
    )


if __name__ == "__main__":
    main()
