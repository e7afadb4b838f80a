# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A clock that can be set forward, the work that falls due on it, and requests that wait for it."""

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable


class Clock:
    """Real time plus what tests added to it. All times are milliseconds since the epoch."""

    def __init__(self):
        self._offset = 0
        self._due: list[tuple[int, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._waiting: set[asyncio.Future] = set()
        self.stopped = False

    def now(self) -> int:
        return int(time.time() * 1000) + self._offset

    def advance(self, milliseconds: int) -> None:
        self._offset += milliseconds
        self.notify()

    def call_after(self, milliseconds: int, action: Callable[[], None]) -> None:
        """Run `action` once the time has passed: at once when it is 0, else at the first `settle` after it."""
        if milliseconds <= 0:
            action()
            self.notify()
            return
        heapq.heappush(self._due, (self.now() + milliseconds, next(self._order), action))
        self.notify()

    def settle(self) -> None:
        """Do, in the order of their times, all actions that are due."""
        now = self.now()
        while self._due and self._due[0][0] <= now:
            heapq.heappop(self._due)[2]()
            self.notify()

    def notify(self) -> None:
        """Make every waiting request look again."""
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)
        self._waiting.clear()

    def stop(self) -> None:
        """Release every waiting request, as the server is about to go."""
        self.stopped = True
        self.notify()

    async def wait_until(self, reached: Callable[[], bool], timeout: int | None = None) -> bool:
        """Wait until `reached()`; false when `timeout` milliseconds of this clock went by first (None: no limit)."""
        deadline = None if timeout is None else self.now() + timeout
        while True:
            self.settle()
            if reached():
                return True
            if self.stopped or (deadline is not None and self.now() >= deadline):
                return False
            await self._sleep_until_change(deadline)

    async def _sleep_until_change(self, deadline: int | None) -> None:
        times = [moment for moment in (deadline, self._due[0][0] if self._due else None) if moment is not None]
        pause = max(0, min(times) - self.now() + 1) / 1000 if times else None
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        await asyncio.wait([waiter], timeout=pause)
        self._waiting.discard(waiter)
