# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster that answers as it is told: replies in, requests out."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils.errors import MlError
from ansible_collections.mlops.elastic.plugins.module_utils.waiting import Budget


class ScriptedCluster:
    """Answers each kind of request with its own list of replies; the last one is repeated.

    `script` maps what a request begins with ("POST /_ml/anomaly_detectors/a/_close") to replies or errors.
    """

    def __init__(self, script):
        self.script = {beginning: list(replies) for beginning, replies in script.items()}
        self.lines = []

    @property
    def writes(self):
        return [line for line in self.lines if not line.startswith("GET")]

    def send_all(self, requests, seconds=None, meanwhile=None):
        return [self._answer(request) for request in requests]

    def send(self, request, seconds=None):
        reply = self._answer(request)
        if isinstance(reply, MlError):
            raise reply
        return reply

    def _answer(self, request):
        line = f"{request.method} {request.target}"
        self.lines.append(line)
        found = [beginning for beginning in self.script if line.startswith(beginning)]
        assert found, f"no reply for {line}"
        replies = self.script[max(found, key=len)]
        return replies.pop(0) if len(replies) > 1 else replies[0]


def fast_budget(seconds):
    """A budget that is spent without anybody waiting."""
    passed = [0.0]

    def sleep(pause):
        passed[0] += pause

    return Budget(seconds, lambda: passed[0], sleep)


def job_stats(**states):
    """A reply of GET _ml/anomaly_detectors/_stats."""
    return {"count": len(states), "jobs": [{"job_id": id, "state": state} for id, state in states.items()]}


def job_configs(*ids, **more):
    """A reply of GET _ml/anomaly_detectors."""
    return {"count": len(ids), "jobs": [{"job_id": id, **more} for id in ids]}
