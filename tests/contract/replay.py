# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replays one recorded file, in order, and says where the replies differ.

The simulator's clock stands still and is set forward when a request waits for it, so that a wait of seconds takes
none, and the state that a request meets is the one that the arrangement says.
"""

import json
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from contract import compare, recordings, wire
from contract.recordings import Exchange
from contract.server import Refused, Server

PASSWORD = "recorded"
TRANSITION = "50ms"
TRANSITIONS = (
    "opening",
    "closing",
    "releasing",
    "starting",
    "stopping",
    "marking",
    "deleting",
    "storing",
    "resetting",
)
SOURCE_INDICES = [
    {
        "name": "src",
        "mappings": {"properties": {"time": {"type": "date"}, "x": {"type": "long"}, "host": {"type": "keyword"}}},
        "documents": [
            {"time": 1514764800000 + minute * 60000, "x": 2 * minute + copy, "host": f"h{minute % 3}"}
            for minute in range(500)
            for copy in range(2)
        ],
    },
    {
        "name": "dfsrc",
        "mappings": {
            "properties": {
                "a": {"type": "long"},
                "b": {"type": "float"},
                "h": {"type": "text", "fields": {"keyword": {"type": "keyword"}}},
            }
        },
        "documents": 300,
    },
]
GRACE = 0.02
IDS_OF_THE_SERVER = ("task", "event_id", "forecast_id")


@dataclass(frozen=True)
class Outcome:
    """An exchange, what was answered, and the differences: (member's path, text)."""

    exchange: Exchange
    reply: wire.Reply
    differences: list[tuple[str, str]]


class Replay:
    """One file against one server."""

    def __init__(self, server: Server, version: str, topic: str):
        self._server = server
        self._version = version
        self._topic = topic
        self._ids: dict[str, str] = {}
        self._background: dict[int, Future] = {}
        self._unanswered: set[Future] = set()
        self._pool = ThreadPoolExecutor(max_workers=8)

    def run(self) -> list[Outcome]:
        recorded = recordings.exchanges(self._version, self._topic)
        arrangement = recordings.arrangement(self._version, self._topic)
        self._exchanges = {exchange.n: exchange for exchange in recorded}
        self._server.control("version", {"version": self._version})
        self._server.control("security", {})
        self._server.control("reset", {"native": False, "seed": {"indices": SOURCE_INDICES}})
        self._server.control("clock", {"freeze": True})
        self._server.control("durations", dict.fromkeys(TRANSITIONS, TRANSITION))
        with self._pool:
            steps = {1: arrangement.pop(0, []) + arrangement.pop(1, []), **arrangement}
            return [self._replayed(exchange, steps.get(exchange.n, [])) for exchange in recorded]

    def _replayed(self, exchange: Exchange, steps: list[dict]) -> Outcome:
        not_arranged = list(self._arranged(steps))
        pending = self._background.get(exchange.n) or self._start(exchange)
        reply = self._finished(pending)
        self._learn_ids(exchange.response_body, reply.body)
        return Outcome(exchange, reply, not_arranged + list(self._differences(exchange, reply)))

    def _arranged(self, steps: list[dict]):
        """Carry out the steps; what isn't possible is a difference."""
        for step in steps:
            ((kind, what),) = step.items()
            try:
                getattr(self, f"_arrange_{kind}")(what)
            except Refused as refused:
                yield "arrangement", str(refused)

    def _arrange_background(self, number: int) -> None:
        """Send a request whose answer was recorded later."""
        pending = self._start(self._exchanges[number])
        self._background[number] = pending
        while not pending.done() and not self._all_wait():
            wait([pending], GRACE)

    def _arrange_control(self, call: dict) -> None:
        self._server.control(call["path"], call["body"])

    def _arrange_advance(self, time: str) -> None:
        self._server.control("clock", {"advance": time})

    def _arrange_source(self, name: str) -> None:
        self._server.control("seed", {"indices": [index for index in SOURCE_INDICES if index["name"] == name]})

    def _arrange_request(self, call: dict) -> None:
        """Send a request that was made and not recorded."""
        body = None if "body" not in call else json.dumps(call["body"])
        content_type = None if body is None else "application/json"
        unrecorded = Exchange(
            0, call["method"], call["path"], request_body=body, request_content_type=content_type, user=call.get("user")
        )
        reply = self._finished(self._start(unrecorded))
        if reply.status >= 300:
            raise Refused(f"{call}: {reply.status} {reply.body}")

    def _start(self, exchange: Exchange) -> Future:
        headers = []
        if exchange.request_content_type is not None:
            headers.append(("Content-Type", exchange.request_content_type))
        if exchange.user is not None:
            password = "wrong" if exchange.wrong_password else PASSWORD
            headers.append(("Authorization", wire.basic(exchange.user, password)))
        body = None if exchange.request_body is None else exchange.request_body.encode()
        target = self._with_simulated_ids(exchange.target)
        pending = self._pool.submit(wire.attempt, self._server.address, exchange.method, target, headers, body)
        self._unanswered.add(pending)
        return pending

    def _finished(self, pending: Future) -> wire.Reply:
        while True:
            wait([pending], GRACE)
            if pending.done():
                return pending.result()
            if self._all_wait() and not pending.done():
                self._advance_to_next_event()

    def _all_wait(self) -> bool:
        """Whether the server has received each unanswered request; what it doesn't answer then waits for the clock."""
        answering = self._server.control("clock")["answering"]
        self._unanswered = {pending for pending in self._unanswered if not pending.done()}
        return answering >= len(self._unanswered)

    def _advance_to_next_event(self) -> None:
        clock = self._server.control("clock")
        if clock["next_due"] is not None:
            self._server.control("clock", {"advance": f"{max(1, clock['next_due'] - clock['now'])}ms"})

    def _learn_ids(self, recorded, simulated) -> None:
        """Note which ids the simulator made where the recorded server made others."""
        if isinstance(recorded, list) and isinstance(simulated, list):
            for left, right in zip(recorded, simulated):
                self._learn_ids(left, right)
        elif isinstance(recorded, dict) and isinstance(simulated, dict):
            for name in recorded.keys() & simulated.keys():
                if name in IDS_OF_THE_SERVER and isinstance(recorded[name], str):
                    self._ids.setdefault(recorded[name], str(simulated[name]))
                self._learn_ids(recorded[name], simulated[name])

    def _with_simulated_ids(self, text: str) -> str:
        for recorded, simulated in self._ids.items():
            text = text.replace(recorded, simulated)
        return text

    def _differences(self, exchange: Exchange, reply: wire.Reply):
        if exchange.status is None:
            yield "status", f"no answer was recorded, got {reply.status}"
            return
        if exchange.status != reply.status:
            yield "status", f"expected {exchange.status}, got {reply.status}"
        content_type = reply.header("Content-Type")
        if content_type != exchange.response_content_type:
            yield "content-type", f"expected {exchange.response_content_type}, got {content_type}"
        expected = compare.warning_texts(exchange.response_warnings)
        warnings = compare.warning_texts(reply.all("Warning"))
        if expected != warnings:
            yield "warnings", f"expected {expected}, got {warnings}"
        expected = json.loads(self._with_simulated_ids(json.dumps(exchange.response_body)))
        yield from compare.differences(expected, reply.body, "body")
