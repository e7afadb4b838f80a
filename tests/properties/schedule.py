# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users who run modules at the same time, each request let through when the test says so.

A user is a thread that runs a module's `main()`. It stops at the gate before each request and wherever it sleeps; the
test's own thread lets requests through, one at a time, and moves the clock. Between two of its moves every user stands
still, so that the same moves always have the same outcome.
"""

import io
import sys
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from types import SimpleNamespace
from unittest import mock

import elastic_transport
from elastic_transport._node import NodeApiResponse
from modules import harness

from ansible_collections.mlops.elastic.plugins.module_utils import cluster, converge, parallel, waiting
from properties.stage import Dropped, Reply, Stage

LONGEST_TURN_SECONDS = 30
here = threading.local()
"""The schedule by which a thread goes, its user, and what it prints."""


@dataclass
class Held:
    """A request at the gate, in the server, or answered; a sleep is one that only time answers."""

    user: str
    method: str = ""
    target: str = ""
    headers: list = field(default_factory=list)
    body: bytes = b""
    wakes_at: int | None = None
    task: object = None
    reply: object = None
    over: threading.Event = field(default_factory=threading.Event)

    def __str__(self):
        return f"{self.user}: {self.method} {self.target}"


class Schedule:
    """Users on a stage."""

    def __init__(self, stage: Stage):
        self.stage = stage
        self._changed = threading.Condition()
        self._active = {}
        self._stopped: list[Held] = []
        self._outcomes = {}
        self.moves = 0

    def start(self, user: str, module: str, options: dict) -> None:
        """Let a user begin; who stops at the first request."""
        with self._changed:
            self._active[user] = 1
        threading.Thread(target=self._live, args=(user, module, options), name=user, daemon=True).start()
        self._wait_until_all_stand_still()

    def outcome(self, user: str) -> harness.Outcome:
        """What a user's module printed, with the requests of this user. Raises what the module raised."""
        printed, status, error = self._outcomes.pop(user)
        if error:
            raise error
        return harness.Outcome(printed, status, [entry for entry in self.stage.journal if entry["opaque_id"] == user])

    @property
    def is_over(self) -> bool:
        return not self._stopped

    @property
    def at_gate(self) -> list[Held]:
        """The requests that may be let through, in an order that does not depend on threads."""
        return sorted((held for held in self._stopped if held.method and not held.task), key=str)

    @property
    def can_pass_time(self) -> bool:
        return any(held.task or held.wakes_at is not None for held in self._stopped)

    def let_through(self, held: Held) -> None:
        self.moves += 1
        held.task = self.stage.begin(held.method, held.target, held.headers, held.body)
        self.answer()

    def pass_time(self) -> None:
        """Move the clock to the next moment at which anything happens."""
        self.moves += 1
        moments = [held.wakes_at for held in self._stopped if held.wakes_at is not None]
        moments += [self.stage.next_due] if self.stage.next_due is not None else []
        assert moments, f"nothing ever answers {[str(held) for held in self._stopped]}"
        self.stage.advance_to(min(moments))
        self.answer()

    def answer(self) -> None:
        """Hand over what is answered and wake who has slept enough, one after the other."""
        while ready := next((held for held in sorted(self._stopped, key=str) if self._is_answered(held)), None):
            with self._changed:
                self._stopped.remove(ready)
                self._active[ready.user] += 1
            ready.reply = ready.task and (ready.task.exception() or ready.task.result())
            ready.over.set()
            self._wait_until_all_stand_still()

    def finish(self) -> None:
        """Let everything through in order, until all users are through."""
        while not self.is_over:
            if self.at_gate:
                self.let_through(self.at_gate[0])
            else:
                self.pass_time()

    def _is_answered(self, held: Held) -> bool:
        if held.wakes_at is not None:
            return held.wakes_at <= self.stage.now
        return held.task is not None and held.task.done()

    def _wait_until_all_stand_still(self) -> None:
        with self._changed:
            stand = self._changed.wait_for(lambda: not any(self._active.values()), LONGEST_TURN_SECONDS)
            assert stand, (self._active, [str(held) for held in self._stopped])

    def _live(self, user: str, module: str, options: dict) -> None:
        here.schedule, here.user, here.printed = self, user, io.StringIO()
        status, error = None, None
        try:
            status = harness.leave(module, options)
        except BaseException as raised:  # noqa: BLE001 - a crash of the module is what the test looks for
            error = raised
        self._outcomes[user] = (here.printed.getvalue(), status, error)
        self._add_active(user, -1)

    def _add_active(self, user: str, number: int) -> None:
        with self._changed:
            self._active[user] += number
            self._changed.notify_all()

    def _stop(self, held: Held) -> object:
        with self._changed:
            self._stopped.append(held)
        self._add_active(held.user, -1)
        held.over.wait()
        return held.reply

    def ask(self, method: str, target: str, headers: dict, body: bytes) -> NodeApiResponse:
        """A user's request. Raises ConnectionError."""
        reply = self._stop(Held(here.user, method, target, encoded(headers), body))
        if isinstance(reply, Dropped):
            raise elastic_transport.ConnectionError("Connection aborted")
        if isinstance(reply, Exception):
            raise reply
        return response_of(reply)

    def sleep(self, seconds: float) -> None:
        self._stop(Held(here.user, wakes_at=self.stage.now + max(1, round(seconds * 1000))))

    def seconds(self) -> float:
        return self.stage.now / 1000

    def side_by_side(self, call, inputs, workers: int, meanwhile=None) -> list:
        """`parallel.each`, counted: a user stands still once each of these threads does."""
        inputs, user, printed = list(inputs), here.user, here.printed
        under_way = min(workers, len(inputs))
        left = [len(inputs) - under_way, len(inputs)]

        def counted(given):
            here.schedule, here.user, here.printed = self, user, printed
            try:
                return call(given)
            finally:
                with self._changed:
                    goes_on, left[0], left[1] = left[0] > 0, left[0] - 1, left[1] - 1
                    self._active[user] += (0 if goes_on else -1) + (1 if left[1] == 0 else 0)
                    self._changed.notify_all()

        self._add_active(user, max(0, under_way - 1))
        return parallel.each(counted, inputs, workers, meanwhile)


def encoded(headers: dict) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), str(value).encode()) for name, value in headers.items()]


def response_of(reply: Reply) -> NodeApiResponse:
    """What the client's transport makes of a reply."""
    node = elastic_transport.NodeConfig("http", "gate", 9200)
    headers = elastic_transport.HttpHeaders(reply.headers)
    meta = elastic_transport.ApiResponseMeta(reply.status, "1.1", headers, 0.0, node)
    return NodeApiResponse(meta, reply.content)


class _OwnStdout:
    """Standard output that belongs to the user whose thread prints."""

    def __init__(self, original):
        self._original = original

    def __getattr__(self, name):
        return getattr(getattr(here, "printed", None) or self._original, name)


@contextmanager
def gated():
    """Within this block, what the threads of users send, sleep and print goes through their schedule."""

    def perform_request(node, method, target, body=None, headers=None, request_timeout=None):
        return here.schedule.ask(method, target, headers or {}, body or b"")

    def sleep(seconds):
        here.schedule.sleep(seconds)

    def monotonic():
        return here.schedule.seconds()

    def side_by_side(*given, **more):
        return here.schedule.side_by_side(*given, **more)

    clock = SimpleNamespace(sleep=sleep, monotonic=monotonic, time=monotonic)
    with (
        ExitStack() as stack,
        mock.patch.object(elastic_transport.Urllib3HttpNode, "perform_request", perform_request),
        mock.patch.object(cluster, "each", side_by_side),
        mock.patch.object(converge, "Budget", partial(waiting.Budget, clock=monotonic, sleep=sleep)),
        mock.patch.object(sys, "stdout", _OwnStdout(sys.stdout)),
    ):
        for timed in [module for name, module in sys.modules.items() if ".mlops.elastic." in name]:
            if getattr(timed, "time", None) is time:
                stack.enter_context(mock.patch.object(timed, "time", clock))
        yield
