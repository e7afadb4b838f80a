# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes every result that Ansible tells of into a file, one JSON object a line."""

from __future__ import annotations

import json
import os

from ansible.parsing.ajson import AnsibleJSONEncoder
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: recorder
type: notification
short_description: Results as JSON lines in DOORS_RECORD
description: Results as JSON lines in DOORS_RECORD
"""


class CallbackModule(CallbackBase):
    """Told of results as every callback plugin is: censored where Ansible censors."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "recorder"
    CALLBACK_NEEDS_ENABLED = True

    def _record(self, kind, result):
        public = hasattr(result, "task")  # ansible-core 2.19 and later
        line = {
            "kind": kind,
            "host": (result.host if public else result._host).get_name(),
            "task": (result.task if public else result._task).get_name(),
            "result": result.result if public else result._result,
        }
        with open(os.environ["DOORS_RECORD"], "a", encoding="utf-8") as file:
            file.write(json.dumps(line, cls=AnsibleJSONEncoder) + "\n")

    def v2_runner_on_ok(self, result):
        self._record("ok", result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._record("ignored" if ignore_errors else "failed", result)

    def v2_runner_on_skipped(self, result):
        self._record("skipped", result)

    def v2_runner_on_unreachable(self, result):
        self._record("unreachable", result)
