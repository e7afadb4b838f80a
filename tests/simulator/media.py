# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Media types: what `Accept` and `Content-Type` may say, by version, and what the answer's type is."""

import re
from dataclasses import dataclass

from simulator.errors import ApiError, PlainError

VND_JSON = "application/vnd.elasticsearch+json"
VND_NDJSON = "application/vnd.elasticsearch+x-ndjson"
YAML = "application/yaml"
VND_YAML = "application/vnd.elasticsearch+yaml"
READABLE = {"application/json", "application/x-ndjson", YAML, VND_JSON, VND_NDJSON, VND_YAML}
ANSWERED = {
    "application/json": "application/json",
    YAML: YAML,
    VND_JSON: VND_JSON,
    VND_NDJSON: VND_JSON,
    VND_YAML: VND_YAML,
}
MEDIA_TYPE = re.compile(r"([\w!#$%&'*+.^`|~-]+/[\w!#$%&'*+.^`|~-]+)((?:\s*;\s*[\w-]+=[^;,]+)*)\s*")
REQUIRED = "A compatible version is required on both Content-Type and Accept headers if either one has requested a "


class UnreadableVersion(Exception):
    """`compatible-with` is no number: the server drops the connection."""


class MediaType:
    """One parsed header value."""

    def __init__(self, text: str):
        parsed = MEDIA_TYPE.fullmatch(text.lower())
        self.is_valid = parsed is not None
        self.name = parsed[1] if parsed else ""
        pieces = [piece.strip() for piece in parsed[2].split(";") if piece.strip()] if parsed else []
        self.parameters = dict(piece.split("=", 1) for piece in pieces)

    @property
    def compatible_with(self) -> int | None:
        given = self.parameters.get("compatible-with")
        if given is not None and not given.isdigit():
            raise UnreadableVersion(given)
        return None if given is None else int(given)

    def answered(self) -> str | None:
        """The content type of an answer in this type, None where the server falls back to JSON."""
        if self.name not in ANSWERED:
            return None
        parameters = (f"{name}={value}" for name, value in sorted(self.parameters.items()))
        return ";".join([ANSWERED[self.name], *parameters])


@dataclass(frozen=True)
class Answered:
    """The media type of an answer."""

    content_type: str

    @property
    def is_yaml(self) -> bool:
        return self.content_type.partition(";")[0] in (YAML, VND_YAML)


def answered(version, accept: str | None, content_type: str | None, *, has_body: bool) -> Answered:
    """The media type of the answer. Raises ApiError 400 for headers the server refuses before routing."""
    if not version.since(8):
        return answered_before_8(version, accept, content_type)
    accept = None if accept == "*/*" else accept
    accepted = given_type(accept, "Accept")
    sent = given_type(content_type, "Content-Type") if content_type else None
    require_compatible(version.major, accepted, sent if has_body else None, has_body, accept, content_type)
    chosen = accepted.answered() if accepted else None
    if chosen is None and accept is None and sent and sent.name in ANSWERED:
        chosen = ANSWERED[sent.name]
    return Answered(chosen or version.content_type)


def answered_before_8(version, accept: str | None, content_type: str | None) -> Answered:
    """JSON, unless YAML is asked for or sent; what can't be read in Accept doesn't count."""
    sent = MediaType(content_type) if content_type else None
    if sent and not sent.is_valid:
        raise invalid_content_type(content_type)
    yaml_names = (YAML, VND_YAML) if version.since(7, 13) else (YAML,)
    wanted = accept if accept and accept != "*/*" else content_type
    return Answered(YAML if wanted and MediaType(wanted).name in yaml_names else version.content_type)


def given_type(header: str | None, name: str) -> MediaType | None:
    if header is None or "," in header:
        return None
    if not header:
        raise refused(name, "illegal_argument_exception", f"Header [{name}] cannot be empty.")
    parsed = MediaType(header)
    if not parsed.is_valid:
        raise refused(name, "illegal_argument_exception", f"invalid media-type [{header}]")
    return parsed


def require_compatible(major: int, accepted, sent, has_body: bool, accept, content_type) -> None:
    wanted = accepted.compatible_with if accepted else None
    offered = sent.compatible_with if sent else None
    for name, number, header in (("Accept", wanted, accept), ("Content-Type", offered, content_type)):
        if number not in (None, major, major - 1):
            text = f"{name} version must be either version {major} or {major - 1}, but found {number}. {name}={header}"
            raise refused("Accept, Content-Type", "status_exception", text)
    if not has_body or wanted == offered:
        return
    both = (wanted or major) != (offered or major)
    text = REQUIRED + ("compatible version and the compatible versions must match." if both else "compatible version.")
    listed = f" Accept={accept or 'null'}, Content-Type={content_type or 'null'}"
    raise refused("Accept, Content-Type", "status_exception", text + listed)


def refused(headers: str, cause: str, reason: str) -> ApiError:
    return ApiError(
        400,
        "media_type_header_exception",
        f"Invalid media-type value on headers [{headers}]",
        caused_by={"type": cause, "reason": reason},
    )


def invalid_content_type(header: str) -> ApiError:
    reason = f"invalid Content-Type header [{header}]"
    return ApiError(
        400,
        "content_type_header_exception",
        f"java.lang.IllegalArgumentException: {reason}",
        caused_by={"type": "illegal_argument_exception", "reason": reason},
    )


def require_readable(version, content_type: str | None) -> None:
    """Of a body, once a handler is found. Raises PlainError 406."""
    name = MediaType(content_type or "").name
    too_new = "vnd.elasticsearch" in name and not version.since(7, 13)
    if name not in READABLE or too_new:
        raise PlainError(406, f"Content-Type header [{content_type or ''}] is not supported")
