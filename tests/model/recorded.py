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
    for file, (path, name) in LISTED_AS.items():
        with (recordings.HERE / "golden" / f"{file}.jsonl").open(encoding="utf-8") as lines:
            for line in lines:
                yield from stored(json.loads(line), path, name)


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
