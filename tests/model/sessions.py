# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The requests of recorded sessions, sent to simulators of later versions: whatever they answer has to fit."""

from contract import recordings
from contract.replay import Replay
from contract.server import Server, running

RECORDED_WITH = "7.10.0"
VERSIONS = ("7.17.29", "8.19.21", "9.5.3")


class Later(Server):
    """Stays of its version, whatever a replay asks for."""

    def __init__(self, process: Server, version: str):
        super().__init__(process.address)
        self._version = version

    def control(self, path: str, body: dict | list | None = None) -> dict:
        return super().control(path, {"version": self._version} if path == "version" else body)


def play(version: str) -> int:
    """How many requests were sent."""
    with running(version) as process:
        server = Later(process, version)
        topics = recordings.topics(RECORDED_WITH)
        return sum(len(Replay(server, RECORDED_WITH, topic).run()) for topic in topics)
