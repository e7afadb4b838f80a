# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ASGI application: from bytes to a routed request, and from a reply or an error to bytes."""

import json
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Mount

from simulator import (
    control,
    data,
    datafeeds_api,
    datafeeds_reading,
    deletion,
    errors,
    flush,
    indices,
    jobs,
    lifecycle,
    results,
    root,
    tasks,
    upgrade_mode,
)
from simulator.cluster import Cluster
from simulator.journal import Journal
from simulator.rest import Reply, Request
from simulator.routes import Router
from simulator.versions import Version

RESOURCES = (
    root,
    tasks,
    upgrade_mode,
    jobs,
    lifecycle,
    deletion,
    data,
    flush,
    results,
    datafeeds_api,
    datafeeds_reading,
    indices,
)


class Server:
    """The simulated server: the cluster behind it, and what tests may read and set about it."""

    def __init__(self, version: str = "9.5.3", **cluster_options):
        self.cluster_options = cluster_options
        self.journal = Journal()
        self.router = Router()
        for resource in RESOURCES:
            resource.register(self.router)
        self.cluster = self.new_cluster(version)

    def new_cluster(self, version: str) -> Cluster:
        return Cluster(Version(version), **self.cluster_options)

    def replace_cluster(self, version: str) -> None:
        """Start afresh, as the given version; requests that wait are released."""
        self.cluster.clock.stop()
        self.cluster = self.new_cluster(version)
        self.journal = Journal()

    async def __call__(self, scope, receive, send) -> None:
        http = HttpRequest(scope, receive)
        response = await self.answer(http)
        await response(scope, receive, send)

    async def answer(self, http: HttpRequest) -> Response:
        body = await http.body()
        raw_path = http.scope.get("raw_path", http.scope["path"].encode()).decode("latin-1").split("?")[0]
        query = http.scope["query_string"].decode("latin-1")
        entry = self.journal.add(
            method=http.method,
            path=raw_path,
            query=query,
            body=body.decode("utf-8", "replace"),
            user=None,
            opaque_id=http.headers.get("x-opaque-id"),
        )
        reply, warnings = await self.handle(http.method, raw_path, query, body)
        entry["status"] = reply.status
        return self.render(reply, warnings, http)

    async def handle(self, method: str, raw_path: str, query: str, body: bytes) -> tuple[Reply, list[str]]:
        cluster = self.cluster
        cluster.clock.settle()
        uri = raw_path + (f"?{query}" if query else "")
        warnings: list[str] = []
        try:
            handler, parts = self.router.match(cluster.version, method, raw_path, uri)
            parameters = dict(parse_qsl(query, keep_blank_values=True))
            request = Request(cluster, method, uri, raw_path, parts, parameters, body)
            warnings = request.warnings
            result = await handler(request)
            reply = result if isinstance(result, Reply) else Reply(200, result)
        except (errors.ApiError, errors.PlainError) as error:
            reply = Reply(error.status, error.body(), error.headers)
        return reply, warnings

    def render(self, reply: Reply, warnings: list[str], http: HttpRequest) -> Response:
        version = self.cluster.version
        content = b"" if reply.body is None or http.method == "HEAD" else json.dumps(reply.body).encode()
        response = Response(content, reply.status, headers=reply.headers)
        response.headers["content-type"] = version.content_type
        if version.has_product_header and reply.status not in (401, 403):
            response.headers["X-elastic-product"] = "Elasticsearch"
        if opaque_id := http.headers.get("x-opaque-id"):
            response.headers["X-Opaque-Id"] = opaque_id
        for warning in warnings:
            response.headers.append("Warning", warning)
        return response


def create_app(server: Server) -> Starlette:
    """The server, with the control endpoint beside it."""
    return Starlette(routes=[Mount("/_simulator", routes=control.routes(server)), Mount("/", app=server)])
