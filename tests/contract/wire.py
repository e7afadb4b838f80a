# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP as recorded: nothing is normalised, nothing is added that the recording doesn't have."""

import base64
import http.client
import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Reply:
    """What came back; `body` is parsed where it is JSON, else text."""

    status: int
    headers: list[tuple[str, str]]
    body: object

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


def _names(headers) -> set[str]:
    return {name.lower() for name, _value in headers}


def _parsed(response: http.client.HTTPResponse):
    text = response.read().decode()
    is_json = "json" in (response.getheader("Content-Type") or "")
    return json.loads(text) if is_json and text else text
