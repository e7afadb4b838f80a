# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The route table: method and path template to handler, and what is said when nothing fits."""

from dataclasses import dataclass, field
from urllib.parse import unquote

from simulator import errors


class Router:
    """Routes by number of segments; a literal segment wins over a `{variable}` one, as in PathTrie."""

    def __init__(self):
        self._by_length: dict[int, list[Template]] = {}

    def add(self, method: str, template: str, handler, *, since=(0,), until=(99,)) -> None:
        """Route `method template`, for server versions in `[since, until)`."""
        segments = tuple(template.strip("/").split("/")) if template != "/" else ()
        templates = self._by_length.setdefault(len(segments), [])
        known = next((entry for entry in templates if entry.shape == shape(segments)), None)
        if known is None:
            known = Template(segments)
            templates.append(known)
            templates.sort(key=lambda entry: entry.specificity)
        known.handlers[method] = Handler(handler, segments, since, until)

    def match(self, version, method: str, raw_path: str, uri: str):
        """`(handler, parts)`; raises PlainError 405 or "no handler found"."""
        segments = split(raw_path, version)
        allowed: list[str] = []
        for template in self._by_length.get(len(segments), []):
            if not template.fits(segments):
                continue
            handlers = {
                name: handler
                for name, handler in template.handlers.items()
                if handler.since <= version.parts < handler.until
            }
            if method in handlers:
                found = handlers[method]
                return found.function, found.parts(segments)
            allowed += [name for name in handlers if name not in allowed]
        if allowed:
            raise errors.wrong_method(method, uri, allowed)
        raise errors.no_handler(method, uri)


@dataclass
class Handler:
    function: object
    segments: tuple[str, ...]
    since: tuple[int, ...]
    until: tuple[int, ...]

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

    def fits(self, segments: list[str]) -> bool:
        return all(is_variable(own) or own == given for own, given in zip(self.segments, segments, strict=True))


def is_variable(segment: str) -> bool:
    return segment.startswith("{")


def shape(segments: tuple[str, ...]) -> tuple[str, ...]:
    return tuple("{}" if is_variable(segment) else segment for segment in segments)


def split(raw_path: str, version) -> list[str]:
    """Decoded segments of a path; trailing slashes don't count."""
    path = raw_path.split("?", 1)[0].strip("/") if not raw_path.startswith("//") else raw_path[1:].rstrip("/")
    if not path:
        return []
    return [unquote(segment) for segment in path.split("/")]
