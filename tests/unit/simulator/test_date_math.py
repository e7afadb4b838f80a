# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Points in time, as starting a datafeed reads them."""

import pytest

from simulator import date_math
from simulator.config.faults import Fault
from simulator.versions import Version

NOW = 1_514_808_671_234  # 2018-01-01T12:11:11.234Z, a Monday
DAY = 86_400_000

READ = {
    "0": 0,
    "1514764800": 1_514_764_800,
    "1514764800000": 1_514_764_800_000,
    "-5": -5,
    "2018": 1_514_764_800_000,
    "2018-01": 1_514_764_800_000,
    "2018-01-01": 1_514_764_800_000,
    "2018-01-01T01": 1_514_768_400_000,
    "2018-01-01T00:00:00Z": 1_514_764_800_000,
    "2018-01-01T00:00:00.5Z": 1_514_764_800_500,
    "2018-01-01T01:00:00+01:00": 1_514_764_800_000,
    "2018-01-01T00:00:00-0130": 1_514_770_200_000,
    "now": NOW,
    "now-1h": NOW - 3_600_000,
    "now+d": NOW + DAY,
    "now/d": 1_514_764_800_000,
    "now-1d/d": 1_514_764_800_000 - DAY,
    "now/w": 1_514_764_800_000,
    "2018-01-04T05:06||/w": 1_514_764_800_000,
    "now/M+1M": 1_517_443_200_000,
    "now/y-1y": 1_483_228_800_000,
    "2018-01-31||+1M": 1_519_776_000_000,
    "2018-01-01||+2w": 1_514_764_800_000 + 14 * DAY,
}
REFUSED = ("notadate", "2018-13-01", "2018-1-1", "now-", "now-1x", "now1h", "2018-01-01 00:00:00", "1.5e9", "yesterday")


@pytest.mark.parametrize(("text", "expected"), READ.items())
def test_reads(text, expected):
    assert date_math.milliseconds(text, "start", NOW, Version("9.5.3")) == expected


@pytest.mark.parametrize("text", REFUSED)
def test_refuses(text):
    with pytest.raises(Fault) as refused:
        date_math.milliseconds(text, "end", NOW, Version("9.5.3"))
    error = refused.value.as_api_error()
    assert (error.status, error.type) == (400, "parse_exception")
    assert error.reason.startswith(f"Query param [end] with value [{text}] cannot be parsed as a date")


@pytest.mark.parametrize(
    ("version", "reason"), [("7.17.29", "cannot parse empty date"), ("8.19.21", "cannot parse empty datetime")]
)
def test_refuses_nothing(version, reason):
    with pytest.raises(Fault) as refused:
        date_math.milliseconds("", "start", NOW, Version(version))
    assert refused.value.cause.reason == reason
