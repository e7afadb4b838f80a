# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exchanges to be held against the model: what suites recorded of the simulator, and what real servers answered."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl

from contract import recordings, rest

from model.exchanges import Exchange

RESULTS = Path(__file__).resolve().parents[2] / ".build" / "results"
LISTED_AS = {
    # By the golden file, or what an entry says that it is of: the path that lists it, and as what.
    "jobs": ("/_ml/anomaly_detectors/id", "jobs"),
    "job_updates": ("/_ml/anomaly_detectors/id", "jobs"),
    "datafeeds": ("/_ml/datafeeds/id", "datafeeds"),
    "analytics": ("/_ml/data_frame/analytics/id", "data_frame_analytics"),
    "filters": ("/_ml/filters/id", "filters"),
    "calendars": ("/_ml/calendars/id", "calendars"),
    "events": ("/_ml/calendars/id/events", "events"),
}
GENERATED = "<generated>"
MANY_ITEMS = "<10000 items>"
STAND_INS = {"query_delay": "1m"}
SOME_NUMBER = 1


def by_suite() -> dict[str, list[Exchange]]:
    """What each suite recorded."""
    return {folder.parent.name: in_folder(folder) for folder in sorted(RESULTS.glob("*/recorded"))}


def in_folder(folder: Path) -> list[Exchange]:
    return [Exchange(**json.loads(line)) for line in sorted(lines_of(folder))]


def lines_of(folder: Path) -> set[str]:
    """Without what several processes recorded."""
    return {line for file in folder.glob("*.jsonl") for line in file.read_text(encoding="utf-8").splitlines()}


def of_real_servers() -> Iterator[Exchange]:
    """All that is recorded, and configurations as Elastic's classes of later versions store them."""
    for version in recordings.VERSIONS:
        for topic in recordings.topics(version):
            for one in recordings.exchanges(version, topic):
                yield from of_recording(version, one, one.request_body)
    for version in rest.VERSIONS:
        for topic in rest.topics(version):
            for one in rest.exchanges(version, topic):
                if not one.response_body_left_out and not is_of_a_part(one.response_body):
                    yield from of_recording(version, one, one.content)
    for file in ("jobs", "job_updates", "datafeeds", "analytics", "filters_calendars"):
        with (recordings.HERE / "golden" / f"{file}.jsonl").open(encoding="utf-8") as lines:
            for entry in map(json.loads, lines):
                yield from stored(entry, entry["input"].get("of", file))


def is_of_a_part(body: object) -> bool:
    """Those servers lack plugins: handlers of machine learning were stand-ins, and few features are there."""
    return isinstance(body, dict) and not body.keys().isdisjoint({"stand_in", "features", "data_tiers"})


def of_recording(
    version: str, one: recordings.Exchange | rest.Exchange, sent: str | bytes | None
) -> Iterator[Exchange]:
    """Nothing where there was no answer, or none in JSON."""
    if one.status is None or (one.response_body and isinstance(one.response_body, str)):
        return
    parameters = dict(parse_qsl(one.query or "", keep_blank_values=True))
    text = sent.decode("utf-8", "replace") if isinstance(sent, bytes) else sent or ""
    body = None if one.method == "HEAD" or one.response_body == "" else one.response_body
    yield Exchange(version, one.method, one.path, one.status, parameters, text, body)


def stored(entry: dict, kind: str) -> Iterator[Exchange]:
    """The configuration as a reply to a GET, by each version."""
    path, name = LISTED_AS.get(kind, (None, None))
    for expected in entry["expected"]:
        for version in expected["versions"] if path and "get" in expected else ():
            found = made(expected["get"])
            listed = found if isinstance(found, list) else [found]
            yield Exchange(version, "GET", path, 200, {}, "", {"count": len(listed), name: listed})


def made(document: object, stand_in: object = SOME_NUMBER) -> object:
    """The document with something for what golden files leave out: times, seeds, delays, many items."""
    if isinstance(document, dict):
        return {name: made(member, STAND_INS.get(name, SOME_NUMBER)) for name, member in document.items()}
    if isinstance(document, list):
        return [made(member) for member in document]
    if document == MANY_ITEMS:
        return ["i00000"]
    return stand_in if document == GENERATED else document
