# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One user and nobody else: what is asked is answered at once, and time passes wherever anybody waits."""

from elastic_transport._node import NodeApiResponse
from modules import harness

from properties.schedule import encoded, here, response_of
from properties.stage import Stage


class Alone:
    """A user on a stage, within `schedule.gated`."""

    def __init__(self, stage: Stage):
        self.stage = stage

    def run(self, module: str, options: dict) -> harness.Outcome:
        del self.stage.journal[:]
        here.schedule = self
        stdout, status = harness.call(module, options)
        return harness.Outcome(stdout, status, list(self.stage.journal))

    def ask(self, method: str, target: str, headers: dict, body: bytes) -> NodeApiResponse:
        task = self.stage.begin(method, target, encoded(headers), body)
        while not task.done():
            self.stage.advance_to(self.stage.next_due)
        return response_of(task.result())

    def sleep(self, seconds: float) -> None:
        self.stage.advance_to(self.stage.now + max(1, round(seconds * 1000)))

    def seconds(self) -> float:
        return self.stage.now / 1000

    def side_by_side(self, call, inputs, workers: int, meanwhile=None) -> list:
        """One after the other, in order."""
        return [call(given) for given in inputs]
