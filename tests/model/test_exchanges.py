# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exchanges that fit the published model, and how others don't; what is listed, and what is recorded."""

import json
from dataclasses import replace

import pytest

from model import leaves, recorded
from model.exchanges import Conformance, Exchange
from model.fitting import Misfit
from model.listing import Entry, Findings
from model.schema import PACKAGES, file_of, name_of, published

VERSION = "9.5.3"
CLOSE = "/_ml/anomaly_detectors/a/_close"
DATA = "/_ml/anomaly_detectors/a/_data"
PLAIN = {"error": "no handler found for uri [/_ml/nope] and method [GET]"}
ERROR = {"type": "resource_not_found_exception", "reason": "No known job with id 'a'"}
CLIENT = "elasticsearch-py/9.5.1"


def exchange(request, query=None, body="", status=200, response=None, **more):
    method, path = request.split(" ")
    return Exchange(VERSION, method, path, status, query or {}, body, response, **more)


@pytest.fixture(scope="module")
def conformance():
    return Conformance(published(VERSION), VERSION)


@pytest.mark.parametrize(
    ("given", "misfits"),
    [
        (exchange(f"POST {CLOSE}"), []),
        (exchange(f"POST {CLOSE}", {"force": "true", "timeout": "30m", "pretty": ""}), []),
        (exchange(f"POST {CLOSE}", body='{"force": true}'), []),
        (exchange(f"PUT {CLOSE}"), [("endpoint", f"PUT {CLOSE}")]),
        (exchange("GET /_ml/nope"), [("endpoint", "GET /_ml/nope")]),
        (exchange("GET /_nope/_search"), [("endpoint", "GET /_nope/_search")]),
        (exchange("GET /nope/_search"), []),
        (exchange("GET /_ml/anomaly_detectors/"), []),
        (exchange("GET /_cat/ml/anomaly_detectors", {"format": "json", "v": "true", "h": "id"}), []),
        (exchange("GET /_ml/info", {"format": "json"}), [("unknown", "ml.info query.format")]),
        (exchange(f"POST {CLOSE}", {"forse": "true"}), [("unknown", "ml.close_job query.forse")]),
        (exchange(f"POST {CLOSE}", {"force": "yes"}), [("type", "ml.close_job query.force")]),
        (exchange(f"POST {CLOSE}", {"timeout": "soon"}), [("type", "ml.close_job query.timeout")]),
        (exchange(f"POST {CLOSE}", body='{"forse": true}'), [("unknown", "ml.close_job request.forse")]),
        (exchange(f"POST {CLOSE}", body='{"force": "true"}'), [("type", "ml.close_job request.force")]),
        (exchange(f"POST {CLOSE}", body="[]"), [("type", "ml.close_job request")]),
        (exchange(f"POST {CLOSE}", body="force"), [("body", "ml.close_job request")]),
        (exchange("DELETE /_ml/anomaly_detectors/a", body="{}"), [("body", "ml.delete_job request")]),
        (exchange("PUT /_ml/filters/a"), [("missing", "ml.put_filter request")]),
        (exchange(f"POST {DATA}", body='{"time": 1}\n{"time": 2}\n'), []),
        (exchange(f"POST {DATA}", body='{"time": 1}{"time"'), [("body", "ml.post_data request")]),
    ],
)
def test_requests(conformance, given, misfits):
    assert [(one.kind, one.place) for one in conformance.request(given)] == misfits


@pytest.mark.parametrize(
    ("given", "misfits"),
    [
        (exchange(f"POST {CLOSE}", response={"closed": True}), []),
        (exchange(f"POST {CLOSE}", response={"closed": "true"}), [("type", "ml.close_job reply.closed")]),
        (exchange(f"POST {CLOSE}", response={}), [("missing", "ml.close_job reply.closed")]),
        (exchange(f"POST {CLOSE}", response=None), [("null", "ml.close_job reply")]),
        (exchange(f"POST {CLOSE}", response={"closed": True, "at": 1}), [("unknown", "ml.close_job reply.at")]),
        (
            exchange("GET /_ml/anomaly_detectors/_stats", response={"count": 1, "jobs": [{}]}),
            [
                ("missing", f"ml._types.JobStats.{name}")
                for name in ("data_counts", "forecasts_stats", "job_id", "model_size_stats", "state", "timing_stats")
            ],
        ),
        (exchange("HEAD /index"), []),
        (exchange("HEAD /index", status=404), []),
        (exchange("GET /_cat/ml/anomaly_detectors", response="a opened 0\n"), []),
        (exchange("GET /_cat/ml/anomaly_detectors", response=[{"id": 1}]), [("type", "cat.ml_jobs.JobsRecord.id")]),
        (
            exchange(f"POST {CLOSE}", status=404, response={"error": {**ERROR, "root_cause": [ERROR]}, "status": 404}),
            [],
        ),
        (
            exchange(f"POST {CLOSE}", status=404, response={"error": {"reason": "no"}, "status": 404}),
            [("missing", "_types.ErrorCause.type")],
        ),
        (
            exchange(f"POST {CLOSE}", status=404, response={"error": ERROR}),
            [("missing", "_types.ErrorResponseBase.status")],
        ),
        (exchange(f"POST {CLOSE}", status=404, response={"closed": False}), [("error", "ml.close_job error closed")]),
        (exchange("GET /index/_doc/1", status=404, response={"_index": "index", "_id": "1", "found": False}), []),
        (exchange("GET /_ml/nope", status=400, response=PLAIN), []),
        (
            exchange("GET /_ml/nope", status=404, response=PLAIN),
            [("type", "_types.ErrorResponseBase.error"), ("missing", "_types.ErrorResponseBase.status")],
        ),
        (exchange(f"PUT {CLOSE}", status=405, response={"error": "Incorrect HTTP method", "status": 405}), []),
        (exchange("POST /a/_doc", status=413), []),
        (exchange("POST /a/_doc", status=413, response="too large"), [("type", "index error")]),
    ],
)
def test_replies(conformance, given, misfits):
    assert [(one.kind, one.place) for one in conformance.reply(given)] == misfits


REFUSED = exchange(f"POST {CLOSE}", {"forse": "true"}, status=400, response={"error": ERROR, "status": 400})
ACCEPTED = replace(REFUSED, status=200, response={"closed": True})
LISTED = Entry("request", ("unknown",), (r"ml\.close_job query\.forse",), "a test of this")


@pytest.mark.parametrize(
    ("entries", "given", "unlisted"),
    [
        ([], REFUSED, []),
        ([], ACCEPTED, ["a test's request, unknown: ml.close_job query.forse"]),
        ([], replace(REFUSED, user_agent=CLIENT), ["a module's request, unknown: ml.close_job query.forse"]),
        (
            [],
            replace(REFUSED, opaque_id="mlops.elastic.ml_job"),
            ["a module's request, unknown: ml.close_job query.forse"],
        ),
        ([], replace(ACCEPTED, parameters={"force": "yes"}), []),
        (
            [],
            replace(ACCEPTED, parameters={"force": "yes"}, user_agent=CLIENT),
            ["a module's request, type: ml.close_job query.force"],
        ),
        ([], replace(ACCEPTED, parameters={}, response={}), ["reply, missing: ml.close_job reply.closed"]),
        ([LISTED], ACCEPTED, []),
        ([replace(LISTED, before="9.5.3")], ACCEPTED, ["a test's request, unknown: ml.close_job query.forse"]),
        ([LISTED], replace(ACCEPTED, user_agent=CLIENT), ["a module's request, unknown: ml.close_job query.forse"]),
        ([replace(LISTED, modules=True)], replace(ACCEPTED, user_agent=CLIENT), []),
        ([replace(LISTED, side="reply")], ACCEPTED, ["a test's request, unknown: ml.close_job query.forse"]),
        ([replace(LISTED, misfits=("type",))], ACCEPTED, ["a test's request, unknown: ml.close_job query.forse"]),
    ],
)
def test_what_is_listed(entries, given, unlisted):
    findings = Findings(entries)
    findings.add(given)
    assert list(findings.unlisted) == unlisted
    assert len(findings.lacking()) == len(entries) - (entries != [] and not unlisted)
    assert all(heading in findings.described() for heading in unlisted)


def test_what_suites_recorded(tmp_path, monkeypatch):
    for suite, file, lines in (("units", "a", [ACCEPTED, REFUSED]), ("units", "b", [REFUSED]), ("doors", "a", [])):
        folder = tmp_path / suite / "recorded"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{file}.jsonl").write_text("".join(json.dumps(vars(one)) + "\n" for one in lines))
    monkeypatch.setattr(recorded, "RESULTS", tmp_path)
    found = recorded.by_suite()
    assert {suite: len(exchanges) for suite, exchanges in found.items()} == {"doors": 0, "units": 2}
    assert ACCEPTED in found["units"]


def test_the_oldest_model_holds_for_older_versions():
    assert published("7.3.0") is published("8.19.21") is not published("9.5.3")


@pytest.mark.parametrize("package", sorted(PACKAGES.values()))
def test_what_the_model_leaves_open_is_generic(package):
    """A name that stands for nothing would fit everything."""
    document = json.loads(file_of(package).read_text(encoding="utf-8"))
    declared = {name_of(one) for definition in document["types"] for one in definition.get("generics", [])}
    defined = {name_of(definition["name"]) for definition in document["types"]}
    assert set(instances(document)) - declared - defined - leaves.JSON.keys() == set()


def instances(written):
    if isinstance(written, dict):
        if written.get("kind") == "instance_of":
            yield name_of(written["type"])
        written = list(written.values())
    if isinstance(written, list):
        for one in written:
            yield from instances(one)


def test_a_misfit_says_what_was_found(conformance):
    (misfit,) = conformance.reply(exchange(f"POST {CLOSE}", response={"closed": "x" * 100}))
    assert misfit == Misfit("type", "ml.close_job reply.closed", "reply.closed", f"'{'x' * 56}... is no boolean")
