# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults: what can happen to one request of a task, each once."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from faults.proxy import Connection, Proxy, Request
from faults.world import Reply

CUT_SECONDS = 60
SLOW = dict.fromkeys(("closing", "deleting", "resetting", "opening", "starting", "stopping", "flushing"), "70s")
ELECTION_SECONDS = 3
REFUSED_SECONDS = 2
RETRY_AFTER_SECONDS = 2
FOR_GOOD = float("inf")
SOON_OVER = "10s"
"""The `timeout` of a task that meets what doesn't pass."""

REASSIGNED = dict.fromkeys(("opening", "starting"), "2s")
HTML = "<html><head><title>Gateway</title></head><body>Nous sommes d\xe9sol\xe9s</body></html>".encode("latin-1")
JSON = [("content-type", "application/json; charset=UTF-8")]


@dataclass
class Scene:
    """What a fault may touch: the request that it happens to, everything around it, and the ids that are aimed at."""

    proxy: Proxy
    connection: Connection
    request: Request
    run: object

    def tell(self, reply: Reply, **manner) -> None:
        """Answer in the server's place."""
        self.request.told, self.request.was_disguised = reply.status, True
        self.connection.answer(reply, **manner)

    async def api(self, method: str, target: str, body: dict | None = None) -> None:
        """Somebody else's request; whether it succeeds is his business."""
        content = json.dumps(body).encode() if body else b""
        await self.proxy.world.answer(method, target, JSON if body else [], content)

    async def control(self, path: str, body: dict) -> None:
        await self.proxy.world.control(path, body)


def always(request: Request) -> bool:
    return True


def writing(request: Request) -> bool:
    return request.is_writing


def slow(request: Request) -> bool:
    """Requests that a server may take minutes to answer."""
    return request.is_writing and not request.path.endswith("/_flush")


@dataclass(frozen=True)
class Fault:
    """`happens` does it, and returns False where the request then takes its ordinary way.

    `at`: which requests it can happen to. `by_others`: the state of what is aimed at is changed. `kills`: before or
    after the request is carried out, the process that runs the task ends. `lasts`: seconds for which every request
    meets it. `earlier`: it begins with the end of the request before. `to_declared`: it concerns configurations.
    """

    name: str
    happens: Callable[[Scene], Awaitable] | None = None
    at: Callable[[Request], bool] = always
    by_others: bool = False
    kills: str = ""
    lasts: float = 0
    earlier: bool = False
    to_declared: bool = False


@dataclass
class Accident:
    """A fault at the request of this number."""

    number: int
    fault: Fault
    run: object
    kill: Callable[[], None] | None = None
    over_at: float = -1
    happened: bool = False

    async def before_all(self, proxy: Proxy) -> None:
        if self.fault.earlier and self.number == 1:
            self.happened = True
            await proxy.refuse(REFUSED_SECONDS)

    async def meet(self, proxy: Proxy, connection: Connection, request: Request) -> bool:
        """Whether the request has been dealt with."""
        scene = Scene(proxy, connection, request, self.run)
        if self.fault.earlier:
            if request.n != self.number - 1:
                return False
            self.happened = True
            await proxy.forward(connection, request, last=True)
            await proxy.refuse(REFUSED_SECONDS)
            return True
        if request.n == self.number:
            self.happened = True
            self.over_at = proxy.world.now + self.fault.lasts
            if self.fault.kills:
                return await self._end_process(scene)
        elif not proxy.world.now < self.over_at:
            return False
        return await self.fault.happens(scene) is not False

    async def _end_process(self, scene: Scene) -> bool:
        if self.fault.kills == "after":
            await scene.proxy.carry_out(scene.request)
        self.kill()
        return True


def error_reply(status: int, kind: str, reason: str | None, headers=()) -> Reply:
    error = {"type": kind, "reason": reason}
    body = {"error": {"root_cause": [error], **error}, "status": status}
    return Reply(status, json.dumps(body).encode(), [*JSON, *headers])


def page(status: int, headers=()) -> Reply:
    return Reply(status, HTML, [("content-type", "text/html"), *headers])


def instead(reply: Reply):
    """The request is answered by somebody else, and is never carried out."""

    async def happens(scene: Scene) -> None:
        scene.tell(reply)

    return happens


def afterwards(reply: Reply):
    """The request is carried out, but somebody else answers."""

    async def happens(scene: Scene) -> None:
        await scene.proxy.carry_out(scene.request)
        scene.tell(reply)

    return happens


async def reset_before(scene: Scene) -> None:
    scene.connection.reset()


async def reset_after(scene: Scene) -> None:
    await scene.proxy.carry_out(scene.request)
    scene.connection.reset()


async def gone_after(scene: Scene) -> None:
    """The request is carried out, and from then on nobody answers."""
    if scene.request.n == scene.proxy.accident.number:
        await scene.proxy.carry_out(scene.request)
    scene.connection.reset()


def truncated(length: int | None):
    """Half of the reply arrives; `length` -1 hides that there was more."""

    async def happens(scene: Scene) -> None:
        reply = await scene.proxy.carry_out(scene.request)
        scene.connection.answer(reply, length=length, whole=False)

    return happens


async def cut_after_a_minute(scene: Scene) -> None:
    for id in scene.run.targets if scene.run.kind.resource else ():
        await scene.control(f"{scene.run.kind.resource}/{id}", {"durations": SLOW})
    reply = await scene.proxy.carry_out(scene.request, CUT_SECONDS)
    if reply is None:
        scene.connection.cut()
    else:
        scene.tell(reply)


def by_others(act):
    """Something is done to the first target before the request goes its way."""

    async def happens(scene: Scene) -> bool:
        for method, target, *body in act(scene.run):
            await scene.api(method, target, *body)
        return False

    return happens


async def node_changes(scene: Scene) -> bool:
    """What runs is assigned to another node: it reports that it is being opened or started for some seconds."""
    for path, state in await scene.run.running(scene.proxy.world):
        await scene.control(path, {"durations": REASSIGNED})
        await scene.control(path, {"state": state})
    return False


TIMED_OUT = error_reply(500, "illegal_state_exception", "Timed out when waiting for persistent tasks after 1m")
CONFLICT = error_reply(409, "version_conflict_engine_exception", "[x]: version conflict, required seqNo [7], but [8]")
NO_MASTER = error_reply(503, "master_not_discovered_exception", None)
REJECTED = error_reply(
    429, "es_rejected_execution_exception", "rejected execution", [("retry-after", str(RETRY_AFTER_SECONDS))]
)
CROWDED = error_reply(429, "es_rejected_execution_exception", "rejected execution", [("retry-after", "3600")])
BROKEN = error_reply(500, "exception", "Unexpected job state [failed] while waiting for job to be opened")
REFUSED = error_reply(400, "illegal_argument_exception", "that is refused")
FORBIDDEN = error_reply(403, "security_exception", "action [cluster:admin/xpack/ml/x] is unauthorized for user [ada]")

ALL = (
    Fault("refused", earlier=True),
    Fault("reset-before", reset_before),
    Fault("reset-after", reset_after),
    Fault("cut-after-60s", cut_after_a_minute, at=slow),
    Fault("truncated", truncated(None)),
    Fault("truncated-unseen", truncated(-1)),
    Fault("html-200-instead", instead(page(200))),
    Fault("html-200-afterwards", afterwards(page(200))),
    Fault("html-500-afterwards", afterwards(page(500))),
    Fault("408-afterwards", afterwards(page(408))),
    Fault("429-queue", instead(REJECTED)),
    Fault("429-proxy", instead(page(429, [("retry-after", str(RETRY_AFTER_SECONDS))]))),
    Fault("500-timed-out", afterwards(TIMED_OUT), at=writing),
    Fault("502-instead", instead(page(502))),
    Fault("503-instead", instead(page(503))),
    Fault("504-afterwards", afterwards(page(504))),
    Fault("409-version", instead(CONFLICT), at=writing),
    Fault("election", instead(NO_MASTER), lasts=ELECTION_SECONDS),
    Fault("500-once", instead(BROKEN)),
    Fault("400-once", instead(REFUSED), at=writing, to_declared=True),
    Fault("502-for-good", instead(page(502)), at=writing, lasts=FOR_GOOD),
    Fault("gone-for-good", gone_after, at=writing, lasts=FOR_GOOD, to_declared=True),
    Fault("html-for-good", instead(page(200)), at=writing, lasts=FOR_GOOD),
    Fault("403-for-good", instead(FORBIDDEN), at=writing, lasts=FOR_GOOD),
    Fault("429-for-an-hour", instead(CROWDED), at=writing, lasts=FOR_GOOD),
    Fault("node-changes", node_changes, by_others=True),
    Fault("deleted-by-others", by_others(lambda run: run.kind.deletion(run.targets[0])), by_others=True),
    Fault("ended-by-others", by_others(lambda run: run.kind.ending(run.targets[0])), by_others=True),
    Fault("begun-by-others", by_others(lambda run: run.kind.beginning(run.targets[0])), by_others=True),
    Fault(
        "changed-by-others",
        by_others(lambda run: run.kind.change(run.targets[0])),
        by_others=True,
        to_declared=True,
    ),
    Fault("killed-before", kills="before"),
    Fault("killed-after", kills="after"),
)
BY_NAME = {fault.name: fault for fault in ALL}
