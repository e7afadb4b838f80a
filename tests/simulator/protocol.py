# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Uvicorn's HTTP protocol that keeps requests as they came, and lets the application drop a connection.

What the parser beneath refuses or changes (unknown methods, bytes that don't belong into a target, a raw blank) is
hidden from it; the application finds the head of the request in the scope and decides.
"""

import re
from dataclasses import dataclass

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

EXTENSION = "simulator.connection"
HEAD = "simulator.head"
PARSED = re.compile(rb"(GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH) /[!\"$-~]* HTTP/1\.[01]")
END_OF_HEAD = b"\r\n\r\n"
NO_HEAD = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f-\xff]")
"""How no request begins, but the hello of TLS does; it is refused at once (recorded)."""


@dataclass(frozen=True)
class Head:
    """The request line as it was sent, and the size of all header lines without their line ends, in bytes."""

    line: str
    header_size: int

    @property
    def method(self) -> str:
        return self.line.partition(" ")[0]

    @property
    def target(self) -> str:
        return self.line.split(" ")[1] if self.line.count(" ") > 1 else ""

    @property
    def protocol(self) -> str:
        """What follows the target; more than a protocol if the target has a blank."""
        return " ".join(self.line.split(" ")[2:]).upper()

    @property
    def is_version(self) -> bool:
        return re.fullmatch(r"HTTP/\d\.\d", self.protocol) is not None


class WireProtocol(HttpToolsProtocol):
    """Puts the connection's transport and the head of a request into the extensions of its scope."""

    def connection_made(self, transport) -> None:
        super().connection_made(transport)
        self.received = b""
        self.head: Head | None = None
        self.awaits_head = True

    def data_received(self, data: bytes) -> None:
        if self.awaits_head:
            self.received += data
            if NO_HEAD.match(self.received):
                super().data_received(self.received)
                return
            if END_OF_HEAD not in self.received:
                return
            data, self.received, self.awaits_head = self._parsable(self.received), b"", False
        super().data_received(data)

    def _parsable(self, data: bytes) -> bytes:
        """The data with a request line that the parser beneath takes."""
        head, _end, _body = data.partition(END_OF_HEAD)
        line, *headers = head.split(b"\r\n")
        self.head = Head(line.decode("latin-1"), sum(len(header) for header in headers))
        if PARSED.fullmatch(line):
            return data
        method = self.head.method if self.head.method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS") else "POST"
        return f"{method} / HTTP/1.1".encode() + data[len(line) :]

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.awaits_head = False
        self.scope["extensions"] = {EXTENSION: self.transport, HEAD: self.head}
        self.head = None

    def on_message_complete(self) -> None:
        self.awaits_head = True
        super().on_message_complete()


def head_of(scope) -> Head:
    """The head as it was sent; made up from what the server parsed where it isn't there."""
    known = scope.get("extensions", {}).get(HEAD)
    if known is not None:
        return known
    path = scope.get("raw_path", scope["path"].encode()).decode("latin-1").partition("?")[0]
    query = scope["query_string"].decode("latin-1")
    size = sum(len(name) + len(value) + 2 for name, value in scope["headers"])
    return Head(f"{scope['method']} {path}{'?' + query if query else ''} HTTP/1.1", size)


async def drop_connection(scope, receive) -> None:
    """Close the client's connection without an answer."""
    transport = scope.get("extensions", {}).get(EXTENSION)
    if transport is None:
        raise ConnectionResetError("the simulator dropped the connection")
    transport.abort()
    await receive()
