# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A role of the collection, task by task in this process: Ansible's own templates, the modules' own main().

A process for each task would take most of the time. Needs a process in which Ansible's loader came before any module of
the collection; knows what the roles under test use, and refuses the rest.
"""

import json
from pathlib import Path

from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader
from ansible.template import Templar

init_plugin_loader()

ROLES = Path(__file__).resolve().parents[2] / "roles"
COLLECTION = "mlops.elastic."
KEYWORDS = {"name", "vars", "when", "register", "loop", "loop_control", "failed_when", "changed_when", "check_mode"}
IGNORED = {"delegate_to", "become"}


class RoleFailed(Exception):
    """A task has failed."""


class RolePlayer:
    """Plays one role against one server; `variables` are what the last run left."""

    def __init__(self, server, role: str):
        self._server = server
        self._folder = ROLES / role
        self._loader = DataLoader()
        self._kept = {name: self._read(f"{name}/main.yml") for name in ("defaults", "vars")}
        self._tasks = {path.name: self._read(f"tasks/{path.name}") for path in (self._folder / "tasks").glob("*.yml")}
        self.variables = {}

    def play(self, **given) -> None:
        """Play all tasks. Raises RoleFailed."""
        self.variables = {**self._kept["defaults"], **self._kept["vars"], **given}
        self._play_file("main.yml")

    def _read(self, path):
        return self._loader.load_from_file(str(self._folder / path), trusted_as_template=True)

    def _play_file(self, name: str) -> None:
        for task in self._tasks[name]:
            self._play_task(task)

    def _play_task(self, task: dict) -> None:
        (action,) = set(task) - KEYWORDS - IGNORED
        variables = {**self.variables, **task.get("vars", {})}
        if "loop" in task:
            name = task["loop_control"]["loop_var"]
            items = Templar(self._loader, variables).template(task["loop"])
            results = [self._once(task, action, {**variables, name: item}) for item in items]
            result = {"changed": any(one["changed"] for one in results), "results": results}
        else:
            result = self._once(task, action, variables)
        if "register" in task:
            self.variables[str(task["register"])] = result

    def _once(self, task: dict, action: str, variables: dict) -> dict:
        templar = Templar(self._loader, variables)
        if not _holds(templar, task.get("when", [])):
            return {"changed": False, "skipped": True}
        result = self._run(action, templar.template(task[action]), templar, task)
        failed = result.get("failed", False)
        if "failed_when" in task:
            variables[str(task["register"])] = result
            failed = _holds(templar, task["failed_when"])
        if failed:
            raise RoleFailed(result["msg"])
        return result

    def _run(self, action: str, arguments, templar, task: dict) -> dict:
        if action.startswith(COLLECTION):
            check = task.get("check_mode", False)
            return self._server.run(
                action.removeprefix(COLLECTION), check=check, **json.loads(json.dumps(arguments))
            ).result
        changed = getattr(self, f"_{action.removeprefix('ansible.builtin.')}")(arguments, templar, task)
        return {"changed": bool(changed)}

    def _assert(self, arguments, templar, task):
        if not _holds(templar, task["ansible.builtin.assert"]["that"]):
            raise RoleFailed(arguments["fail_msg"])

    def _set_fact(self, arguments, templar, task):
        self.variables.update(arguments)

    def _include_tasks(self, arguments, templar, task):
        self._play_file(str(arguments))

    def _copy(self, arguments, templar, task):
        Path(arguments["dest"]).write_text(arguments["content"])

    def _file(self, arguments, templar, task):
        Path(arguments["path"]).unlink(missing_ok=True)

    def _fail(self, arguments, templar, task):
        raise RoleFailed(arguments["msg"])

    def _nothing(self, arguments, templar, task):
        """What only tells."""

    _debug = _raw = _set_stats = _nothing


def _holds(templar, conditions) -> bool:
    conditions = conditions if isinstance(conditions, list) else [conditions]
    return all(
        condition if isinstance(condition, bool) else templar.evaluate_conditional(condition)
        for condition in conditions
    )
