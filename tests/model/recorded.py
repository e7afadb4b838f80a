# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exchanges to be held against the model: what suites recorded of the simulator, and what real servers answered."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl

from contract import recordings

from model.exchanges import Exchange

RESULTS = Path(__file__).resolve().parents[2] / ".build" / "results"
LISTED_AS = {
    "jobs": ("/_ml/anomaly_detectors/id", "jobs"),
    "job_updates": ("/_ml/anomaly_detectors/id", "jobs"),
    "datafeeds": ("/_ml/datafeeds/id", "datafeeds"),
    "analytics": ("/_ml/data_frame/analytics/id", "data_frame_analytics"),
}
GENERATED = "<generated>"
STAND_INS = {"query_delay": "1m"}
SOME_NUMBER = 1


def by_suite() -> dict[str, list[Exchange]]:
    """What each suite recorded, without what processes of one suite recorded twice."""
    return {
        folder.parent.name: [Exchange(**json.loads(line)) for line in sorted(lines_of(folder))]
        for folder in sorted(RESULTS.glob("*/recorded"))
    }


def lines_of(folder: Path) -> set[str]:
    return {line for file in folder.glob("*.jsonl") for line in file.read_text(encoding="utf-8").splitlines()}


def of_real_servers() -> Iterator[Exchange]:
    """Whole sessions of 7.3.0 and 7.10.0, and configurations as Elastic's classes of later versions store them."""
    for version in recordings.VERSIONS:
        for topic in recordings.topics(version):
            yield from (of_recording(version, one) for one in recordings.exchanges(version, topic) if one.status)
    for file, (path, name) in LISTED_AS.items():
        with (recordings.HERE / "golden" / f"{file}.jsonl").open(encoding="utf-8") as lines:
            for line in lines:
                yield from stored(json.loads(line), path, name)


def of_recording(version: str, one: recordings.Exchange) -> Exchange:
    parameters = dict(parse_qsl(one.query or "", keep_blank_values=True))
    body = None if one.method == "HEAD" else one.response_body
    return Exchange(version, one.method, one.path, one.status, parameters, one.request_body or "", body)


def stored(entry: dict, path: str, name: str) -> Iterator[Exchange]:
    """The configuration as a reply to a GET, by each version."""
    for expected in entry["expected"]:
        for version in expected["versions"] if "get" in expected else ():
            body = {"count": 1, name: [made(expected["get"])]}
            yield Exchange(version, "GET", path, 200, {}, "", body)


def made(document: object, stand_in: object = SOME_NUMBER) -> object:
    """The document with something for what was left out because it was generated: times, seeds, delays."""
    if isinstance(document, dict):
        return {name: made(member, STAND_INS.get(name, SOME_NUMBER)) for name, member in document.items()}
    if isinstance(document, list):
        return [made(member) for member in document]
    return stand_in if document == GENERATED else document
