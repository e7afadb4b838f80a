# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator as a process of its own, and its control endpoint."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from contract import wire

TESTS = Path(__file__).resolve().parent.parent


class Refused(Exception):
    """What a test arranges wasn't possible."""


class Server:
    """A running simulator."""

    def __init__(self, address: tuple[str, int]):
        self.address = address

    def control(self, path: str, body: dict | list | None = None) -> dict:
        """Call the control endpoint: POST with a body, else GET. Raises Refused."""
        method = "GET" if body is None else "POST"
        content = None if body is None else json.dumps(body).encode()
        headers = [] if body is None else [("Content-Type", "application/json")]
        reply = wire.send(self.address, method, f"/_simulator/{path}", headers, content)
        if reply.status != 200:
            raise Refused(f"/_simulator/{path} {body}: {reply.status} {reply.body}")
        return reply.body


@contextmanager
def running(version: str, *options: str):
    """Start a simulator of this version on a free port; it is ended when the block is left."""
    command = [sys.executable, "-m", "simulator", "--port", "0", "--version", version, *options]
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        assert "listening on" in line, f"the simulator didn't start: {line!r}"
        url = urlsplit(line.split()[-1])
        yield Server((url.hostname, url.port))
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stdout.close()
