# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of an action that come in the query or in the body, never in both.

A request with a body leaves its query unread, so that what is there is refused as unrecognized.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from simulator import units
from simulator.config import parser as p
from simulator.config.faults import Fault, as_reply
from simulator.rest import Request

ALWAYS = ((0,), (99,))


@dataclass(frozen=True)
class Option:
    """`from_query(request, name)` gives None when the parameter is absent, then `default` counts."""

    name: str
    kind: p.Kind
    from_query: Callable[[Request, str], object]
    default: object = None
    releases: tuple[tuple[int, ...], tuple[int, ...]] = ALWAYS
    renamed_to: str | None = None

    def known_to(self, version) -> bool:
        return self.releases[0] <= version.parts < self.releases[1]


def flag(name: str, default: bool | None = None, releases=ALWAYS) -> Option:
    return Option(name, p.TRUTH, lambda request, parameter: request.flag(parameter, None), default, releases)


def duration(name: str, default: str) -> Option:
    kind = p.duration(name).then(lambda release, value: units.Duration(value.millis, str(value)))
    return Option(name, kind, lambda request, parameter: request.duration(parameter, None), units.duration(default))


def text(name: str) -> Option:
    """An id, which is in the path already, so that only a body repeats it."""
    return in_body(string(name))


def in_body(option: Option) -> Option:
    """An option that no query parameter gives."""
    return replace(option, from_query=unread)


def unread(request: Request, parameter: str) -> None:
    return None


def string(name: str, *, nullable: bool = False, releases=ALWAYS) -> Option:
    """A text; an empty parameter is none."""
    kind = p.TEXT_OR_NULL if nullable else p.TEXT
    return Option(name, kind, lambda request, parameter: request.text(parameter, "") or None, None, releases)


def real(name: str) -> Option:
    return Option(name, p.DOUBLE, lambda request, parameter: real_number(request.text(parameter)))


def real_number(text: str | None) -> float | None:
    """Raises Fault (java.lang.Double.parseDouble)."""
    try:
        return None if text is None else float(text)
    except ValueError:
        raise Fault("number_format_exception", f'For input string: "{text}"' if text else "empty String") from None


def converted(name: str, kind: p.Kind, convert: Callable[[str], object], default=None, releases=ALWAYS) -> Option:
    """A value that `convert` checks and turns into what the action takes; it raises Fault."""

    def from_query(request: Request, parameter: str) -> object:
        given = request.text(parameter)
        return None if given is None else convert(given)

    return Option(name, kind.then(lambda release, value: convert(value)), from_query, default, releases)


class Options:
    """The options of one action; `parser` is the name that error texts give to its body."""

    def __init__(self, parser: str, *options: Option, lenient: bool = False, takes_source: bool = False):
        fields = tuple(p.Field(option.name, option.kind, releases=option.releases) for option in options)
        self.options = options
        self.takes_source = takes_source
        self.body = p.ObjectParser(parser, fields, lenient=lenient)

    def read(self, request: Request) -> dict:
        """Values by name, None where neither request nor default has one. Raises ApiError 400."""
        known = [option for option in self.options if option.known_to(request.version)]
        if request.has_body:
            body = request.body_or_source() if self.takes_source else request.body_text()
            given = self.body.parse(request.version.number, body)
        else:
            body = None
            with as_reply():
                given = {option.name: option.from_query(request, option.name) for option in known}
        for option in known:
            if option.renamed_to and given.get(option.name) is not None and request.version.knows_allow_no_match:
                request.warn(self._place(option.name, body) + deprecation(option.name, option.renamed_to))
        defaults = {option.name: option.default for option in self.options}
        return {**defaults, **{name: value for name, value in given.items() if value is not None}}

    def _place(self, name: str, body: str | None) -> str:
        """Where the value of a member is, in front of the warning about its name; nothing for a parameter."""
        if body is None:
            return ""
        before = body[: re.search(rf'"{name}"\s*:\s*', body).end()]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        return f"[{self.body.name}][{line}:{column}] "


def deprecation(old_name: str, name: str) -> str:
    return f"Deprecated field [{old_name}] used, expected [{name}] instead"


def no_match_flags(old_name: str) -> tuple[Option, Option]:
    """`allow_no_match` (since 7.10) and the name it had before, which 8.0 dropped."""
    old = flag(old_name, releases=((0,), (8,)))
    return flag("allow_no_match", releases=((7, 10), (99,))), replace(old, renamed_to="allow_no_match")


def allows_no_match(values: dict, old_name: str) -> bool:
    """What `no_match_flags` say together."""
    chosen = values["allow_no_match"] if values["allow_no_match"] is not None else values[old_name]
    return True if chosen is None else chosen


def allow_no_match(request: Request, old_name: str) -> bool:
    """`allow_no_match` of a request without a body, or its old name where that is still known."""
    version = request.version
    old = request.flag(old_name, True) if version.knows_old_allow_no_match else True
    if not version.knows_allow_no_match:
        return old
    if old_name in request.query and version.knows_old_allow_no_match:
        request.warn(deprecation(old_name, "allow_no_match"))
    return request.flag("allow_no_match", old)
