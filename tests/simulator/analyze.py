# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`_analyze` with the standard analyzer: words in lower case."""

import re

from simulator import errors
from simulator.config import parser as p
from simulator.config.parser import ObjectParser
from simulator.rest import Request

ANALYZE = "cluster:admin/analyze"
WORD = re.compile(r"\w+(?:['.:]\w+)*")
GAP_BETWEEN_TEXTS = 100
BODY = ObjectParser(
    "analyze_request",
    (
        p.Field("text", p.TEXTS),
        p.Field("analyzer", p.TEXT),
        p.Field("field", p.TEXT),
        p.Field("explain", p.TRUTH),
    ),
    applied=False,
)


def register(router) -> None:
    router.add("GET", "/_analyze", analyze)
    router.add("POST", "/_analyze", analyze)


async def analyze(request: Request) -> dict:
    wanted = BODY.parse(request.version.number, request.body_or_source())
    if not wanted.get("text"):
        raise errors.ApiError(400, "action_request_validation_exception", "Validation Failed: 1: text is missing;")
    if wanted.get("analyzer", "standard") != "standard":
        raise errors.illegal_argument(f"failed to find global analyzer [{wanted['analyzer']}]")
    request.ready(ANALYZE)
    return {"tokens": list(tokens(wanted["text"]))}


def tokens(texts: list[str]):
    """Tokens with offsets into the texts, which follow one another after a gap."""
    offset = position = 0
    for text in texts:
        for word in WORD.finditer(text):
            yield {
                "token": word[0].lower(),
                "start_offset": offset + word.start(),
                "end_offset": offset + word.end(),
                "type": "<NUM>" if word[0].isdigit() else "<ALPHANUM>",
                "position": position,
            }
            position += 1
        offset += len(text) + 1
        position += GAP_BETWEEN_TEXTS
