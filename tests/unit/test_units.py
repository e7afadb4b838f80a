# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Durations and times, against what the server accepts."""

import pytest

from ansible_collections.mlops.elastic.plugins.module_utils import units
from ansible_collections.mlops.elastic.plugins.module_utils.errors import BadOption

NOW = 1_600_000_000_000
NEW_YEAR = 1_514_811_600_000  # 2018-01-01T13:00:00Z


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30m", 1800),
        ("20s", 20),
        ("500ms", 0.5),
        ("1h", 3600),
        ("2d", 172800),
        ("0s", 0),
        ("007s", 7),
        ("250micros", 0.00025),
        ("1000000nanos", 0.001),
        ("10S", 10),
        (" 5 s ", 5),
    ],
)
def test_duration(text, seconds):
    assert units.duration("timeout", text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["30", "", "m", "1.5h", "-1", "-5s", "5 parsecs", "five s", "1h30m", "30M", 30, None])
def test_duration_needs_a_whole_number_and_a_unit(text):
    with pytest.raises(BadOption, match=r"timeout: .* is refused: it is not a duration with a unit.*30m"):
        units.duration("timeout", text)


@pytest.mark.parametrize(("text", "ms"), [("15m", 900_000), ("900s", 900_000), ("1nanos", 0)])
def test_duration_of_the_server_in_milliseconds(text, ms):
    assert units.duration_ms(text) == ms


SAME_IN_BOTH_APIS = [
    ("2018-01-01T13:00:00Z", NEW_YEAR),
    ("2018-01-01T13:00:00+00:00", NEW_YEAR),
    ("2018-01-01 13:00:00+00:00", NEW_YEAR),  # what YAML makes of an unquoted date
    ("2018-01-01 13:00:00", NEW_YEAR),
    ("2018-01-01T15:00:00+02:00", NEW_YEAR),
    ("2018-01-01T07:30:00-0530", NEW_YEAR),
    ("2018-01-01T13:00", NEW_YEAR),
    ("2018-01-01T13:00:00.5Z", NEW_YEAR + 500),
    ("2018-01-01T13:00:00.123456789Z", NEW_YEAR + 123),
    ("2018-01-01T13:00:00,25Z", NEW_YEAR + 250),
    ("2018-01-01", NEW_YEAR - 13 * 3_600_000),
    ("2020-02-29", 1_582_934_400_000),
    ("1514811600000", NEW_YEAR),
    (1514811600000, NEW_YEAR),
]


@pytest.mark.parametrize(
    ("text", "ms"),
    [*SAME_IN_BOTH_APIS, ("now", NOW), ("1514811600", NEW_YEAR), (1514811600, NEW_YEAR), ("0", 0), ("10", 10_000)],
)
def test_flush_time(text, ms):
    assert units.flush_time("advance_time", text, NOW) == ms


@pytest.mark.parametrize(
    ("text", "ms"),
    [*SAME_IN_BOTH_APIS, ("1514811600", 1_514_811_600), ("0", 0), ("now", None), ("now-1h", None), ("now-1d/d", None)],
)
def test_datafeed_time(text, ms):
    assert units.datafeed_time("start", text) == ms


@pytest.mark.parametrize(
    ("time", "ms"), [*SAME_IN_BOTH_APIS, ("1514811600", 1_514_811_600), (1000, 1000), (-5, -5), ("-5", -5), (0, 0)]
)
def test_event_time(time, ms):
    assert units.event_time("start_time", time) == ms


NO_TIMES = ["", "soon", "2018-13-01", "2018-02-30", "2018-01-01T25:00:00Z", "01.01.2018", "2018-01-01T13:00:00Z\n"]
NO_TIMES += ["-1", "1e9", "\N{SUPERSCRIPT TWO}", "2018-01-01T13:00:00+25:99"]


@pytest.mark.parametrize("text", [*NO_TIMES, "now-1h", "now+1d"])
def test_unreadable_flush_time(text):
    with pytest.raises(BadOption, match=r"(?s)skip_time: .* cannot be read as a time.*2018-01-01T13:00:00Z.* or now"):
        units.flush_time("skip_time", text, NOW)


@pytest.mark.parametrize("text", [*NO_TIMES, "now-1", "now-1x", "yesterday"])
def test_unreadable_datafeed_time(text):
    with pytest.raises(BadOption, match=r"(?s)end: .* cannot be read as a time.*now-1h"):
        units.datafeed_time("end", text)


@pytest.mark.parametrize("time", [*(text for text in NO_TIMES if text != "-1"), "now", "2018", True, 1.5, None, []])
def test_unreadable_event_time(time):
    with pytest.raises(BadOption, match=r"(?s)start_time: .* cannot be read as a time.*or milliseconds since 1970"):
        units.event_time("start_time", time)


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (NEW_YEAR, "2018-01-01T13:00:00Z"),
        (NEW_YEAR + 5, "2018-01-01T13:00:00.005Z"),
        (-1000, "1969-12-31T23:59:59Z"),
        (10**15, 10**15),
    ],
)
def test_iso(ms, text):
    assert units.iso(ms) == text
    assert units.event_time("start_time", text) == ms


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("2018-01-01 13:00:00+00:00", "2018-01-01T13:00:00+00:00"),
        ("2018-01-01 13:00:00 +00:00", "2018-01-01T13:00:00+00:00"),
        ("2018-01-01T13:00:00 Z", "2018-01-01T13:00:00Z"),
        ("2018-01-01T13:00:00Z", "2018-01-01T13:00:00Z"),
        ("1514811600", "1514811600"),
        (1514811600, "1514811600"),
        ("now-1h", "now-1h"),
    ],
)
def test_time_as_sent(text, sent):
    assert units.as_sent(text) == sent
