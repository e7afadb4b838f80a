# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Chains of causes as the server's exceptions form them, before they become an error reply."""

from __future__ import annotations

from contextlib import contextmanager

from simulator.errors import ApiError
from simulator.versions import Version

PARSE = "x_content_parse_exception"
# Parsers wrap these, and a reply's root cause descends into them (ElasticsearchException.guessRootCauses).
PARSER_TYPES = {PARSE, "named_object_not_found_exception"}
ELASTICSEARCH_TYPES = {"status_exception", "parse_exception", "parsing_exception", "resource_already_exists_exception"}


class Fault(Exception):
    """One exception of the server with its `cause`; `location` is `(line, column)` where a parser stood."""

    def __init__(self, type: str, reason: str, cause: Fault | None = None, *, location=None, status=400, **members):
        super().__init__(reason)
        self.type = type
        self.reason = reason
        self.cause = cause
        self.location = location
        self.status = status
        self.members = members

    def rendered(self) -> dict:
        own = {"type": self.type, "reason": self.reason, **self.members}
        return {**own, "caused_by": self.cause.rendered()} if self.cause else own

    def root(self) -> Fault:
        descends_into = ELASTICSEARCH_TYPES if self.type in ELASTICSEARCH_TYPES else ELASTICSEARCH_TYPES | PARSER_TYPES
        follows = self.type in PARSER_TYPES | ELASTICSEARCH_TYPES
        if follows and self.cause and self.cause.type in descends_into:
            return self.cause.root()
        return self

    def as_api_error(self) -> ApiError:
        root = self.root()
        caused_by = self.cause.rendered() if self.cause else None
        root_cause = {"type": root.type, "reason": root.reason, **root.members}
        return ApiError(self.status, self.type, self.reason, caused_by=caused_by, root_cause=root_cause, **self.members)


def parse_fault(location: tuple[int, int] | None, text: str, cause: Fault | None = None) -> Fault:
    """An XContentParseException, whose reason starts with the location where there is one."""
    reason = f"[{location[0]}:{location[1]}] {text}" if location else text
    return Fault(PARSE, reason, cause, location=location)


def parsing_fault(location: tuple[int, int], reason: str) -> Fault:
    """A ParsingException, which carries its location beside the reason."""
    return Fault("parsing_exception", reason, line=location[0], col=location[1])


def unknown_named(release: Version, location: tuple[int, int], name: str, category: str = "") -> Fault:
    """A name no parser of the category is registered for; the words changed in 7.5."""
    text = f"unknown field [{name}]"
    if not release.since(7, 5):
        text = f"unable to parse {category} with name [{name}]: parser not found"
    line, column = location
    return Fault("named_object_not_found_exception", f"[{line}:{column}] {text}", location=location)


def illegal_argument(reason: str, cause: Fault | None = None) -> Fault:
    return Fault("illegal_argument_exception", reason, cause)


def status_fault(reason: str, cause: Fault | None = None, status: int = 400) -> Fault:
    return Fault("status_exception", reason, cause, status=status)


@contextmanager
def as_reply():
    """Turns a fault into the error reply a client gets."""
    try:
        yield
    except Fault as fault:
        raise fault.as_api_error() from fault
