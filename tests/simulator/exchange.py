# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One request from its head to its reply: the checks in the server's order, and how the reply is written."""

import json

from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from simulator import encoding, errors, media, query_string, yaml_text
from simulator.filtering import filtered
from simulator.protocol import head_of
from simulator.rest import Reply, Request, boolean
from simulator.routes import bad_escape

SINGLE_VALUED = ("X-Opaque-Id", "Authorization", "es-security-runas-user")
FLAGS_OF_EVERY_REQUEST = ("pretty", "human", "error_trace")
KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"})


class Exchange:
    """One request and what becomes of it; it stays with the cluster it came to."""

    def __init__(self, server, http: HttpRequest):
        self.server = server
        self.cluster = server.cluster
        self.version = server.cluster.version
        self.head = head_of(http.scope)
        self.method = self.head.method
        self.headers = http.headers
        self.body = b""
        self.uri = self.head.target
        target = self.uri.partition("#")[0] if self.version.since(8) else self.uri
        self.path, _mark, self.query = target.partition("?")
        self.parameters = query_string.parameters(self.query)
        self.route: tuple[str, ...] | None = None
        self.user = None
        self.media_type = media.Answered(self.version.content_type)
        self.warnings: list[str] = []

    async def response(self, *, is_too_large: bool = False) -> Response | None:
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
        reply = await self.reply(is_too_large) if not is_lost or fault.after else None
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

    async def reply(self, is_too_large: bool) -> Reply | None:
        self.cluster.clock.settle()
        try:
            self.check_head()
            if is_too_large:
                return self.too_large()
            result = await self.handle()
            return result if isinstance(result, Reply) else Reply(200, result)
        except (errors.ApiError, errors.PlainError) as error:
            if isinstance(error, errors.ApiError) and self.wants_trace and error.status != 401:
                error.extra["stack_trace"] = f"{error.type}: {error.reason}"
            return Reply(error.status, error.body(), error.headers)
        except media.UnreadableVersion:
            return None

    @property
    def wants_trace(self) -> bool:
        return self.parameters.get("error_trace") in ("", "true")

    def check_head(self) -> None:
        """What is refused before anybody is asked who they are."""
        if len(self.head.line) > self.version.longest_request_line:
            raise self.too_long(self.version.long_line_error, "An HTTP line is larger than 4096 bytes.")
        if self.head.header_size > self.version.largest_headers:
            reason = f"HTTP header is larger than {self.version.largest_headers_named} bytes."
            raise self.too_long(self.version.long_headers_error, reason)
        if not self.head.is_version:
            raise errors.illegal_argument(
                f"invalid version format: {self.head.protocol}", headers={"Connection": "close"}
            )
        if name := self.doubled_header():
            raise errors.doubled_header(self.version, name)

    def too_long(self, kind: str, reason: str) -> errors.ApiError:
        return errors.ApiError(400, kind, reason, headers={"Connection": "close"})

    def too_large(self) -> Reply:
        """Since 9.0 who asks is checked first, and the connection closed after."""
        if self.version.since(9):
            self.authenticate()
        return Reply(413, headers={"connection": "close"} if self.version.since(9) else {})

    async def handle(self) -> Reply | dict:
        if self.method == "OPTIONS":
            return self.options()
        self.check_credentials_and_media_types()
        self.check_parameters_of_every_request()
        if self.method not in KNOWN_METHODS:
            raise errors.unexpected_method(self.method, self.allowed())
        match = self.match()
        self.route = match.handler.segments
        if self.body:
            media.require_readable(self.version, self.headers.get("content-type"))
        if not self.version.since(8):
            self.authenticate()
        request = Request(
            self.cluster,
            self.method,
            self.uri,
            self.path,
            match.parts,
            self.parameters,
            self.body,
            user=self.user,
            security=self.server.security,
            accept=self.headers.get("accept"),
            content_type=self.headers.get("content-type"),
        )
        self.warnings = request.warnings
        if match.warning:
            request.warn(match.warning)
        return await match.handler.function(request)

    def check_credentials_and_media_types(self) -> None:
        """A 401 comes first, already in the media type that was asked for if that can be read."""
        problem = None
        try:
            headers = (self.headers.get("accept"), self.headers.get("content-type"))
            self.media_type = media.answered(self.version, *headers, has_body=bool(self.body))
        except (errors.ApiError, media.UnreadableVersion) as error:
            problem = error
        if self.version.since(8):
            self.authenticate()
        if problem:
            raise problem

    def check_parameters_of_every_request(self) -> None:
        """Raises ApiError 400."""
        if problem := bad_escape(self.query):
            raise errors.bad_parameter(f"invalid escape sequence `{problem}' at index {self.query_index(problem)}")
        for name in FLAGS_OF_EVERY_REQUEST:
            if name in self.parameters:
                boolean(self.parameters[name], empty=True)

    def query_index(self, problem: str) -> str:
        """Where in its name or value a bad escape is: `0 of: %zz`."""
        part = next(part for pair in self.query.split("&") for part in pair.split("=") if problem in part)
        return f"{part.index(problem)} of: {part}"

    def match(self):
        router, has_security = self.server.router, self.server.security is not None
        return router.match(self.cluster, self.method, self.path, self.uri, has_security=has_security)

    def allowed(self) -> list[str]:
        return self.server.router.allowed(self.cluster, self.path, has_security=self.server.security is not None)

    def options(self) -> Reply:
        allowed = self.allowed()
        headers = {"Allow": ",".join(allowed)} if allowed else {}
        return Reply(200, headers={**headers, "content-type": "text/plain; charset=UTF-8"})

    def doubled_header(self) -> str | None:
        return next((name for name in SINGLE_VALUED if len(self.headers.getlist(name)) > 1), None)

    def authenticate(self) -> None:
        security = self.server.security
        if security is not None:
            self.user = security.authenticate(self.headers, self.uri, self.version, self.cluster.now())

    def shows_product(self, status: int) -> bool:
        """Not where access is refused; nor, without security before 9.0, where a header is doubled (recorded)."""
        is_doubled = self.server.security is None and not self.version.since(9) and self.doubled_header() is not None
        return self.version.has_product_header and status not in (401, 403, 413, 417) and not is_doubled

    def rendered(self, reply: Reply) -> Response:
        body = reply.body
        if "filter_path" in self.parameters and reply.status < 400 and not isinstance(body, str):
            body = filtered(body, self.parameters["filter_path"])
        is_yaml = self.parameters.get("format") == "yaml" or self.media_type.is_yaml
        content = b"" if body is None or self.method == "HEAD" else written(body, is_yaml).encode()
        response = Response(status_code=reply.status)
        if reply.status != 413:
            response.headers["content-type"] = self.content_type(is_yaml)
        for name, value in reply.headers.items():
            if name == "content-type":
                response.headers[name] = value
                continue
            for single in value if isinstance(value, list) else [value]:
                response.headers.append(name, single)
        if self.shows_product(reply.status):
            response.headers["X-elastic-product"] = "Elasticsearch"
        if opaque_id := self.headers.get("x-opaque-id"):
            response.headers["X-Opaque-Id"] = opaque_id
        for warning in dict.fromkeys(self.warnings):
            response.headers.append("Warning", f'299 Elasticsearch-{self.version.number}-unknown "{warning}"')
        return encoding.encoded(response, content, self.headers.get("accept-encoding"))

    def content_type(self, is_yaml: bool) -> str:
        if self.parameters.get("format") == "yaml":
            return yaml_text.CONTENT_TYPE
        return self.media_type.content_type


def written(body, is_yaml: bool) -> str:
    """A text stays as it is."""
    if isinstance(body, str):
        return body
    return yaml_text.render(body) if is_yaml else json.dumps(body)


def faulty(fault) -> Response:
    body = fault.body if isinstance(fault.body, str) else json.dumps(fault.body)
    return Response(body, fault.status, headers={"content-type": fault.content_type})
