# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which exchanges are recorded."""

import json

import pytest

from simulator.recording import LOOKED_AT, Recorder

KIND = ("9.5.3", "GET", 200)


def exchange(response, parameters=None, body=""):
    return {"parameters": parameters or {}, "request_body": body, "response": response}


@pytest.mark.parametrize(
    ("later", "is_new"),
    [
        (exchange({"jobs": [{"state": "opened", "count": 4}]}), False),
        (exchange({"jobs": [{"state": "closed", "count": 4}]}), True),
        (exchange({"jobs": [{"state": "opened", "count": "4"}]}), True),
        (exchange({"jobs": [{"state": "opened"}]}), True),
        (exchange({"jobs": [{"state": "opened", "count": None}]}), True),
        (exchange({"jobs": [{"state": "opened", "count": 3, "id": "a"}]}), True),
        (exchange({"jobs": []}), False),
        (exchange({"jobs": [{"state": "opened", "count": 3}]}, {"force": "true"}), True),
        (exchange({"jobs": [{"state": "opened", "count": 3}]}, body='{"force": true}'), True),
        (exchange({"jobs": [{"state": "opened", "count": 3}]}, body="no JSON"), True),
    ],
)
def test_what_is_new_is_recorded(tmp_path, later, is_new):
    recorder = Recorder(tmp_path)
    recorder.add(KIND, exchange({"jobs": [{"state": "opened", "count": 3}]}))
    recorder.add(KIND, later)
    (file,) = tmp_path.iterdir()
    assert len(file.read_text().splitlines()) == 1 + is_new


def test_each_kind_is_seen_on_its_own(tmp_path):
    recorder = Recorder(tmp_path)
    for status in (200, 404):
        recorder.add(("9.5.3", "GET", status), exchange({}))
    (file,) = tmp_path.iterdir()
    assert len(file.read_text().splitlines()) == 2


def test_ids_do_not_fill_the_record(tmp_path):
    recorder = Recorder(tmp_path)
    for number in range(500):
        recorder.add(KIND, exchange({"job_id": f"job-{number}"}))
    (file,) = tmp_path.iterdir()
    assert len(file.read_text().splitlines()) < 50


def test_long_lists_are_recorded_in_part(tmp_path):
    Recorder(tmp_path).add(KIND, exchange({"jobs": [{"job_id": str(number)} for number in range(10_000)]}))
    (file,) = tmp_path.iterdir()
    assert len(json.loads(file.read_text())["response"]["jobs"]) == LOOKED_AT


def test_a_server_records_what_it_answers(tmp_path, monkeypatch, api):
    monkeypatch.setenv("SIMULATOR_RECORD", str(tmp_path))
    api("9.5.3")("GET", "/_ml/anomaly_detectors/nope")
    (file,) = tmp_path.iterdir()
    recorded = json.loads(file.read_text())
    assert (recorded["method"], recorded["path"], recorded["status"]) == ("GET", "/_ml/anomaly_detectors/nope", 404)
    assert recorded["response"]["error"]["type"] == "resource_not_found_exception"
