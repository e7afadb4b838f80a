# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that tests ask for: answers of proxies, lost replies, delays."""

import fnmatch
from dataclasses import dataclass

from simulator import units


@dataclass
class Fault:
    """What happens to the next `times` requests that match; `after` true: once they have been carried out."""

    method: str = "*"
    path: str = "*"
    times: int = 1
    status: int | None = None
    body: object = ""
    content_type: str = "application/json"
    drop: bool = False
    delay: str = "0"
    after: bool = False

    def matches(self, method: str, path: str) -> bool:
        return fnmatch.fnmatch(method, self.method) and fnmatch.fnmatch(path, self.path)

    @property
    def delay_milliseconds(self) -> int:
        return units.duration(self.delay, "delay")


class Faults:
    """The faults that are still to happen."""

    def __init__(self):
        self.pending: list[Fault] = []

    def add(self, wanted: list[dict]) -> None:
        self.pending += [Fault(**fault) for fault in wanted]

    def take(self, method: str, path: str) -> Fault | None:
        """The first fault that matches, one time less of it."""
        fault = next((fault for fault in self.pending if fault.matches(method, path)), None)
        if fault is not None:
            fault.times -= 1
            if not fault.times:
                self.pending.remove(fault)
        return fault
