# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The world's time as a module sees it: in place of the `time` that the budget of a task reads and sleeps by."""

import json

from contract import wire

SLEEP = "/_world/sleep/"


class Shared:
    """For a module that runs in this process."""

    def __init__(self, loop, proxy):
        self._loop = loop
        self._proxy = proxy

    def monotonic(self) -> float:
        return self._proxy.world.now

    def sleep(self, seconds: float) -> None:
        self._loop.run(self._proxy.let_pass(seconds))


class Remote:
    """For a module in a process of its own: the proxy is asked."""

    def __init__(self, port: int):
        self._address = ("127.0.0.1", port)

    def monotonic(self) -> float:
        return self._ask(0)

    def sleep(self, seconds: float) -> None:
        self._ask(seconds)

    def _ask(self, seconds: float) -> float:
        return json.loads(wire.send(self._address, "POST", f"{SLEEP}{seconds}").body)
