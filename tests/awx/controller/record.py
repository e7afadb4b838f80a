# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands for modules of awx.awx: takes their options, and writes down what they are called with."""

from __future__ import annotations

import json
import os
from pathlib import Path

import yaml
from ansible.errors import AnsibleActionFail
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.parsing.ajson import AnsibleJSONEncoder
from ansible.plugins.action import ActionBase

OPTIONS = yaml.safe_load(Path(os.environ["AWX_OPTIONS"]).read_text())


class ActionModule(ActionBase):
    """Fails where awx.awx would refuse an option."""

    TRANSFERS_FILES = False

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        module = self._task.action.rpartition(".")[2]
        validated = ArgumentSpecValidator(OPTIONS[module]).validate(self._task.args)
        if validated.error_messages:
            raise AnsibleActionFail("; ".join(validated.error_messages))
        call = {"module": module, "options": validated.validated_parameters}
        with open(os.environ["AWX_RECORD"], "a", encoding="utf-8") as file:
            file.write(json.dumps(call, cls=AnsibleJSONEncoder) + "\n")
        return dict(result, changed=True)
