# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""A task's budget of time, and the rhythm at which a state is looked at."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime

_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0
_GROWTH = 1.4


def waiting_spec(timeout):
    """Return the options of a wait; C(timeout) is a server-side duration."""
    return {
        "force": {"type": "bool", "default": False},
        "timeout": {"type": "str", "default": timeout},
        "display_progress": {"type": "bool", "default": True},
    }


def seconds_asked_for(retry_after):
    """Return the seconds that a C(Retry-After) header asks for, a number or a date (RFC 9110); 0 for anything else."""
    if retry_after.isdecimal():
        return float(retry_after)
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    except (TypeError, ValueError):  # the former before Python 3.10
        return 0.0


class Budget:
    """The time a task may take, measured on a clock that never goes back.

    :arg seconds: the whole budget
    """

    def __init__(self, seconds, clock=None, sleep=None):
        self.seconds = seconds
        self._clock = clock or time.monotonic
        self._sleep = sleep or time.sleep
        self._start = self._clock()

    def used(self):
        return self._clock() - self._start

    def left(self):
        return max(0.0, self.seconds - self.used())

    def pause(self, seconds):
        """Let time pass; return False at once where less than that is left."""
        if seconds > self.left():
            return False
        self._sleep(seconds)
        return True

    def looks(self):
        """Yield once a look is due: at once, then after growing pauses, and a last time when the budget is spent."""
        pause = _FIRST_PAUSE
        while True:
            left = self.left()
            yield left
            if left <= 0:
                return
            self._sleep(min(pause, left))
            pause = min(_LONGEST_PAUSE, pause * _GROWTH)
