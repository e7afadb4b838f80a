# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a request and its reply fit the model."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

from model.fitting import Bound, Fitting, Misfit, Spot, TextFitting
from model.schema import Match, Name, Schema, name_of

ERROR = {"kind": "instance_of", "type": {"namespace": "_types", "name": "ErrorResponseBase"}}
COMMON = {"CommonQueryParameters", "CommonCatQueryParameters"}
PLAIN_ERRORS = {
    400: ({"error"}, {"error", "status"}, {"error", "error_description"}),
    401: ({"error", "error_description"},),
    405: ({"error", "status"},),
    406: ({"error", "status"},),
}
"""By status, the members of errors that the model doesn't have: of routes, methods, media types, headers, tokens."""

OF_MODULES = ("elasticsearch-py/", "mlops.elastic.")


@dataclass(frozen=True)
class Exchange:
    """A request and its reply, as `simulator.recording` writes them down."""

    version: str
    method: str
    path: str
    status: int
    parameters: dict[str, str]
    request_body: str
    response: object
    user_agent: str = ""
    opaque_id: str | None = None

    @property
    def is_of_a_module(self) -> bool:
        """They are the only ones here that use the official client."""
        return self.user_agent.startswith(OF_MODULES[0]) or (self.opaque_id or "").startswith(OF_MODULES[1])

    @property
    def is_accepted(self) -> bool:
        return self.status < 400

    @property
    def is_filtered(self) -> bool:
        return "filter_path" in self.parameters

    def __str__(self) -> str:
        query = "&".join(f"{name}={value}" for name, value in self.parameters.items())
        return f"{self.version} {self.method} {self.path}{'?' + query if query else ''} -> {self.status}"


class Conformance:
    """Holds exchanges with servers of one version against a model."""

    def __init__(self, schema: Schema, version: str):
        self._schema = schema
        self._fitting = Fitting(schema, version)
        self._texts = TextFitting.of(self._fitting)

    def endpoint(self, exchange: Exchange) -> str | None:
        match = self._schema.match(exchange.method, exchange.path)
        return match.endpoint["name"] if match else None

    def request(self, exchange: Exchange) -> Iterator[Misfit]:
        match = self._schema.match(exchange.method, exchange.path)
        if match is None:
            yield Misfit("endpoint", f"{exchange.method} {exchange.path}", "", "no such endpoint")
            return
        request = self._definition(match, "request")
        yield from self._texts.properties(match.parts, request["path"], of(match, "path"), Spot("path", ""))
        query = request["query"] + list(chain.from_iterable(self._common(request)))
        yield from self._texts.properties(exchange.parameters, query, of(match, "query"), Spot("query", ""))
        yield from self._request_body(exchange, request, match)

    def _common(self, request: dict) -> Iterator[list[dict]]:
        for name in COMMON.intersection(request.get("attachedBehaviors", [])):
            yield self._schema.definition(Name("_spec_utils", name))["properties"]

    def _request_body(self, exchange: Exchange, request: dict, match: Match) -> Iterator[Misfit]:
        spot = Spot("request", of(match, "request"))
        if not exchange.request_body:
            if match.endpoint["requestBodyRequired"]:
                yield spot.misfit("missing", "a body is required")
            return
        try:
            given = read(exchange.request_body, request["body"])
        except ValueError as error:
            yield spot.misfit("body", str(error))
            return
        yield from self._body(given, request["body"], spot)

    def reply(self, exchange: Exchange) -> Iterator[Misfit]:
        match = self._schema.match(exchange.method, exchange.path)
        if not exchange.is_accepted:
            yield from self._refusal(exchange, match)
        elif match is not None and exchange.method != "HEAD" and not is_table(exchange, match):
            response = self._definition(match, "response")
            found = self._body(exchange.response, response["body"], Spot("reply", of(match, "reply")))
            yield from (misfit for misfit in found if misfit.kind != "missing" or not exchange.is_filtered)

    def _refusal(self, exchange: Exchange, match: Match | None) -> Iterator[Misfit]:
        if is_plain_error(exchange):
            return
        response = self._definition(match, "response") if match else {}
        alternatives = [
            list(self._body(exchange.response, exception["body"], Spot("reply", of(match, "reply"))))
            for exception in response.get("exceptions", [])
            if exchange.status in exception["statusCodes"]
        ]
        alternatives.append(list(self._error(exchange.response, match)))
        yield from min(alternatives, key=len)

    def _error(self, body: object, match: Match | None) -> Iterator[Misfit]:
        spot = Spot("reply", of(match, "error") if match else "error")
        if isinstance(body, dict) and "error" not in body:
            members = ",".join(sorted(body))
            yield replace(spot, place=f"{spot.place} {members}").misfit("error", "no error in it")
        else:
            yield from self._fitting.misfits(body, Bound(ERROR, {}), spot)

    def _body(self, given: object, body: dict, spot: Spot) -> Iterator[Misfit]:
        if body["kind"] == "value":
            yield from self._fitting.misfits(given, Bound(body["value"], {}), spot)
        elif body["kind"] == "no_body":
            if given is not None:
                yield spot.misfit("body", "there should be none")
        elif isinstance(given, dict):
            yield from self._fitting.properties(given, body["properties"], spot.place, spot)
        else:
            yield spot.mistyped(given, "object")

    def _definition(self, match: Match, side: str) -> dict:
        return self._schema.definition(name_of(match.endpoint[side]))


def of(match: Match, part: str) -> str:
    return f"{match.endpoint['name']} {part}"


def read(text: str, body: dict) -> object:
    """JSON; where the model has a list of documents, they come one after the other."""
    if body["kind"] != "value" or body["value"]["kind"] != "array_of":
        return json.loads(text)
    decoder, found, start = json.JSONDecoder(), [], 0
    while start < len(text):
        value, end = decoder.raw_decode(text, start)
        found.append(value)
        start = end + len(text[end:]) - len(text[end:].lstrip())
    return found


def is_table(exchange: Exchange, match: Match) -> bool:
    return isinstance(exchange.response, str) and "text/plain" in match.endpoint["responseMediaType"]


def is_plain_error(exchange: Exchange) -> bool:
    """A text stands for the error, or nothing at all."""
    if exchange.method == "HEAD" or exchange.status in (413, 417):
        return exchange.response is None
    body = exchange.response
    if not isinstance(body, dict) or not isinstance(body.get("error"), str):
        return False
    return body.keys() in PLAIN_ERRORS.get(exchange.status, ())
