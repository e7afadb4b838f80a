# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How records and flushes finalise buckets."""

import pytest

from simulator.buckets import Timeline

SPAN = 100
ADD, ADVANCE, SKIP = "add", "advance", "skip"


@pytest.mark.parametrize(
    ("latency", "steps", "end", "starts"),
    [
        (0, [], None, []),
        (0, [(ADVANCE, 560)], 500, []),
        (0, [(ADVANCE, 350), (ADD, 520)], 500, [300, 400]),
        (0, [(ADD, 250)], 200, []),
        (0, [(ADD, 250), (ADD, 299)], 200, []),
        (0, [(ADD, 250), (ADD, 300)], 300, [200]),
        (0, [(ADD, 250), (ADD, 560)], 500, [200, 300, 400]),
        (0, [(ADD, 250), (ADVANCE, 299)], 200, []),
        (0, [(ADD, 250), (ADVANCE, 450)], 400, [200, 300]),
        (0, [(ADD, 250), (ADVANCE, 450), (ADVANCE, 350)], 400, [200, 300]),
        (50, [(ADD, 250), (ADD, 349)], 200, []),
        (100, [(ADD, 250), (ADD, 320)], 200, [100]),
        (50, [(ADD, 250), (ADD, 350)], 300, [200]),
        (50, [(ADD, 250), (ADVANCE, 449)], 300, [200]),
        (0, [(SKIP, 450)], 500, []),
        (0, [(SKIP, 400)], 400, []),
        (0, [(ADD, 250), (ADD, 320), (SKIP, 650)], 700, [200]),
        (0, [(SKIP, 450), (ADD, 720)], 700, [500, 600]),
        (0, [(ADD, 250), (ADVANCE, 500), (SKIP, 300)], 500, [200, 300, 400]),
    ],
)
def test_finalised(latency, steps, end, starts):
    timeline = Timeline(SPAN, latency)
    for step, time in steps:
        getattr(timeline, step)(time)
    assert timeline.finalized_end == end
    assert [start for span in timeline.starts(interim=True) for start in span] == starts
    assert timeline.final_count == len(starts)


@pytest.mark.parametrize(
    ("bounds", "interim"),
    [((None, None), [300]), ((0, 300), []), ((300, 400), [300]), ((301, None), [])],
)
def test_interim_until_more_data_comes(bounds, interim):
    timeline = Timeline(SPAN)
    for time in (250, 320):
        timeline.add(time)
    timeline.calculate_interim(*bounds)
    assert sorted(timeline.interim) == interim
    timeline.add(330)
    assert not timeline.interim


@pytest.mark.parametrize(("time", "is_late"), [(199, True), (299, True), (300, False), (350, False)])
def test_out_of_order(time, is_late):
    timeline = Timeline(SPAN)
    for earlier in (250, 340):
        timeline.add(earlier)
    assert timeline.is_late(time) is is_late


def test_thousands_of_years_cost_nothing():
    timeline = Timeline(1000)
    timeline.add(0)
    timeline.add(253_402_300_799_000)
    assert timeline.final_count == 253_402_300_799
