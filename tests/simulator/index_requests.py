# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the APIs of indices, documents and searches have in common: parameters, bodies, privileges, shards."""

import re
from datetime import UTC, datetime

from simulator import date_math, index_privileges
from simulator.config.faults import as_reply
from simulator.config.positions import START_OBJECT, TokenStream
from simulator.errors import ApiError
from simulator.indices import Options
from simulator.rest import Request

THIRTY_SECONDS = 30_000
DATE_MATH_NAME = re.compile(r"<(?P<before>[^{}]*)\{(?P<math>now[^{}]*)\}(?P<after>[^{}]*)>")


def read_acknowledgement(request: Request) -> None:
    for name in ("timeout", "master_timeout"):
        request.duration(name, THIRTY_SECONDS)


def read_options(request: Request, expanded: str = "open") -> Options:
    """`ignore_unavailable`, `allow_no_indices`, `expand_wildcards` of the query; what is `expanded` by default."""
    expanded = request.text("expand_wildcards", expanded)
    return Options(
        request.flag("ignore_unavailable", False), request.flag("allow_no_indices", True), tuple(expanded.split(","))
    )


def names(request: Request) -> list[str]:
    """Names and patterns of the path; none of them means all indices."""
    given = [name for name in request.parts.get("index", "").split(",") if name]
    return [with_date(name, request.cluster.now()) for name in given]


def with_date(name: str, now: int) -> str:
    """A name of date math, `<logs-{now/d}>`, as of now; other names as they are. Formats of dates are not read."""
    found = DATE_MATH_NAME.fullmatch(name)
    if not found:
        return name
    moment = datetime.fromtimestamp(date_math.from_math(found["math"], now) / 1000, UTC)
    return f"{found['before']}{moment:%Y.%m.%d}{found['after']}"


def body(request: Request, *, required: bool = True) -> dict:
    """The object that a request brings. Raises ApiError 400."""
    text = request.body_text(required=required)
    return parsed(request.version, text) if text.strip() else {}


def parsed(version, text: str) -> dict:
    with as_reply():
        stream = TokenStream(version, text)
        if stream.next() != START_OBJECT:
            raise ApiError(400, "parse_exception", "Failed to derive xcontent")
        return stream.read()


def ready(request: Request, action: str, indices: list[str]) -> None:
    """All parameters are read: refuse what was not asked for, then check that the roles allow `action` on indices."""
    request.check_parameters()
    index_privileges.require_action(request.user, action, indices or ["_all"], request.version)


def shards(count: int, *, copies: int = 1, **more) -> dict:
    """`_shards`: of `copies` of each shard only the primary is there, on one node."""
    return {"total": count * copies, "successful": count, **more, "failed": 0}
