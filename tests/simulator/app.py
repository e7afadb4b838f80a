# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ASGI application: from bytes to a routed request, and from a reply or an error to bytes."""

import json
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Mount

from simulator import control, errors, media, recording, resources, yaml_text
from simulator.clock import Stopped
from simulator.cluster import Cluster
from simulator.faults import Faults
from simulator.filtering import filtered
from simulator.journal import Journal
from simulator.protocol import drop_connection
from simulator.rest import Reply, Request
from simulator.routes import Router
from simulator.security import Security
from simulator.versions import Version

LARGEST_BODY = 104_857_600
SINGLE_VALUED = ("X-Opaque-Id", "Authorization")


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
        if int(http.headers.get("content-length", 0)) > LARGEST_BODY:
            await Response(status_code=413, headers={"connection": "close"})(scope, receive, send)
            return
        exchange = Exchange(self, http, await http.body())
        self.answering += 1
        try:
            response = await exchange.response()
        except Stopped:
            response = None
        finally:
            self.answering -= 1
        if response is None:
            await drop_connection(scope, receive)
        else:
            await response(scope, receive, send)


class Exchange:
    """One request and what becomes of it; it stays with the cluster it came to."""

    def __init__(self, server: Server, http: HttpRequest, body: bytes):
        self.server = server
        self.cluster = server.cluster
        self.version = server.cluster.version
        self.method = http.method
        self.headers = http.headers
        self.body = body
        self.query = http.scope["query_string"].decode("latin-1")
        self.path = http.scope.get("raw_path", http.scope["path"].encode()).decode("latin-1").partition("?")[0]
        self.uri = self.path + (f"?{self.query}" if self.query else "")
        self.parameters = dict(parse_qsl(self.query, keep_blank_values=True))
        self.route: tuple[str, ...] | None = None
        self.user = None
        self.content_type = self.version.content_type
        self.warnings: list[str] = []

    async def response(self) -> Response | None:
        """What to send; None drops the connection."""
        entry = self.server.journal.add(
            method=self.method,
            path=self.path,
            query=self.query,
            body=self.body.decode("utf-8", "replace"),
            opaque_id=self.headers.get("x-opaque-id"),
        )
        fault = self.server.faults.take(self.method, self.path)
        if fault and fault.delay_milliseconds:
            await self.cluster.pause(fault.delay_milliseconds)
        is_lost = fault is not None and (fault.drop or fault.status is not None)
        reply = await self.reply() if not is_lost or fault.after else None
        entry["user"] = self.user.name if self.user else None
        if fault and fault.drop:
            return None
        if fault and fault.status is not None:
            entry["status"] = fault.status
            return faulty(fault)
        if reply is not None:
            entry["status"] = reply.status
            if self.server.recorder:
                self.record(reply)
        return self.rendered(reply) if reply is not None else None

    def record(self, reply: Reply) -> None:
        agent = self.headers.get("user-agent", "").split(" ")[0]
        exchange = {
            "version": self.version.number,
            "user_agent": agent,
            "opaque_id": self.headers.get("x-opaque-id"),
            "method": self.method,
            "path": self.path,
            "parameters": self.parameters,
            "request_body": self.body.decode("utf-8", "replace"),
            "status": reply.status,
            "response": None if self.method == "HEAD" else reply.body,
        }
        self.server.recorder.add((self.version.number, agent, self.method, self.route, reply.status), exchange)

    async def reply(self) -> Reply | None:
        self.cluster.clock.settle()
        try:
            result = await self.handle()
            return result if isinstance(result, Reply) else Reply(200, result)
        except (errors.ApiError, errors.PlainError) as error:
            if isinstance(error, errors.ApiError) and self.parameters.get("error_trace") in ("", "true"):
                error.extra["stack_trace"] = f"{error.type}: {error.reason}"
            return Reply(error.status, error.body(), error.headers)
        except media.UnreadableVersion:
            return None

    async def handle(self) -> Reply | dict:
        self.require_short_line()
        self.require_single_headers()
        if self.version.since(8):
            self.authenticate()
        accept, sent = self.headers.get("accept"), self.headers.get("content-type")
        self.content_type = media.answer_type(self.version, accept, sent, bool(self.body))
        match = self.server.router.match(self.cluster, self.method, self.path, self.uri)
        self.route = match.handler.segments
        if self.body:
            media.require_readable(self.version, sent)
        if not self.version.since(8):
            self.authenticate()
        request = Request(
            self.cluster, self.method, self.uri, self.path, match.parts, self.parameters, self.body, user=self.user
        )
        self.warnings = request.warnings
        if match.warning:
            request.warn(match.warning)
        return await match.handler.function(request)

    def require_short_line(self) -> None:
        if len(f"{self.method} {self.uri} HTTP/1.1") > self.version.longest_request_line:
            raise errors.ApiError(
                400,
                self.version.long_line_error,
                "An HTTP line is larger than 4096 bytes.",
                headers={"Connection": "close"},
            )

    def doubled_header(self) -> str | None:
        return next((name for name in SINGLE_VALUED if len(self.headers.getlist(name)) > 1), None)

    def require_single_headers(self) -> None:
        if name := self.doubled_header():
            raise errors.illegal_argument(f"multiple values for single-valued header [{name}].")

    def authenticate(self) -> None:
        if self.server.security is not None:
            authorization = self.headers.get("authorization")
            self.user = self.server.security.authenticate(authorization, self.uri, self.version)

    def shows_product(self, status: int) -> bool:
        """Not where access is refused; nor, without security before 9.0, where a header is doubled (recorded)."""
        is_doubled = self.server.security is None and not self.version.since(9) and self.doubled_header() is not None
        return self.version.has_product_header and status not in (401, 403) and not is_doubled

    def rendered(self, reply: Reply) -> Response:
        body = reply.body
        if "filter_path" in self.parameters and reply.status < 400:
            body = filtered(body, self.parameters["filter_path"])
        is_yaml = self.parameters.get("format") == "yaml"
        text = yaml_text.render(body) if is_yaml else json.dumps(body)
        content = b"" if body is None or self.method == "HEAD" else text.encode()
        response = Response(content, reply.status)
        response.headers["content-type"] = yaml_text.CONTENT_TYPE if is_yaml else self.content_type
        for name, value in reply.headers.items():
            for single in value if isinstance(value, list) else [value]:
                response.headers.append(name, single)
        if self.shows_product(reply.status):
            response.headers["X-elastic-product"] = "Elasticsearch"
        if opaque_id := self.headers.get("x-opaque-id"):
            response.headers["X-Opaque-Id"] = opaque_id
        for warning in dict.fromkeys(self.warnings):
            response.headers.append("Warning", f'299 Elasticsearch-{self.version.number}-unknown "{warning}"')
        return response


def faulty(fault) -> Response:
    body = fault.body if isinstance(fault.body, str) else json.dumps(fault.body)
    return Response(body, fault.status, headers={"content-type": fault.content_type})


def create_app(server: Server) -> Starlette:
    """The server, with the control endpoint beside it."""
    return Starlette(routes=[Mount("/_simulator", routes=control.routes(server)), Mount("/", app=server)])
