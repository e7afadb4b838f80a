# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bytes on a connection: requests that follow one another, arrive in pieces, or that no HTTP parser likes."""

import socket
import zlib

import pytest
from contract import wire
from contract.server import running

JSON = ("Content-Type", "application/json")
TEXT = b'{"text": "a"}'


@pytest.fixture(scope="module")
def address():
    with running("9.5.3") as server:
        yield server.address


def received(connection: socket.socket, words: bytes) -> bytes:
    """What comes until these words have come, or the connection ends."""
    content = b""
    while words not in content and (piece := connection.recv(65536)):
        content += piece
    return content


def test_a_connection_in_use(address):
    """The second request is read as the first one is."""
    with socket.create_connection(address, 10) as connection:
        for line, words in ((b"GET /_tasks/x", b"malformed task id x"), (b"FOO /", b"Unexpected http method: FOO")):
            connection.sendall(line + b" HTTP/1.1\r\nHost: a\r\n\r\n")
            assert words in received(connection, words)


def test_a_head_in_pieces(address):
    with socket.create_connection(address, 10) as connection:
        for piece in (b"GET /_tas", b"ks/x HTTP/1.1\r\nHo", b"st: a\r\n\r", b"\n"):
            connection.sendall(piece)
        assert b"malformed task id x" in received(connection, b"task id x")


@pytest.mark.parametrize(
    ("coding", "body", "status"),
    [
        ("deflate", zlib.compress(TEXT), 200),
        ("deflate", TEXT, 0),
        ("identity", TEXT, 200),
        ("br", TEXT, 200),
    ],
)
def test_content_codings(address, coding, body, status):
    headers = [("Host", "a"), JSON, ("Content-Encoding", coding), ("Content-Length", str(len(body)))]
    assert wire.exchange(address, "POST", "/_analyze", headers, body, 10).status == status


@pytest.mark.parametrize(
    ("target", "status"),
    [("/_tasks/%zz:1", 400), ("/?%zz=1", 400), ("/_tasks/\x01:1", 404), ("x y", 400), ("?pretty", 200)],
)
def test_unusual_targets(address, target, status):
    assert wire.exchange(address, "GET", target, [("Host", "a")], None, 10).status == status


@pytest.mark.parametrize(("method", "target", "status"), [("FOO", "/_nope/x/y", 405), ("OPTIONS", "/_nope/x/y", 200)])
def test_methods_of_a_path_that_has_none(address, method, target, status):
    reply = wire.exchange(address, method, target, [("Host", "a")], None, 10)
    assert (reply.status, reply.header("Allow")) == (status, None)
