# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bodies of actions as Elastic's own classes take or refuse them, held against the simulator's."""

import pytest

from contract.golden_files import VERSIONS, entries, expected_of, unplaced, wanted
from simulator import datafeeds_api, expired, flush, forecasts_api, lifecycle, snapshots_api
from simulator.config import jobs
from simulator.config.detectors import DETECTOR
from simulator.errors import ApiError

READERS = {
    "CloseJob": lifecycle.CLOSE_OPTIONS.body.parse,
    "OpenJob": lifecycle.OPEN_OPTIONS.body.parse,
    "FlushJob": flush.BODY.parse,
    "ForecastJob": forecasts_api.OPTIONS.body.parse,
    "RevertModelSnapshot": snapshots_api.REVERT_OPTIONS.body.parse,
    "UpdateModelSnapshot": snapshots_api.UPDATE_OPTIONS.body.parse,
    "DeleteExpiredData": expired.BODY.parse,
    "ValidateDetector": DETECTOR.parse,
    "ValidateJobConfig": jobs.validate,
    "StartDatafeed": datafeeds_api.START_OPTIONS.body.parse,
    "StopDatafeed": datafeeds_api.STOP_OPTIONS.body.parse,
}


def taken_or_refused(version, entry):
    try:
        READERS[entry["action"]](version, entry["input"]["body"])
    except ApiError as refusal:
        return unplaced(refusal.body())
    return "accepted"


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("entry", entries("requests"), ids=lambda entry: f"{entry['action']} {entry['name']}")
def test_bodies(entry, version):
    expected = expected_of(entry, version)
    assert taken_or_refused(version, entry) == (wanted(expected) if "error" in expected else "accepted")
