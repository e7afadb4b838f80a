# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster whose time passes only when somebody waits for it: the simulator behind a proxy, and one clock for both."""

import asyncio
import json
import threading
from dataclasses import dataclass, field

from simulator.app import Server, create_app
from simulator.protocol import EXTENSION

MS = 1000
TURNS = 8
"""Of the event loop, for a request to come to its end without time passing."""


@dataclass
class Reply:
    status: int
    body: bytes
    headers: list[tuple[str, str]] = field(default_factory=list)

    @property
    def json(self):
        return json.loads(self.body) if self.body else None


class Loop:
    """An event loop in a thread of its own."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="faults", daemon=True)
        self._thread.start()

    def run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(timeout=30)

    def end(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(timeout=5)
        self.loop.close()


class World:
    """The simulator as an ASGI application; its clock stands still until `pass_time`.

    `now` is what has passed since the beginning, in seconds; the modules' own clock shows it too.
    """

    def __init__(self, version: str):
        self.app = create_app(Server(version))
        self.version = version
        self.now = 0.0

    async def control(self, path: str, body: dict | list | None = None) -> dict:
        """Call the control endpoint: POST with a body, else GET."""
        content = b"" if body is None else json.dumps(body).encode()
        headers = [("content-type", "application/json")] if content else []
        reply = await self.ask("GET" if body is None else "POST", f"/_simulator/{path}", headers, content)
        assert reply.status == 200, (path, body, reply)
        return reply.json

    async def restart(self, version: str, seed: dict) -> None:
        if version != self.version:
            await self.control("version", {"version": version})
            self.version = version
        await self.control("reset", {})
        await self.control("clock", {"freeze": True})
        await self.control("seed", seed)
        self.now = 0.0

    async def pass_time(self, seconds: float) -> None:
        self.now += seconds
        await self.control("clock", {"advance": f"{round(seconds * MS)}ms"})

    async def answer(self, method: str, target: str, headers, body: bytes, patience: float = 3600) -> Reply | None:
        """Carry out a request; time passes for as long as it waits for something.

        None: the server dropped it, or it had not answered when `patience` (seconds) was over.
        """
        work = asyncio.ensure_future(self.ask(method, target, headers, body))
        began = self.now
        while not await self._is_over(work):
            left = patience - (self.now - began)
            if left <= 0:
                return None
            clock = await self.control("clock")
            assert clock["next_due"] is not None, f"{method} {target} waits for nothing"
            await self.pass_time(min(left, max(0.001, (clock["next_due"] - clock["now"]) / MS)))
        return work.result()

    @staticmethod
    async def _is_over(work: asyncio.Future) -> bool:
        for _turn in range(TURNS):
            if work.done():
                return True
            await asyncio.sleep(0)
        return work.done()

    async def ask(self, method: str, target: str, headers, body: bytes) -> Reply | None:
        """One request to the application."""
        path, _mark, query = target.partition("?")
        transport = _Dropped()
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "scheme": "http",
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
            "extensions": {EXTENSION: transport},
        }
        sent: list[dict] = []
        inbox = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive():
            return inbox.pop() if inbox else {"type": "http.disconnect"}

        async def send(message):
            sent.append(message)

        await self.app(scope, receive, send)
        if transport.is_dropped:
            return None
        head = [(name.decode(), value.decode()) for name, value in sent[0]["headers"]]
        return Reply(sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:]), head)


class _Dropped:
    """Stands for the transport that the simulator aborts."""

    is_dropped = False

    def abort(self) -> None:
        self.is_dropped = True
