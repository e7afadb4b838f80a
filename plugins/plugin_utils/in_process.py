# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The in-process door: runs a module of this collection in the controller where the task would run there anyway.

What runs is the module's own C(main()), so that options, defaults, censoring, warnings and results are those of the
module. The files in C(plugins/action) say which module that is; they are no links, because documentation tools take a
link between action plugins for a redirect between modules.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import io
import json
import os
import pwd
import shutil
import sys

from ansible import constants as C
from ansible.module_utils import basic
from ansible.module_utils.common import warnings
from ansible.plugins.action.normal import ActionModule as ModuleDoor
from ansible.utils.display import Display

from ansible_collections.mlops.elastic.plugins.plugin_utils.progress import Progress

try:
    importlib.import_module("elasticsearch")  # before Ansible forks, so that no task pays for it
except ImportError:
    CLIENT_MISSING = True
else:
    CLIENT_MISSING = False

_COLLECTION = "mlops.elastic."
_SWITCH = "ML_ELASTIC_IN_PROCESS"

display = Display()


class Doors(ModuleDoor):
    """Chooses the door; the one that it inherits runs the module where and as Ansible would without this plugin.

    :cvar MODULE: the imported module
    """

    MODULE = None

    def run(self, tmp=None, task_vars=None):
        obstacle = self._obstacle(task_vars)
        if obstacle:
            self._say(f"runs as a module, because {obstacle}", task_vars)
            return super().run(tmp, task_vars)
        self._say("runs in the controller's process", task_vars)
        return self._run_here(task_vars)

    def _say(self, text, task_vars):
        display.vvv(f"{self._fqcn()}: {text}", host=self._host(task_vars))

    def _fqcn(self):
        return _COLLECTION + self.MODULE.__name__.rpartition(".")[2]

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
        if self._connection.become and not _is_present_user(self.get_become_option("become_user")):
            return f"the task becomes {self.get_become_option('become_user')}"
        interpreter = self._interpreter(task_vars)
        if interpreter and not _is_present_interpreter(interpreter):
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
        interpreter = (self._templar.template(configured) or "").strip()
        return None if not interpreter or interpreter.startswith("auto") else interpreter

    def _host(self, task_vars):
        return self._task.delegate_to or task_vars.get("inventory_hostname")

    def _run_here(self, task_vars):
        arguments = dict(self._task.args)
        self._update_module_args(self._fqcn(), arguments, task_vars)
        progress = Progress(display, self._host(task_vars), silent=self._task.no_log)
        return self._parsed(_said(lambda: self.MODULE.main(progress), arguments))

    def _parsed(self, output):
        """Read a module's output as C(_execute_module) does; how much of that is left to its caller varies by core."""
        said = {"stdout": output, "stderr": "", "rc": 0}
        profile = ["legacy"] if len(inspect.signature(self._parse_returned_data).parameters) > 1 else []
        result = self._parse_returned_data(said, *profile)
        if isinstance(result, dict):
            from ansible.utils.unsafe_proxy import wrap_var
            from ansible.vars.clean import remove_internal_keys

            remove_internal_keys(result)
            return wrap_var(result)
        result.remove_internal_keys()
        return result.as_result_dict(for_round_trip=True)


def _is_present_user(name):
    try:
        return pwd.getpwnam(name).pw_uid == os.geteuid()
    except KeyError:
        return False


def _is_present_interpreter(interpreter):
    """Tell whether a path means this process's Python with these packages.

    The folder counts: the Pythons of two virtual environments are one file in the end.
    """
    return _folder_and_file(shutil.which(interpreter) or interpreter) == _folder_and_file(sys.executable)


def _folder_and_file(path):
    return os.path.realpath(os.path.dirname(path)), os.path.realpath(path)


def _said(main, arguments):
    """Return what a module prints when it is handed these arguments."""
    output = io.StringIO()
    with _handed_over(arguments), contextlib.redirect_stdout(output), contextlib.suppress(SystemExit):
        main()
    return output.getvalue()


@contextlib.contextmanager
def _handed_over(arguments):
    """Give arguments to the next AnsibleModule as the wrapper of a module does; leave nothing for the one after it."""
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
        warnings._global_warnings.clear()
        warnings._global_deprecations.clear()


def _encoded(arguments):
    try:
        from ansible.module_utils.common.json import Direction, get_module_encoder
    except ImportError:
        from ansible.module_utils.common.json import AnsibleJSONEncoder

        return json.dumps(arguments, cls=AnsibleJSONEncoder, vault_to_text=True).encode()
    return json.dumps(arguments, cls=get_module_encoder("legacy", Direction.CONTROLLER_TO_MODULE)).encode()
