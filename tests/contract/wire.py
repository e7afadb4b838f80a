# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP as recorded: nothing is normalised, nothing is added that the recording doesn't have."""

import base64
import gzip
import http.client
import json
import socket
from dataclasses import dataclass


@dataclass(frozen=True)
class Reply:
    """What came back; `body` is parsed where it is JSON, else text. `closed`: the server ended the connection."""

    status: int
    headers: list[tuple[str, str]]
    body: object
    interim: str | None = None
    closed: bool = False

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]


def basic(user: str, password: str) -> str:
    """The value of an Authorization header."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def send(address: tuple[str, int], method: str, target: str, headers=(), body: bytes | None = None) -> Reply:
    """Send one request on a connection of its own; `target` goes on the request line as it is."""
    connection = http.client.HTTPConnection(*address, timeout=10)
    try:
        connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        if (body is not None or method in ("POST", "PUT")) and "content-length" not in _names(headers):
            connection.putheader("Content-Length", str(len(body or b"")))
        connection.endheaders(body)
        response = connection.getresponse()
        return Reply(response.status, response.getheaders(), _parsed(response))
    finally:
        connection.close()


def attempt(*request, **more) -> Reply:
    """As `send`; when there is no answer, a reply of status 0."""
    try:
        return send(*request, **more)
    except (OSError, http.client.HTTPException) as error:
        return Reply(0, [], repr(error))


def exchange(address: tuple[str, int], method: str, target: str, headers, body: bytes | None, timeout: float) -> Reply:
    """Send these very bytes, well-formed or not; status 0 when there is no answer."""
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers), "", ""]
    with socket.create_connection(address, timeout) as connection:
        try:
            connection.sendall("\r\n".join(lines).encode("utf-8", "surrogateescape") + (body or b""))
            return _received(connection, method)
        except (OSError, http.client.HTTPException) as error:
            return Reply(0, [], repr(error), closed=not isinstance(error, TimeoutError))


def _received(connection: socket.socket, method: str) -> Reply:
    peeked = connection.recv(25, socket.MSG_PEEK).decode("latin-1")
    interim = peeked.split("\r\n")[0] if peeked.startswith("HTTP/1.1 100") else None
    response = http.client.HTTPResponse(connection, method=method)
    response.begin()
    reply = Reply(response.status, response.getheaders(), _parsed(response), interim)
    return Reply(reply.status, reply.headers, reply.body, interim, _is_closed(connection, response))


def _is_closed(connection: socket.socket, response: http.client.HTTPResponse) -> bool:
    if response.will_close:
        return True
    connection.setblocking(False)
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False


def _names(headers) -> set[str]:
    return {name.lower() for name, _value in headers}


def _parsed(response: http.client.HTTPResponse):
    content = response.read()
    if response.getheader("Content-Encoding") == "gzip":
        content = gzip.decompress(content)
    text = content.decode("utf-8", "replace")
    is_json = "json" in (response.getheader("Content-Type") or "")
    return json.loads(text) if is_json and text else text
