# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Content codings: request bodies that come compressed, and replies that may go so."""

import gzip
import zlib

from starlette.responses import Response


class NotCompressed(Exception):
    """The body isn't what Content-Encoding says: the server drops the connection."""


def decoded(body: bytes, content_encoding: str | None) -> bytes:
    """Codings other than gzip and deflate are left alone, as the server does. Raises NotCompressed."""
    coding = (content_encoding or "").lower()
    try:
        if coding in ("gzip", "x-gzip"):
            return gzip.decompress(body)
        if coding in ("deflate", "x-deflate"):
            return zlib.decompress(body)
    except (OSError, EOFError, zlib.error):
        raise NotCompressed(coding) from None
    return body


def encoded(response: Response, content: bytes, accept_encoding: str | None) -> Response:
    """The response with its content, compressed where the client takes that."""
    takes = {coding.partition(";")[0].strip() for coding in (accept_encoding or "").lower().split(",")}
    if content and "gzip" in takes:
        content = gzip.compress(content, mtime=0)
        response.headers["content-encoding"] = "gzip"
    response.body = content
    response.headers["content-length"] = str(len(content))
    return response
