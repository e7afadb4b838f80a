# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The in-process door: runs a module of this collection in the controller where the task would run there anyway.

The other files of this directory are links to this one. What runs is the module's own C(main()), so that options,
defaults, censoring, warnings and results are those of the module.
"""

from __future__ import annotations

import contextlib
import getpass
import importlib
import importlib.util
import inspect
import io
import json
import os
import sys

from ansible import constants as C
from ansible.module_utils import basic
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.mlops.elastic.plugins.plugin_utils.progress import Progress

try:
    import elasticsearch  # noqa: F401 - loaded before Ansible forks, so that no task pays for it
except ImportError:
    CLIENT_MISSING = True
else:
    CLIENT_MISSING = False

_COLLECTION = "mlops.elastic."
_SWITCH = "ML_ELASTIC_IN_PROCESS"

display = Display()


class ActionModule(ActionBase):
    """Chooses the door, and opens it."""

    TRANSFERS_FILES = False
    _supports_async = True

    def run(self, tmp=None, task_vars=None):
        super().run(tmp, task_vars)
        name = self._task.action.rsplit(".", 1)[-1]
        obstacle = self._obstacle(task_vars)
        if obstacle:
            display.vvv(f"{_COLLECTION}{name}: runs as a module, because {obstacle}", host=self._host(task_vars))
            return self._execute_module(
                module_name=_COLLECTION + name, task_vars=task_vars, wrap_async=self._task.async_val
            )
        display.vvv(f"{_COLLECTION}{name}: runs in the controller's process", host=self._host(task_vars))
        return self._run_here(name, task_vars)

    def _obstacle(self, task_vars):
        """Return why the task must run as a module, or None."""
        if os.environ.get(_SWITCH) == "0":
            return f"{_SWITCH} is 0"
        if self._connection.transport != "local":
            return f"the connection is {self._connection.transport}"
        if self._task.async_val:
            return "the task is asynchronous"
        if any(self._task.environment or []):
            return "the task has an environment"
        if self._play_context.become and self._play_context.become_user != getpass.getuser():
            return f"the task becomes {self._play_context.become_user}"
        interpreter = self._interpreter(task_vars)
        if interpreter and os.path.realpath(interpreter) != os.path.realpath(sys.executable):
            return f"the interpreter is {interpreter}"
        if CLIENT_MISSING:
            return "the controller has no elasticsearch client"
        return None

    def _interpreter(self, task_vars):
        """Return the interpreter that is set for the task's host, or None where Ansible would look for one."""
        host_vars = task_vars
        if self._task.delegate_to:
            host_vars = task_vars.get("ansible_delegated_vars", {}).get(self._task.delegate_to, task_vars)
        configured = C.config.get_config_value("INTERPRETER_PYTHON", variables=host_vars)
        interpreter = self._templar.template(configured)
        return None if not interpreter or interpreter.startswith("auto") else interpreter

    def _host(self, task_vars):
        return self._task.delegate_to or task_vars.get("inventory_hostname")

    def _run_here(self, name, task_vars):
        arguments = dict(self._task.args)
        self._update_module_args(_COLLECTION + name, arguments, task_vars)
        module = importlib.import_module(f"ansible_collections.{_COLLECTION}plugins.modules.{name}")
        progress = Progress(display, self._host(task_vars), silent=self._task.no_log)
        return self._parsed(_said(lambda: module.main(progress), arguments))

    def _parsed(self, output):
        """Read a module's output as C(_execute_module) does; how much of that is left to its caller varies by core."""
        said = {"stdout": output, "stderr": "", "rc": 0}
        profile = ["legacy"] if len(inspect.signature(self._parse_returned_data).parameters) > 1 else []
        result = self._parse_returned_data(said, *profile)
        if isinstance(result, dict):
            from ansible.vars.clean import remove_internal_keys

            remove_internal_keys(result)
            return result
        result.remove_internal_keys()
        return result.as_result_dict(for_round_trip=True)


def _said(main, arguments):
    """Return what a module prints when it is handed these arguments."""
    output = io.StringIO()
    with _handed_over(arguments), contextlib.redirect_stdout(output), contextlib.suppress(SystemExit):
        main()
    return output.getvalue()


@contextlib.contextmanager
def _handed_over(arguments):
    """Give arguments to the next AnsibleModule as the wrapper of a module does, and take them back afterwards."""
    given = {"_ANSIBLE_ARGS": _encoded({"ANSIBLE_MODULE_ARGS": arguments})}
    if hasattr(basic, "_ANSIBLE_PROFILE"):
        given["_ANSIBLE_PROFILE"] = "legacy"
    before = {name: getattr(basic, name) for name in given}
    for name, value in given.items():
        setattr(basic, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(basic, name, value)


def _encoded(arguments):
    try:
        from ansible.module_utils.common.json import Direction, get_module_encoder
    except ImportError:
        from ansible.module_utils.common.json import AnsibleJSONEncoder

        return json.dumps(arguments, cls=AnsibleJSONEncoder, vault_to_text=True).encode()
    return json.dumps(arguments, cls=get_module_encoder("legacy", Direction.CONTROLLER_TO_MODULE)).encode()
