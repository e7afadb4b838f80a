# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The route table: method and path template to handler, and what is said when nothing fits."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import unquote, unquote_plus

from simulator import errors


class Router:
    """Routes by number of segments; a literal segment wins over a `{variable}` one, from the left (PathTrie)."""

    def __init__(self):
        self._by_length: dict[int, list[Template]] = {}

    def add(self, method: str, template: str, handler, *, since=(0,), until=(99,), when=None) -> None:
        """Route `method template`, for server versions in `[since, until)` for which `when(version)` holds."""
        segments = tuple(template.strip("/").split("/")) if template != "/" else ()
        templates = self._by_length.setdefault(len(segments), [])
        known = next((entry for entry in templates if entry.shape == shape(segments)), None)
        if known is None:
            known = Template(segments)
            templates.append(known)
            templates.sort(key=lambda entry: entry.specificity)
        known.handlers[method] = Handler(handler, segments, since, until, when or always)

    def match(self, cluster, method: str, path: str, uri: str, *, has_security: bool = True) -> "Match":
        """Raises PlainError: 405, or 400 "no handler found"."""
        version, segments = cluster.version, split(path)
        is_old_path = version.has_xpack_paths and cluster.has_ml and segments[:2] == ["_xpack", "ml"]
        if is_old_path:
            segments = ["_ml", *segments[2:]]
        handlers = self._most_specific(cluster, segments, has_security)
        allowed = sorted(handlers, key=lambda name: rank(name, version))
        require_readable_escapes(version, path, allowed)
        if method in handlers:
            return Match(method, handlers[method], decoded(segments, version), is_old_path)
        if allowed:
            raise errors.wrong_method(method, uri, allowed)
        raise errors.no_handler(method, uri)

    def allowed(self, cluster, path: str, *, has_security: bool) -> list[str]:
        """The methods of a path."""
        known = self._most_specific(cluster, split(path), has_security)
        return sorted(known, key=lambda name: rank(name, cluster.version))

    def _most_specific(self, cluster, segments: list[str], has_security: bool) -> dict[str, "Handler"]:
        """Handlers by method of the first template that fits and that this version knows."""
        parts = ((("_ml",), cluster.has_ml), (("_cat", "ml"), cluster.has_ml), (("_security",), has_security))
        missing = [beginning for beginning, is_there in parts if not is_there]
        for template in self._by_length.get(len(segments), []):
            is_there = not any(template.segments[: len(beginning)] == beginning for beginning in missing)
            if is_there and template.fits(segments) and (known := template.known_to(cluster.version)):
                return known
        return {}


@dataclass
class Match:
    """A handler and the request it fits."""

    method: str
    handler: "Handler"
    segments: list[str]
    is_old_path: bool

    @property
    def parts(self) -> dict[str, str]:
        return self.handler.parts(self.segments)

    @property
    def warning(self) -> str | None:
        """The deprecation of `/_xpack/ml/...`."""
        template = "/".join(self.handler.segments[1:])
        if not self.is_old_path:
            return None
        return f"[{self.method} /_xpack/ml/{template}] is deprecated! Use [{self.method} /_ml/{template}] instead."


@dataclass
class Handler:
    function: object
    segments: tuple[str, ...]
    since: tuple[int, ...]
    until: tuple[int, ...]
    when: Callable[[object], bool]

    def is_known_to(self, version) -> bool:
        return self.since <= version.parts < self.until and self.when(version)

    def parts(self, segments: list[str]) -> dict[str, str]:
        return {name[1:-1]: given for name, given in zip(self.segments, segments, strict=True) if is_variable(name)}


@dataclass
class Template:
    segments: tuple[str, ...]
    handlers: dict[str, Handler] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[str, ...]:
        return shape(self.segments)

    @property
    def specificity(self) -> tuple[bool, ...]:
        return tuple(is_variable(segment) for segment in self.segments)

    def known_to(self, version) -> dict[str, Handler]:
        return {name: one for name, one in self.handlers.items() if one.is_known_to(version)}

    def fits(self, segments: list[str]) -> bool:
        return all(is_variable(own) or own == given for own, given in zip(self.segments, segments, strict=True))


def always(_version) -> bool:
    return True


def rank(method: str, version) -> int:
    order = version.method_order
    return order.index(method) if method in order else len(order)


def is_variable(segment: str) -> bool:
    return segment.startswith("{")


def shape(segments: tuple[str, ...]) -> tuple[str, ...]:
    return tuple("{}" if is_variable(segment) else segment for segment in segments)


BAD_ESCAPE = re.compile(r"%(?![0-9a-fA-F]{2}).{0,2}")


def bad_escape(text: str) -> str | None:
    """The first `%` that no two hexadecimal digits follow, with what follows."""
    found = BAD_ESCAPE.search(text)
    return found[0] if found else None


def require_readable_escapes(version, path: str, allowed: list[str]) -> None:
    """Raises ApiError 400, before 8.0 PlainError 405."""
    bad = BAD_ESCAPE.search(path)
    if not bad:
        return
    start = 0 if version.since(8) else path.rfind("/", 0, bad.start()) + 1
    text = f"invalid escape sequence `{bad[0]}' at index {bad.start() - start} of: {path[start:]}"
    if version.since(8):
        raise errors.illegal_argument(text)
    raise errors.not_allowed(text, allowed)


def split(path: str) -> list[str]:
    """Segments as they were sent, which is how literal ones are compared; slashes at the end don't count."""
    return path.rstrip("/").removeprefix("/").split("/") if path.strip("/") else []


def decoded(segments: list[str], version) -> list[str]:
    """Segments as handlers see them. Before 7.4 a plus is a blank."""
    decode = unquote if version.since(7, 10) else unquote_plus
    return [decode(segment) for segment in segments]
