# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The golden files, and how what they expect is held against what the simulator says."""

import json
import re
from datetime import datetime, timezone
from pathlib import Path

GOLDEN = Path(__file__).parent / "golden"
VERSIONS = ("7.17.29", "8.19.21", "9.5.3")
GENERATED = "<generated>"
# The classes were run without a server: where the text came from is not what a server says.
SOURCE = re.compile(r"\[Source: .*; line", re.DOTALL)
# And in the year in which they were run.
CURRENT_YEAR = re.compile(rf"Year=(2026|{datetime.now(timezone.utc).year})\b")


def entries(file):
    return [json.loads(line) for line in (GOLDEN / f"{file}.jsonl").read_text(encoding="utf-8").splitlines()]


def expected_of(entry, version):
    return next(expected for expected in entry["expected"] if version in expected["versions"])


def mask(expected, found):
    """`found`, with a mark where the expectation only says that there is a value."""
    if expected == GENERATED and found is not None:
        return GENERATED
    if isinstance(expected, dict) and isinstance(found, dict):
        return {name: mask(expected.get(name), value) for name, value in found.items()}
    return CURRENT_YEAR.sub("Year=", SOURCE.sub("[Source: ; line", found)) if isinstance(found, str) else found


def wanted(expected):
    if "error" in expected:
        error = expected["error"]
        own = {"type": error["type"], "reason": error["reason"]}
        return unplaced({"error": {"root_cause": [own], **error}, "status": expected["status"]})
    document = expected["get"]
    kept = {name: value for name, value in document.items() if name not in expected.get("without", ())}
    return {"get": document, "excluded": {**kept, **expected.get("instead", {})}}


def unplaced(error):
    return json.loads(json.dumps(error), object_hook=lambda members: {n: mask(None, v) for n, v in members.items()})
