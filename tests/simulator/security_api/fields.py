# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Request bodies that the server reads field by field, without an ObjectParser: users, roles, privileges."""

from collections.abc import Callable
from dataclasses import dataclass

from simulator.config.faults import Fault, as_reply
from simulator.config.positions import END_OBJECT, NULL, START_ARRAY, START_OBJECT, STRING, TokenStream
from simulator.rest import Request

BOOLEAN = "VALUE_BOOLEAN"


def parse_fault(reason: str, cause: Fault | None = None) -> Fault:
    return Fault("parse_exception", reason, cause)


@dataclass(frozen=True)
class Field:
    """A field and the tokens it takes; `read` gives its value, `unfit` the fault of another token."""

    kind: str
    tokens: frozenset[str]
    unfit: Callable[[str, str, str], Fault]


def of_type(kind: str, *tokens: str) -> Field:
    def unfit(_what: str, name: str, token: str) -> Fault:
        return parse_fault(f"expected field [{name}] to be of type {kind}, but found [{token}] instead")

    return Field(kind, frozenset(tokens), unfit)


def texts_fault(what: str, name: str, token: str) -> Fault:
    reason = f"could not parse [{name}] field. expected a string array but found [{token}] value instead"
    return parse_fault(f"failed to parse {what}", parse_fault(reason))


STRING_FIELD = of_type("string", STRING)
NULLABLE_STRING = of_type("string", STRING, NULL)
TRUTH = of_type("boolean", BOOLEAN)
OBJECT = of_type("object", START_OBJECT)
TEXTS = Field("texts", frozenset({START_ARRAY}), texts_fault)
TEXTS_OR_LIST = Field("texts", frozenset({START_ARRAY, STRING}), texts_fault)
OBJECTS = Field("objects", frozenset({START_ARRAY}), texts_fault)


def read(request: Request, what: str, fields: dict[str, Field], *, required: bool = True) -> dict:
    """The fields that a body has. Raises ApiError 400; `what` is how refusals call the body."""
    text = request.body_text() if required else request.body_or_source()
    with as_reply():
        return _read(TokenStream(request.version, text), what, fields)


def _read(stream: TokenStream, what: str, fields: dict[str, Field]) -> dict:
    if stream.next() != START_OBJECT:
        raise parse_fault(f"failed to parse {what}. expected an object but found [{stream.kind}] instead")
    values = {}
    while stream.next() != END_OBJECT:
        name = stream.token.value
        stream.next()
        if name not in fields:
            raise parse_fault(f"failed to parse {what}. unexpected field [{name}]")
        if stream.kind not in fields[name].tokens:
            raise fields[name].unfit(what, name, stream.kind)
        value = stream.read()
        values[name] = value.split(",") if fields[name] is TEXTS_OR_LIST and isinstance(value, str) else value
    return values


def require_members(entries: list[dict], what: str, kind: str, *members: str) -> None:
    """Raises ApiError 400 for an entry of `indices` or `applications` that lacks a member."""
    with as_reply():
        for entry in entries:
            for member in members:
                if member not in entry:
                    raise parse_fault(
                        f"failed to parse {kind} privileges for role [{what}]. missing required [{member}] field"
                    )
