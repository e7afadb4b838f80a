# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A proxy on a socket, in front of the simulated cluster: it counts requests and lets a fault happen to one of them."""

import asyncio
import socket
import struct
from dataclasses import dataclass
from http import HTTPStatus

from faults.clock import SLEEP
from faults.world import Reply, World
from simulator.journal import is_writing

LINGER_NOT = struct.pack("ii", 1, 0)


@dataclass
class Request:
    """A request as it came, and what became of it.

    `carried_out`: the cluster got it. `told`: the status that the module was shown, None where it got no whole answer;
    `was_disguised`: by somebody else than the cluster.
    """

    n: int
    method: str
    target: str
    headers: list
    body: bytes
    at: float
    carried_out: bool = False
    was_disguised: bool = False
    told: int | None = None

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def is_writing(self) -> bool:
        return is_writing(self.method, self.path)

    @property
    def line(self) -> str:
        return f"{self.method} {self.target}"


class Connection(asyncio.Protocol):
    """One client's connection: requests without pipelining, each with its length."""

    def __init__(self, proxy: "Proxy"):
        self.proxy = proxy
        self.transport: asyncio.Transport | None = None
        self.buffer = b""

    def connection_made(self, transport) -> None:
        self.transport = transport
        self.proxy.connections.add(self)

    def connection_lost(self, exc) -> None:
        self.proxy.connections.discard(self)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, mark, rest = self.buffer.partition(b"\r\n\r\n")
        if not mark:
            return
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = [tuple(part.strip() for part in line.split(":", 1)) for line in lines]
        length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
        if len(rest) < length:
            return
        self.buffer = b""
        method, target, _protocol = first.split(" ")
        self.proxy.spawn(self.proxy.handle(self, method, target, headers, rest[:length]))

    def answer(self, reply: Reply, *, length: int | None = None, whole: bool = True, last: bool = False) -> None:
        """Send a reply; `length` announces another one than there is (-1: none), `whole` false sends half of it."""
        head = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}"]
        head += [f"{name}: {value}" for name, value in reply.headers if name.lower() != "content-length"]
        if length != -1:
            head.append(f"content-length: {len(reply.body) if length is None else length}")
        if last or length == -1:
            head.append("connection: close")
        body = reply.body if whole else reply.body[: len(reply.body) // 2]
        self.transport.write("\r\n".join([*head, "", ""]).encode("latin-1") + body)
        if last or not whole or length is not None:
            self.transport.close()

    def cut(self) -> None:
        """End the connection in order, without an answer."""
        self.transport.close()

    def reset(self) -> None:
        """End the connection with a reset."""
        raw = self.transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
        self.transport.abort()


class Proxy:
    """Forwards to a World; `accident` is an (number of a request, fault) to happen, `scene` what faults may touch."""

    def __init__(self, world: World):
        self.world = world
        self.connections: set[Connection] = set()
        self.requests: list[Request] = []
        self.accident = None
        self.refuses_until: float | None = None
        self.port = 0
        self._listener = None
        self._tasks: set[asyncio.Task] = set()
        self.errors: list[BaseException] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def listen(self) -> None:
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(
            lambda: Connection(self), "127.0.0.1", self.port, reuse_address=True, backlog=64
        )
        self.port = self._listener.sockets[0].getsockname()[1]

    async def refuse(self, seconds: float) -> None:
        """Let nobody connect until this time has passed; who is connected is sent away."""
        self.refuses_until = self.world.now + seconds
        self._listener.close()
        for connection in list(self.connections):
            connection.cut()

    async def let_pass(self, seconds: float) -> None:
        """Somebody sleeps; who refused connections may listen again."""
        if seconds > 0:
            await self.world.pass_time(seconds)
        if self.refuses_until is not None and self.world.now >= self.refuses_until:
            self.refuses_until = None
            await self.listen()

    async def begin(self, accident=None) -> None:
        """Count from one again, and let this accident happen."""
        self.requests = []
        self.accident = accident
        if accident is not None:
            await accident.before_all(self)

    async def rest(self) -> None:
        """No accident any more, no connection, and everybody may connect."""
        self.accident = None
        if self.refuses_until is not None:
            self.refuses_until = self.world.now
            await self.let_pass(0)
        for connection in list(self.connections):
            connection.cut()

    def spawn(self, work) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self.errors.append(task.exception())
            for connection in list(self.connections):
                connection.cut()

    async def handle(self, connection: Connection, method: str, target: str, headers, body: bytes) -> None:
        if target.startswith(SLEEP):
            await self.let_pass(float(target.removeprefix(SLEEP)))
            connection.answer(Reply(200, str(self.world.now).encode()))
            return
        request = Request(len(self.requests) + 1, method, target, headers, body, self.world.now)
        self.requests.append(request)
        if self.accident is not None and await self.accident.meet(self, connection, request):
            return
        await self.forward(connection, request)

    async def forward(self, connection: Connection, request: Request, **manner) -> None:
        """Carry a request out and pass the answer on."""
        reply = await self.carry_out(request)
        if reply is None:
            connection.cut()
            return
        request.told = reply.status
        connection.answer(reply, **manner)

    async def carry_out(self, request: Request, patience: float = 3600) -> Reply | None:
        request.carried_out = True
        return await self.world.answer(request.method, request.target, request.headers, request.body, patience)
