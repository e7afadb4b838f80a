# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A clock that can be set forward, the work that falls due on it, and requests that wait for it."""

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable

TURNS = 5  # of the event loop, for requests that were woken to act


class Stopped(Exception):
    """The server is about to go; nothing that waits gets what it waits for."""


class Clock:
    """Real time plus what tests added to it. All times are milliseconds since the epoch."""

    def __init__(self):
        self._offset = 0
        self._frozen_at: int | None = None
        self._due: list[tuple[int, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._waiting: dict[asyncio.Future, int | None] = {}
        self.stopped = False

    def now(self) -> int:
        real = int(time.time() * 1000) if self._frozen_at is None else self._frozen_at
        return real + self._offset

    def freeze(self) -> None:
        """From now on time passes only by `advance`."""
        self._frozen_at = int(time.time() * 1000) if self._frozen_at is None else self._frozen_at
        self.notify()

    async def advance(self, milliseconds: int) -> None:
        """Let time pass, stopping wherever something falls due so that what waits for it acts in order."""
        target = self.now() + milliseconds
        while (moment := self.next_due) is not None and moment <= target:
            self._offset += max(0, moment - self.now())
            self.settle()
            self.notify()
            for _turn in range(TURNS):
                await asyncio.sleep(0)
        self._offset += max(0, target - self.now())
        self.settle()
        self.notify()

    @property
    def waiting(self) -> int:
        """How many requests and tasks wait for something."""
        return len(self._waiting)

    @property
    def next_due(self) -> int | None:
        """When the next thing happens: something falls due, or somebody is tired of waiting."""
        now = self.now()
        moments = [deadline for deadline in self._waiting.values() if deadline is not None and deadline > now]
        moments += [self._due[0][0]] if self._due else []
        return min(moments, default=None)

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

    def stop(self) -> None:
        """Release every waiting request, as the server is about to go."""
        self.stopped = True
        self.notify()

    async def wait_until(self, reached: Callable[[], bool], timeout: int | None = None) -> bool:
        """Wait until `reached()`; false when `timeout` milliseconds of this clock went by first (None: no limit).

        Raises Stopped.
        """
        deadline = None if timeout is None else self.now() + timeout
        while True:
            self.settle()
            if reached():
                return True
            if self.stopped:
                raise Stopped
            if deadline is not None and self.now() >= deadline:
                return False
            await self._sleep_until_change(deadline)

    async def _sleep_until_change(self, deadline: int | None) -> None:
        loop = asyncio.get_running_loop()
        waiter = loop.create_future()
        self._waiting[waiter] = deadline
        timer = self._timer(loop, waiter, deadline)
        try:
            await waiter
        finally:
            self._waiting.pop(waiter, None)
            if timer is not None:
                timer.cancel()

    def _timer(self, loop, waiter: asyncio.Future, deadline: int | None) -> asyncio.TimerHandle | None:
        times = [moment for moment in (deadline, self._due[0][0] if self._due else None) if moment is not None]
        if not times or self._frozen_at is not None:
            return None
        pause = max(0, min(times) - self.now() + 1) / 1000
        return loop.call_later(pause, lambda: waiter.done() or waiter.set_result(None))
