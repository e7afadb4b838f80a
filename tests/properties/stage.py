# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated cluster in this process, on a clock that moves only when it is told to."""

import asyncio
import json
from dataclasses import dataclass
from urllib.parse import unquote

from simulator.app import Server, create_app

JSON = [(b"content-type", b"application/json")]


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def body(self) -> dict:
        return json.loads(self.content)


class Dropped(ConnectionError):
    """The simulator ended the connection without an answer."""


class Stage:
    """One cluster of one version; everything that happens on it happens in the thread that calls these methods."""

    def __init__(self, version: str):
        self.version = tuple(int(part) for part in version.split("."))
        self._loop = asyncio.new_event_loop()
        self._server = Server(version)
        self._app = create_app(self._server)
        self.control("clock", {"freeze": True})

    @property
    def journal(self) -> list[dict]:
        return self._server.journal.entries

    @property
    def now(self) -> int:
        """The cluster's time in milliseconds."""
        return self._server.cluster.clock.now()

    @property
    def next_due(self) -> int | None:
        return self._server.cluster.clock.next_due

    def begin(self, method: str, target: str, headers=(), body: bytes = b"") -> asyncio.Task:
        """Send a request and let it come as far as it can now."""
        task = self._loop.create_task(self._exchange(method, target, list(headers), body))
        self.settle()
        return task

    def settle(self) -> None:
        self._loop.run_until_complete(self._come_to_rest())

    def ask(self, method: str, target: str, body: dict | list | None = None) -> Reply:
        """Somebody else's request, which is answered at once; it does not stay in the journal."""
        length = len(self.journal)
        content = b"" if body is None else json.dumps(body).encode()
        task = self.begin(method, target, JSON if content else (), content)
        del self.journal[length:]
        assert task.done(), f"{method} {target} waits"
        return task.result()

    def control(self, path: str, body: dict | list | None = None) -> dict:
        reply = self.ask("GET" if body is None else "POST", f"/_simulator/{path}", body)
        assert reply.status == 200, (path, body, reply)
        return reply.body

    def advance_to(self, moment: int) -> None:
        self.control("clock", {"advance": f"{max(0, moment - self.now)}ms"})
        self.settle()

    def close(self) -> None:
        self._server.cluster.clock.stop()
        self.settle()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self.settle()
        self._loop.close()

    async def _come_to_rest(self) -> None:
        """Let every request get to its end, or to where it waits for the clock: nothing else is ever waited for."""
        while True:
            await asyncio.sleep(0)
            if not self._loop._ready:
                return

    async def _exchange(self, method, target, headers, body) -> Reply:
        path, _mark, query = target.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode("latin-1"),
            "query_string": query.encode("latin-1"),
            "root_path": "",
            "headers": [*headers, (b"content-length", str(len(body)).encode())],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 9200),
        }
        sent = []

        async def receive():
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message):
            sent.append(message)

        try:
            await self._app(scope, receive, send)
        except ConnectionResetError as error:
            raise Dropped(str(error)) from error
        answered = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
        return Reply(sent[0]["status"], answered, b"".join(message.get("body", b"") for message in sent[1:]))
