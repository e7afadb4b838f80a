# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sends requests to the simulator in the controller's process: a process for each took most of the targets' time."""

from __future__ import annotations

import json
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    """Option `requests`: method (GET), url, body (JSON). Returns `replies`, the JSON of each; a refusal fails."""

    TRANSFERS_FILES = False

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        return dict(result, changed=False, replies=[_sent(**request) for request in self._task.args["requests"]])


def _sent(url, method="GET", body=None):
    address = urlsplit(url)
    connection = HTTPConnection(address.netloc, timeout=60)
    with closing(connection):
        content = {} if body is None else {"body": json.dumps(body), "headers": {"Content-Type": "application/json"}}
        connection.request(method, f"{address.path}?{address.query}", **content)
        reply = connection.getresponse()
        text = reply.read().decode()
    if reply.status >= 400:
        raise AnsibleActionFail(f"{method} {url}: {reply.status} {text}")
    return json.loads(text)
