# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run under one fault, and the runs after it."""

import json
import os
import signal
import sys
from dataclasses import dataclass, replace
from unittest import mock

from modules import harness

from ansible_collections.mlops.elastic.plugins.module_utils import waiting
from faults.accidents import FOR_GOOD, SOON_OVER, Accident, Fault
from faults.clock import Remote, Shared
from faults.proxy import Proxy, Request
from faults.resources import KINDS, Condition, ends
from faults.run import Run
from faults.world import Loop, World

NEWEST = "9.5.3"
JOBS_AND_FEEDS = ("ml_job", "ml_datafeed")
LOOKED_AT = {
    "ml_analytics": ("ml_analytics",),
    "ml_filter": ("ml_filter",),
    "ml_calendar": ("ml_calendar", "ml_job"),
}
SWITCH_SECONDS = 0.0005
"""The module and the proxy take turns: each waits for the other, many times a run."""


@dataclass
class Attempt:
    """A task that came to its end, or was killed (then it printed nothing)."""

    result: dict | None
    requests: list[Request]
    before: dict[str, dict[str, Condition]]
    after: dict[str, dict[str, Condition]]
    accident: Accident | None = None

    @property
    def others_acted(self) -> bool:
        return self.accident is not None and self.accident.fault.by_others

    @property
    def left_all_as_it_was(self) -> bool:
        return not self.carried_out and not self.others_acted

    def judged(self, run: Run) -> list[str]:
        """The targets that only the task itself could change, without those that others deleted before it began."""
        held = self.before[run.held]
        own = [id for number, id in enumerate(run.targets) if number or not self.others_acted]
        if run.state == "absent":
            return own
        return [id for id in own if id in held or (run.declares and id in run.names)]

    @property
    def failed(self) -> bool:
        return self.result is None or self.result.get("failed", False)

    @property
    def msg(self) -> str:
        return (self.result or {}).get("msg", "")

    @property
    def writes(self) -> list[Request]:
        return [request for request in self.requests if request.is_writing]

    @property
    def carried_out(self) -> list[Request]:
        return [request for request in self.writes if request.carried_out]


class Rig:
    """The cluster, the proxy before it and the modules that talk to it."""

    def __init__(self):
        sys.setswitchinterval(SWITCH_SECONDS)
        self.loop = Loop()
        self.world = World(NEWEST)
        self.proxy = Proxy(self.world)
        self.loop.run(self.proxy.listen())
        self._clock = Shared(self.loop, self.proxy)

    def end(self) -> None:
        self.loop.end()

    def arrange(self, run: Run, version: str) -> None:
        self.loop.run(self.world.restart(version, run.seed))

    def look(self, run: Run) -> dict[str, dict[str, Condition]]:
        """Everything that the cluster holds, as others see it, by kind."""
        return self.loop.run(self._look(run))

    async def _look(self, run: Run) -> dict[str, dict[str, Condition]]:
        held = {module: await KINDS[module].present(self.world) for module in LOOKED_AT.get(run.held, JOBS_AND_FEEDS)}
        if run.declares and "ml_datafeed" in held:
            feeds = held["ml_datafeed"]
            feeds.update({id: replace(feeds[id], end=end) for id, end in (await ends(self.world)).items()})
        return held

    def attempt(self, run: Run, number: int = 0, fault: Fault | None = None, before=None) -> Attempt:
        """Run the task, with the fault at the request of this number."""
        accident = Accident(number, fault, run) if fault else None
        before = before or self.look(run)
        self.loop.run(self.proxy.begin(accident))
        options = {"hosts": [self.proxy.url], **run.options}
        if fault and fault.lasts == FOR_GOOD:
            options["timeout"] = SOON_OVER
        began = self.world.now
        told = self._in_child(run, options, accident) if fault and fault.kills else self._here(run, options)
        self.loop.run(self.proxy.rest())
        for error in self.proxy.errors:
            raise error
        attempt = Attempt(told, self.proxy.requests, before, before, accident)
        if accident or attempt.writes or self.world.now > began:
            attempt.after = self.look(run)
        return attempt

    def _here(self, run: Run, options: dict) -> dict:
        with mock.patch.object(waiting, "time", self._clock):
            printed, status = harness.call(run.module, options)
        result = json.loads(printed)
        assert status == int(result.get("failed", False))
        return result

    def _in_child(self, run: Run, options: dict, accident: Accident) -> None:
        child = os.fork()
        if not child:
            self._be_killed(run, options)
        accident.kill = lambda: os.kill(child, signal.SIGKILL)
        _pid, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL, "the process came to its end"

    def _be_killed(self, run: Run, options: dict) -> None:
        try:
            with mock.patch.object(waiting, "time", Remote(self.proxy.port)):
                harness.call(run.module, options)
        finally:
            os._exit(0)
