# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One REST request as a handler sees it: path parts, query parameters that must all be read, body, and who asks."""

import json
from dataclasses import dataclass, field

from simulator import errors, units, upgrade_mode
from simulator.config.suggestions import similar

COMMON_PARAMETERS = frozenset({"pretty", "human", "format", "error_trace", "filter_path"})


@dataclass
class Reply:
    """What a handler answers when a 200 with a JSON body is not enough; `body` None sends no body."""

    status: int
    body: object = None
    headers: dict = field(default_factory=dict)


class Request:
    """A routed request. A handler reads its parameters first, then calls `ready`, then acts."""

    def __init__(
        self,
        cluster,
        method,
        uri,
        path,
        parts,
        query,
        body,
        *,
        user=None,
        security=None,
        accept=None,
        content_type=None,
    ):
        self.cluster = cluster
        self.method = method
        self.uri = uri
        self.path = path
        self.parts = parts
        self.query: dict[str, str] = query
        self.raw_body: bytes = body
        self.user = user
        self.security = security
        self.accept: str | None = accept
        self.content_type: str | None = content_type
        self.warnings: list[str] = []
        self._read: set[str] = set()
        self._body_read = False

    @property
    def version(self):
        return self.cluster.version

    @property
    def has_body(self) -> bool:
        """Also true with `source`, which single actions then don't read: "request body is required"."""
        return bool(self.raw_body) or "source" in self.query

    def text(self, name: str, default: str | None = None) -> str | None:
        value = self._given(name, default)
        return default if value is None else value

    def flag(self, name: str, default: bool | None) -> bool | None:
        """A boolean parameter; present but empty means true."""
        value = self._given(name, default)
        return default if value is None else boolean(value, empty=True)

    def duration(self, name: str, default: int | None) -> int | None:
        """A duration parameter in milliseconds (a `units.Duration` if it is given)."""
        value = self._given(name, default)
        return default if value is None else units.duration(value, name, negative=self.version.takes_negative_durations)

    def _given(self, name: str, default: object) -> str | None:
        """A parameter without a default is read only if it is there, and so never suggested for another."""
        if default is not None or name in self.query:
            self._read.add(name)
        return self.query.get(name)

    def integer(self, name: str, default: int | None) -> int | None:
        value = self._given(name, default)
        if value is None:
            return default
        try:
            return int(value)
        except ValueError:
            raise errors.illegal_argument(
                f"Failed to parse int parameter [{name}] with value [{value}]",
                caused_by={"type": "number_format_exception", "reason": f'For input string: "{value}"'},
            ) from None

    def body_text(self, *, required: bool = True) -> str:
        self._body_read = True
        text = self.raw_body.decode(errors="surrogateescape")
        if required and not text:
            raise errors.ApiError(400, "parse_exception", "request body is required")
        return text

    def body_or_source(self) -> str:
        """The body, or the parameter that stands for it. Raises ApiError (RestRequest.contentOrSourceParam)."""
        if self.raw_body:
            return self.body_text()
        if "source" not in self.query:
            raise errors.ApiError(400, "parse_exception", "request body or source parameter is required")
        if "source_content_type" not in self.query:
            raise self._unreadable_source("source and source_content_type parameters are required")
        kind = self.query["source_content_type"]
        if kind.partition(";")[0] not in ("application/json", "json"):
            raise self._unreadable_source(f"Unknown value for source_content_type [{kind}]")
        self._read |= {"source", "source_content_type"}
        return self.query["source"]

    def _unreadable_source(self, reason: str) -> errors.ApiError:
        if self.version.since(8):
            return errors.ApiError(400, "validation_exception", f"Validation Failed: 1: {reason};")
        return errors.ApiError(500, "illegal_state_exception", reason)

    def json(self) -> object:
        return json.loads(self.body_text())

    def warn(self, text: str) -> None:
        """Add a deprecation `Warning` header."""
        self.warnings.append(text)

    def ready(self, action: str) -> None:
        """All parameters are read: refuse what was not asked for, then check that `action` is allowed now."""
        self.check_parameters()
        self.authorize(action)

    def check_parameters(self, *, reads_path: bool = True) -> None:
        unread = sorted(self.query.keys() - self._read - COMMON_PARAMETERS - self.parts.keys())
        if not reads_path:
            unread = sorted([*unread, *self.parts])
        if unread:
            raise errors.illegal_argument(unrecognized(self.path, unread, self._read))
        if self.raw_body and not self._body_read:
            raise errors.illegal_argument(f"request [{self.method} {self.path}] does not support having a body")

    def authorize(self, action: str) -> None:
        """Raises ApiError 403 without the privilege, 429 when upgrade mode forbids the action."""
        if self.user is not None:
            self.user.require(action, self.version)
        upgrade_mode.require_allowed(self.cluster, action)


def boolean(value: str, *, empty: bool | None = None) -> bool:
    if value == "" and empty is not None:
        return empty
    if value not in ("true", "false"):
        raise errors.illegal_argument(f"Failed to parse value [{value}] as only [true] or [false] are allowed.")
    return value == "true"


def unrecognized(path: str, names: list[str], known: set[str]) -> str:
    listed = ", ".join(f"[{name}]{did_you_mean(name, known)}" for name in names)
    plural = "s" if len(names) > 1 else ""
    return f"request [{path}] contains unrecognized parameter{plural}: {listed}"


def did_you_mean(name: str, known: set[str]) -> str:
    close = similar(name, known)
    if not close:
        return ""
    suggestion = f"[{close[0]}]" if len(close) == 1 else f"any of [{', '.join(close)}]"
    return f" -> did you mean {suggestion}?"
