# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recorded exchanges: those that show something new, as JSON lines in the folder of SIMULATOR_RECORD.

New is a set of members, a type, a null or a short text at a place where none such was seen before, in a request or its
reply, among those of the same version, user agent, method, path's form and status.
"""

import json
import os
import uuid
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FOLDER = "SIMULATOR_RECORD"
LOOKED_AT = 40
"""So many items of a list are looked at, and recorded."""

SHORT_TEXT = 24
TEXTS_OF_A_PLACE = 20
FEATURES_OF_A_KIND = 5000


@cache
def recorder(folder: str) -> "Recorder":
    """One for all servers of this process."""
    return Recorder(Path(folder))


def from_environment() -> "Recorder | None":
    folder = os.environ.get(FOLDER)
    return recorder(folder) if folder else None


class Recorder:
    def __init__(self, folder: Path):
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / f"{uuid.uuid4().hex}.jsonl"
        self._seen: dict[tuple, Features] = defaultdict(Features)

    def add(self, kind: tuple, entry: dict) -> None:
        """Write the exchange down if it shows something new among those of its kind."""
        if self._seen[kind].learn(entry):
            with self._file.open("a", encoding="utf-8") as out:
                out.write(json.dumps(shortened(entry)) + "\n")


class Features:
    """What was seen of one kind of exchange."""

    def __init__(self):
        self._seen: set[tuple] = set()
        self._texts: dict[tuple, int] = defaultdict(int)

    def learn(self, entry: dict) -> bool:
        """Whether anything of the exchange is new."""
        found = {part: entry[part] for part in ("parameters", "response")} | {"body": parsed(entry["request_body"])}
        new = [feature for feature in features(found, ()) if feature not in self._seen and self._counts(feature)]
        self._seen.update(new)
        return bool(new)

    def _counts(self, feature: tuple) -> bool:
        place, what = feature
        if len(self._seen) >= FEATURES_OF_A_KIND:
            return False
        if isinstance(what, str):
            self._texts[place] += 1
            return self._texts[place] <= TEXTS_OF_A_PLACE
        return True


def parsed(text: str) -> object:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text


def features(value: object, place: tuple) -> Iterator[tuple]:
    """Pairs of a place and what is there: names of members, a type, or a short text."""
    if isinstance(value, dict):
        yield place, frozenset(value)
        for name, member in value.items():
            yield from features(member, (*place, name))
    elif isinstance(value, (list, tuple)):
        yield place, list
        for item in value[:LOOKED_AT]:
            yield from features(item, (*place, "[]"))
    elif isinstance(value, str) and len(value) <= SHORT_TEXT:
        yield place, value
    else:
        yield place, type(value)


def shortened(value: object) -> object:
    """The value with the beginnings of its lists."""
    if isinstance(value, dict):
        return {name: shortened(member) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [shortened(item) for item in value[:LOOKED_AT]]
    return value
