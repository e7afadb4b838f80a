# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run: a task, and what it finds."""

from dataclasses import dataclass, field

from faults.resources import KINDS, MISSING, Condition, Kind

OLDEST = (7, 3)


@dataclass(frozen=True, eq=False)
class Run:
    """A task: a module, its options, the cluster that it finds, and the ids that its expressions mean there.

    `expected`: what the configuration of each target then holds, as the server shows it.
    """

    name: str
    module: str
    options: dict
    seed: dict
    targets: tuple[str, ...]
    since: tuple[int, ...] = OLDEST
    changes_again: bool = False
    expected: dict = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        return KINDS[self.held]

    @property
    def held(self) -> str:
        """The module of the kind that its targets are of."""
        return "ml_job" if self.module == "ml_bundle" else self.module.removesuffix("_info")

    @property
    def state(self) -> str:
        return self.options.get("state", "info" if self.module.endswith("_info") else "present")

    @property
    def declares(self) -> bool:
        """Whether it is about configurations, and leaves states as they are."""
        return self.state == "present"

    @property
    def names(self) -> tuple[str, ...]:
        """The targets that are there to be named, whatever the cluster holds."""
        return () if "*" in self.options.get(self.kind.id_key, "") else self.targets

    @property
    def is_detached(self) -> bool:
        """Whether it doesn't wait for the end of what it begins."""
        return self.options.get("wait_for_completion") is False

    @property
    def family(self) -> str:
        """What faults have to meet in every version."""
        return self.state if self.declares else f"{self.module}-{self.state}"

    async def running(self, world) -> list[tuple[str, str]]:
        """What is to be told when a node changes."""
        found = await self.kind.present(world)
        return [told for id in self.targets for told in self.kind.reassigned(id, found.get(id, MISSING))]

    def is_reached(self, condition: Condition) -> bool:
        """Whether a target stands as this task wants it."""
        wanted = self.state
        if wanted in ("info", "flushed"):
            return True
        if wanted == "absent":
            return condition == MISSING
        if wanted == "present":
            return condition.holds(self.expected)
        if wanted == "reset":
            return condition.state == "closed" and not any(condition.data)
        if wanted == "started" and condition.data == (True,):
            return True
        if "end" in self.options:
            return condition.state == "started" or (condition.state == "stopped" and any(condition.data))
        return condition.state == wanted
