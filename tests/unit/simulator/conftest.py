# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated server in this process, asked without a network."""

import asyncio
import json

import httpx
import pytest
from unit.analytics_jobs import SOURCE, config

from simulator.app import Server, create_app


class Api:
    """Requests to one server; a test that lets requests wait does so inside `asyncio.run`."""

    def __init__(self, version: str, **options):
        self.server = Server(version, **options)
        self._app = create_app(self.server)

    async def ask(self, method: str, target: str, body=None, *, auth=None) -> httpx.Response:
        transport = httpx.ASGITransport(app=self._app)
        text = body if isinstance(body, str) else json.dumps(body)
        content = {} if body is None else {"content": text, "headers": {"content-type": "application/json"}}
        async with httpx.AsyncClient(transport=transport, base_url="http://simulator", auth=auth) as client:
            return await client.request(method, target, **content)

    def __call__(self, method: str, target: str, body=None, *, auth=None) -> httpx.Response:
        return asyncio.run(self.ask(method, target, body, auth=auth))

    def control(self, path: str, body: dict) -> None:
        assert self("POST", f"/_simulator/{path}", body).status_code == 200

    async def waiting(self, method: str, target: str, body=None) -> asyncio.Task:
        """The request, sent and now waiting for the clock."""
        clock = self.server.cluster.clock
        before = clock.waiting
        task = asyncio.create_task(self.ask(method, target, body))
        while clock.waiting <= before:
            assert not task.done(), task.result().text
            await asyncio.sleep(0)
        return task


@pytest.fixture
def api():
    return Api


@pytest.fixture
def cluster(api):
    """A cluster with the jobs asked for, by id and state; its clock stands still."""

    def seeded(version="9.5.3", **states):
        server = api(version)
        jobs = [{"id": name, "state": state, **config(f"{name}-dest")} for name, state in states.items()]
        server.control("seed", {"indices": [SOURCE], "analytics": jobs})
        server.control("clock", {"freeze": True})
        return server

    return seeded


@pytest.fixture
def job_cluster(api):
    """A cluster with the job `j` in a state, on a clock that stands still."""

    def seeded(version="9.5.3", state="closed", **job):
        server = api(version)
        server.control("seed", {"jobs": [{"job_id": "j", "state": state, **job}]})
        server.control("clock", {"freeze": True})
        return server

    return seeded
