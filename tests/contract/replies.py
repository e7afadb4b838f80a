# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a recorded HTTP reply is held against a reply: without what was masked, and without what is chance."""

import json
import re

import yaml

from contract import compare

PRIVILEGE_NAMES = re.compile(r"((?<=privilege names \[)|(?<=ices privileges \[)).*?(?=\] or a pattern)")
TIME_OF_DAY = re.compile(r"(\d{10} )?\b\d\d:\d\d:\d\d\b")
MASK = "<secret>"


def single_node(body: dict) -> str | None:
    """The id of the one node that a reply shows."""
    nodes = body.get("nodes")
    return next(iter(nodes)) if isinstance(nodes, dict) and len(nodes) == 1 else None


def with_masks(expected, got):
    """What was masked is what was answered, as long as it is a text."""
    if isinstance(expected, dict) and isinstance(got, dict):
        return {name: with_masks(value, got.get(name)) for name, value in expected.items()}
    return got if expected == MASK and got and isinstance(got, str) else expected


def in_order(name: str, value: str) -> str:
    """The order of methods and of a media type's parameters is chance; of a warning, only its text counts."""
    if name == "Warning":
        return str(compare.warning_texts([value]))
    separator = {"Allow": ",", "content-type": ";"}.get(name)
    return separator.join(sorted(value.split(separator))) if separator else value


def comparable(body):
    """A reply with its root cause written out, and with the order of header names, which is chance, settled."""
    if isinstance(body, str) and body.startswith("---"):
        body = yaml.safe_load(body)
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return json.loads(PRIVILEGE_NAMES.sub(_sorted, TIME_OF_DAY.sub("", json.dumps(body))))
    own = {name: value for name, value in error.items() if name not in ("root_cause", "caused_by", "suppressed")}
    written_out = {"root_cause": [own], **error}
    text = json.dumps({**body, "error": written_out}).replace("[Content-Type, Accept]", "[Accept, Content-Type]")
    return json.loads(PRIVILEGE_NAMES.sub(_sorted, text))


def _sorted(names: re.Match) -> str:
    return ",".join(sorted(names[0].split(",")))
