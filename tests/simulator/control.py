# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control endpoint `/_simulator/...`: what tests read and set, outside the server's own paths."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from simulator import units


def routes(server) -> list[Route]:
    endpoints = Control(server)
    return [
        Route("/journal", endpoints.journal, methods=["GET", "DELETE"]),
        Route("/clock", endpoints.clock, methods=["GET", "POST"]),
        Route("/durations", endpoints.durations, methods=["POST"]),
        Route("/reset", endpoints.reset, methods=["POST"]),
        Route("/version", endpoints.version, methods=["POST"]),
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
        if request.method == "POST":
            self.cluster.clock.advance(units.duration((await request.json())["advance"]))
        return JSONResponse({"now": self.cluster.now()})

    async def durations(self, request: Request) -> JSONResponse:
        self.cluster.durations.default.update(milliseconds(await request.json()))
        return JSONResponse(self.cluster.durations.default)

    async def reset(self, request: Request) -> JSONResponse:
        self.server.replace_cluster(self.cluster.version.number)
        return JSONResponse({})

    async def version(self, request: Request) -> JSONResponse:
        number = (await request.json())["version"]
        self.server.replace_cluster(number)
        return JSONResponse({"version": number})

    async def resource(self, request: Request) -> JSONResponse:
        wanted = await request.json()
        kind, name = request.path_params["resource"], request.path_params["name"]
        if "durations" in wanted:
            self.cluster.durations.of.setdefault((kind, name), {}).update(milliseconds(wanted["durations"]))
        found = getattr(self.cluster, kind).get(name)
        if found is not None:
            found.control(wanted)
        elif wanted.keys() - {"durations"}:
            return JSONResponse({"error": f"no {kind} [{name}]"}, 404)
        self.cluster.clock.notify()
        return JSONResponse({})


def milliseconds(durations: dict[str, str]) -> dict[str, int]:
    return {kind: units.duration(text, kind) for kind, text in durations.items()}
