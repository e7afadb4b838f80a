# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ASGI application: the simulated server, and the control endpoint beside it."""

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Mount

from simulator import control, encoding, recording, resources
from simulator.clock import Stopped
from simulator.cluster import Cluster
from simulator.exchange import Exchange
from simulator.faults import Faults
from simulator.journal import Journal
from simulator.protocol import drop_connection
from simulator.routes import Router
from simulator.security import Security
from simulator.versions import Version

CONTROL = "/_simulator"
LARGEST_BODY = 104_857_600


class Server:
    """The simulated server: the cluster behind it, and what tests may read and set about it."""

    def __init__(self, version: str = "9.5.3", *, security: dict | None = None, **cluster_options):
        self.cluster_options = cluster_options
        self.security = Security(security) if security else None
        self.journal = Journal()
        self.faults = Faults()
        self.answering = 0
        self.recorder = recording.from_environment()
        self.router = Router()
        for resource in resources.ALL:
            resource.register(self.router)
        self.cluster = self.new_cluster(version)

    def new_cluster(self, version: str, **options) -> Cluster:
        return Cluster(Version(version), **self.cluster_options, **options)

    def replace_cluster(self, version: str, *, has_native: bool = True) -> None:
        """Start afresh, as the given version; requests that wait are released."""
        self.cluster.clock.stop()
        self.cluster = self.new_cluster(version, has_native=has_native)
        self.journal = Journal()
        self.faults = Faults()

    async def __call__(self, scope, receive, send) -> None:
        http = HttpRequest(scope, receive)
        response = await self.answer(http)
        if response is None:
            await drop_connection(scope, receive)
        else:
            await response(scope, receive, send)

    async def answer(self, http: HttpRequest) -> Response | None:
        """What to send; None drops the connection."""
        if http.headers.get("expect", "100-continue").lower() != "100-continue":
            return Response(status_code=417, headers={"connection": "close"})
        exchange = Exchange(self, http)
        is_too_large = int(http.headers.get("content-length", 0)) > LARGEST_BODY
        self.answering += 1
        try:
            if not is_too_large:
                sent = await http.body()
                is_too_large = len(sent) > LARGEST_BODY
                exchange.body = encoding.decoded(sent, http.headers.get("content-encoding"))
            return await exchange.response(is_too_large=is_too_large)
        except (Stopped, encoding.NotCompressed):
            return None
        finally:
            self.answering -= 1


def create_app(server: Server):
    """The server, with the control endpoint beside it; told apart here, as Starlette's routes don't take every path."""
    controls = Starlette(routes=[Mount(CONTROL, routes=control.routes(server))])

    async def app(scope, receive, send) -> None:
        chosen = controls if scope["path"].startswith(CONTROL + "/") else server
        await chosen(scope, receive, send)

    return app
