# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Strict and lenient object parsers with the texts of the server's ObjectParser and ConstructingObjectParser.

A parser is a name and a table of fields. It reads a body to a dict of the values given, under the fields' own names.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from simulator.versions import Version

from .faults import PARSE, Fault, as_reply, illegal_argument, parse_fault, status_fault
from .positions import (
    BOOLEAN,
    END_ARRAY,
    END_OBJECT,
    NULL,
    NUMBER,
    SCALARS,
    START_ARRAY,
    START_OBJECT,
    STRING,
    TokenStream,
)
from .suggestions import suggestion
from .values import DECIMAL_TEXT, INTEGER_TEXT, time_value

Reader = Callable[[TokenStream], Any]
ALWAYS = ((0,), (99,))


@dataclass(frozen=True)
class Kind:
    """What tokens a field accepts and how its value is read from them."""

    tokens: frozenset[str]
    read: Reader

    def then(self, convert: Callable[[Version, Any], Any]) -> Kind:
        """The same tokens; the value passes through `convert`, whose Fault counts as failing to parse the field."""
        return Kind(self.tokens, lambda stream: convert(stream.release, self.read(stream)))


@dataclass(frozen=True)
class Field:
    """A declared field. `releases` is a half-open range of the versions that know it.

    `setter` checks or converts the value when the object is built, which for objects that need certain fields is later
    than when the value is read (the server queues those calls). `twice` is the refusal when given under two names.
    """

    name: str
    kind: Kind
    aliases: tuple[str, ...] = ()
    releases: tuple[tuple[int, ...], tuple[int, ...]] = ALWAYS
    setter: Callable[[Any], Any] | None = None
    argument: bool = False
    required: bool = False
    twice: str | None = None

    def known_to(self, release: Version) -> bool:
        return self.releases[0] <= release.parts < self.releases[1]


@dataclass(frozen=True)
class ObjectParser:
    """`parse(version, body)` reads a request body. Raises ApiError 400 as the server does.

    `applied` is how most actions read a body: before 8.0 that wraps what isn't JSON (ObjectParser.apply).
    Fields marked `argument` make it a ConstructingObjectParser: `build` runs once all of them have arrived, or at the
    end; without any, `build` runs at the end. `build` may check and replace the dict, it raises Fault.
    """

    name: str
    fields: tuple[Field, ...]
    lenient: bool = False
    build: Callable[[Version, dict], Any] | None = None
    applied: bool = True
    _by_release: dict = field(default_factory=dict, compare=False, repr=False)

    def parse(self, version: str, body: str | dict) -> Any:
        with as_reply():
            return self.read_body(Version(version), body)

    def read_body(self, release: Version, body: str | dict) -> Any:
        return self.read(TokenStream(release, body))

    def read(self, stream: TokenStream) -> Any:
        if stream.kind != START_OBJECT and self._next(stream) != START_OBJECT:
            found = stream.kind or "null"
            location = stream.location if stream.kind else (1, 0)
            raise parse_fault(location, f"[{self.name}] Expected START_OBJECT but was: {found}")
        target = _Target(self, stream.release)
        known = self.known_fields(stream.release)
        while self._next(stream) != END_OBJECT:
            name, location = stream.token.value, stream.location
            self._next(stream)
            if name in known:
                self._read_field(stream, known[name], name, target)
            elif self.lenient:
                stream.read()
            else:
                raise self._unknown(stream.release, name, location, known)
        return target.finish()

    def known_fields(self, release: Version) -> dict[str, Field]:
        if release not in self._by_release:
            fields = [declared for declared in self.fields if declared.known_to(release)]
            self._by_release[release] = {name: f for f in fields for name in (f.name, *f.aliases)}
        return self._by_release[release]

    def _next(self, stream: TokenStream) -> str | None:
        location = stream.location if stream.kind else (1, 1)
        try:
            return stream.next()
        except Fault as fault:
            if stream.release.since(8) or not self.applied:
                raise
            raise parse_fault(location, f"[{self.name}] failed to parse object", fault) from fault

    def _read_field(self, stream: TokenStream, declared: Field, name: str, target: _Target) -> None:
        if stream.kind not in declared.kind.tokens:
            kind = stream.kind
            raise parse_fault(stream.location, f"[{self.name}] {name} doesn't support values of type: {kind}")
        try:
            target.put(declared, declared.kind.read(stream), stream.location)
        except Fault as fault:
            raise parse_fault(stream.location, f"[{self.name}] failed to parse field [{name}]", fault) from fault

    def _unknown(self, release: Version, name: str, location: tuple[int, int], known: dict[str, Field]) -> Fault:
        if not release.since(7, 5):
            return parse_fault(location, f"[{self.name}] unknown field [{name}], parser not found")
        return parse_fault(location, f"[{self.name}] unknown field [{name}]{suggestion(name, known)}")


class _Target:
    """The object being put together: its arguments, what is queued until it can be built, and then the object."""

    def __init__(self, parser: ObjectParser, release: Version):
        self._parser = parser
        self._release = release
        fields = dict.fromkeys(parser.known_fields(release).values())
        self._arguments = [declared for declared in fields if declared.argument]
        self._values: dict[str, Any] = {}
        self._queued: list[tuple[Field, Any, tuple[int, int]]] = []
        self._built = not self._arguments

    def put(self, declared: Field, value: Any, location: tuple[int, int]) -> None:
        if declared.twice and declared.name in self._values:
            raise status_fault(declared.twice)
        if declared.argument:
            self._values[declared.name] = value
            if not self._built and all(argument.name in self._values for argument in self._arguments):
                self._construct()
        elif self._built:
            self._set(declared, value)
        else:
            self._queued.append((declared, value, location))

    def finish(self) -> Any:
        missing = [a.name for a in self._arguments if a.required and a.name not in self._values]
        if missing:
            raise illegal_argument(f"Required [{', '.join(missing)}]")
        if not self._built:
            self._construct()
        if self._arguments or not self._parser.build:
            return self._values
        return self._parser.build(self._release, self._values)

    def _set(self, declared: Field, value: Any) -> None:
        self._values[declared.name] = declared.setter(value) if declared.setter else value

    def _construct(self) -> None:
        name = self._parser.name
        self._built = True
        try:
            if self._parser.build:
                self._values = self._parser.build(self._release, self._values)
            for declared, value, location in reversed(self._queued):
                self._set_queued(declared, value, location)
        except Fault as fault:
            start = "failed" if fault.type == PARSE else "Failed"
            text = f"{start} to build [{name}] after last required field arrived"
            raise parse_fault(fault.location if fault.type == PARSE else None, text, fault) from fault

    def _set_queued(self, declared: Field, value: Any, location: tuple[int, int]) -> None:
        try:
            self._set(declared, value)
        except Fault as fault:
            text = f"[{self._parser.name}] failed to parse field [{declared.name}]"
            raise parse_fault(location, text, fault) from fault


def read_integer(stream: TokenStream) -> int:
    """Numbers and numbers in strings; a fraction is cut off."""
    number = _number(stream)
    if abs(number) >= 1 << 63:
        raise illegal_argument(f"Value [{number}] is out of range for an integer")
    return int(number)


def read_double(stream: TokenStream) -> float:
    return float(_number(stream))


def _number(stream: TokenStream) -> int | float:
    value = stream.token.value
    if stream.kind == NUMBER:
        return value
    if INTEGER_TEXT.fullmatch(value):
        return int(value)
    if DECIMAL_TEXT.fullmatch(value):
        return float(value)
    raise illegal_argument(f'For input string: "{value}"')


def read_boolean(stream: TokenStream) -> bool:
    if stream.kind == BOOLEAN:
        return stream.token.value
    if stream.token.value in ("true", "false"):
        return stream.token.value == "true"
    text = stream.token.value
    raise illegal_argument(f"Failed to parse value [{text}] as only [true] or [false] are allowed.")


def read_text(stream: TokenStream) -> str:
    """A scalar as text. Raises Fault where there is none: the words changed in 8.0."""
    if stream.kind in (STRING, NUMBER, BOOLEAN):
        value = stream.token.value
        return value if isinstance(value, str) else json.dumps(value)
    line, column = stream.location
    if stream.release.since(8):
        raise illegal_argument(f"Expected text at {line}:{column} but found {stream.kind}")
    raise Fault("illegal_state_exception", f"Can't get text on a {stream.kind} at {line}:{column}")


def list_of(read: Reader) -> Reader:
    """An array of items, or one item standing for a list of one."""

    def read_list(stream: TokenStream) -> list:
        if stream.kind != START_ARRAY:
            return [read(stream)]
        items = []
        while stream.next() != END_ARRAY:
            items.append(read(stream))
        return items

    return read_list


def _kind(read: Reader, *tokens: str) -> Kind:
    return Kind(frozenset(tokens), read)


def _plain(stream: TokenStream) -> Any:
    return stream.read()


TEXT = _kind(_plain, STRING)
TEXT_OR_NULL = _kind(_plain, STRING, NULL)
TEXTS = _kind(list_of(read_text), START_ARRAY, STRING)
TEXT_OR_NUMBER = _kind(_plain, STRING, NUMBER)
INTEGER = _kind(read_integer, NUMBER, STRING)
DOUBLE = _kind(read_double, NUMBER, STRING)
TRUTH = _kind(read_boolean, BOOLEAN, STRING)
ANY_SCALAR = _kind(_plain, *SCALARS)
MAP = _kind(_plain, START_OBJECT)
MAP_OR_TEXT = _kind(_plain, START_OBJECT, STRING)
FIELD_LIST = _kind(_plain, START_OBJECT, START_ARRAY, BOOLEAN, STRING)


def one(parser: ObjectParser) -> Kind:
    return _kind(parser.read, START_OBJECT)


def many(parser: ObjectParser) -> Kind:
    return _kind(list_of(parser.read), START_OBJECT, START_ARRAY)


def duration(setting: str) -> Kind:
    """A time value in a string, read as a TimeValue."""
    return TEXT.then(lambda release, text: time_value(text, setting))
