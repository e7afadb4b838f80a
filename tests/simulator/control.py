# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control endpoint `/_simulator/...`: what tests read and set, outside the server's own paths."""

import json
import os
import signal

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from simulator import seed, units
from simulator.errors import ApiError
from simulator.security import Security

RESOURCES = ("jobs", "datafeeds", "analytics")


def routes(server) -> list[Route]:
    endpoints = Control(server)
    return [
        Route("/journal", endpoints.journal, methods=["GET", "DELETE"]),
        Route("/clock", endpoints.clock, methods=["GET", "POST"]),
        Route("/durations", endpoints.durations, methods=["POST"]),
        Route("/faults", endpoints.faults, methods=["POST", "DELETE"]),
        Route("/reset", endpoints.reset, methods=["POST"]),
        Route("/seed", endpoints.seed, methods=["POST"]),
        Route("/version", endpoints.version, methods=["POST"]),
        Route("/license", endpoints.license, methods=["POST"]),
        Route("/security", endpoints.security, methods=["POST"]),
        Route("/stop", endpoints.stop, methods=["POST"]),
        Route("/{resource:str}/{name:path}", endpoints.resource, methods=["POST"]),
    ]


class Control:
    """The handlers of the control endpoint; each answers with JSON."""

    def __init__(self, server):
        self.server = server

    @property
    def cluster(self):
        return self.server.cluster

    async def journal(self, request: Request) -> JSONResponse:
        if request.method == "DELETE":
            self.server.journal.entries.clear()
        return JSONResponse({"requests": self.server.journal.entries})

    async def clock(self, request: Request) -> JSONResponse:
        wanted = await optional_json(request)
        if wanted.get("freeze"):
            self.cluster.clock.freeze()
        if "advance" in wanted:
            await self.cluster.clock.advance(units.duration(wanted["advance"], "advance"))
        clock = self.cluster.clock
        return JSONResponse(
            {
                "now": clock.now(),
                "answering": self.server.answering,
                "waiting": clock.waiting,
                "next_due": clock.next_due,
            }
        )

    async def durations(self, request: Request) -> JSONResponse:
        self.cluster.durations.default.update(milliseconds(await request.json()))
        return JSONResponse(self.cluster.durations.default)

    async def faults(self, request: Request) -> JSONResponse:
        if request.method == "DELETE":
            self.server.faults.pending.clear()
        else:
            self.server.faults.add(await request.json())
        return JSONResponse({"pending": len(self.server.faults.pending)})

    async def reset(self, request: Request) -> JSONResponse:
        wanted = await optional_json(request)
        self.server.replace_cluster(self.cluster.version.number, has_native=wanted.get("native", True))
        return self.seeded(wanted.get("seed", {}))

    async def seed(self, request: Request) -> JSONResponse:
        return self.seeded(await request.json())

    def seeded(self, wanted: dict) -> JSONResponse:
        try:
            seed.apply(self.cluster, wanted)
        except ApiError as error:
            return JSONResponse(error.body(), error.status)
        return JSONResponse({})

    async def version(self, request: Request) -> JSONResponse:
        number = (await request.json())["version"]
        self.server.replace_cluster(number)
        return JSONResponse({"version": number})

    async def license(self, request: Request) -> JSONResponse:
        self.cluster.set_licence((await request.json())["type"])
        return JSONResponse({"type": self.cluster.licence.kind})

    async def security(self, request: Request) -> JSONResponse:
        settings = await optional_json(request)
        self.server.security = Security(settings) if settings else None
        return JSONResponse({"enabled": bool(settings)})

    async def stop(self, request: Request) -> JSONResponse:
        self.cluster.clock.stop()
        os.kill(os.getpid(), signal.SIGTERM)
        return JSONResponse({})

    async def resource(self, request: Request) -> JSONResponse:
        wanted = await request.json()
        kind, name = request.path_params["resource"], request.path_params["name"]
        if kind not in RESOURCES:
            return JSONResponse({"error": f"no [{kind}], only {', '.join(RESOURCES)}"}, 404)
        self.cluster.clock.settle()
        durations = wanted.pop("durations", {})
        self.cluster.durations.of.setdefault((kind, name), {}).update(milliseconds(durations))
        found = getattr(self.cluster, kind).get(name)
        if wanted and found is None:
            return JSONResponse({"error": f"no {kind} [{name}]"}, 404)
        if wanted:
            found.control(wanted)
        self.cluster.clock.notify()
        return JSONResponse({})


async def optional_json(request: Request) -> dict:
    body = await request.body()
    return json.loads(body) if body else {}


def milliseconds(durations: dict[str, str]) -> dict[str, int]:
    return {kind: units.duration(text, kind) for kind, text in durations.items()}
