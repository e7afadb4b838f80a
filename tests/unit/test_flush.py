# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Flushing: what is refused, how far a time reaches, what is left to do."""

import pytest

from ansible_collections.mlops.elastic.plugins.module_utils import flush
from ansible_collections.mlops.elastic.plugins.module_utils.errors import BadOption
from ansible_collections.mlops.elastic.plugins.module_utils.plan import Item
from unit.scripted import ScriptedCluster

HOUR = 3_600_000
NONE = dict.fromkeys(flush.FLUSH_SPEC)


def options(state="flushed", **given):
    return dict(NONE, state=state, **given)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"calc_interim": True},
        {"calc_interim": False},
        {"calc_interim": True, "start": "1"},
        {"calc_interim": True, "start": "1", "end": "1"},
        {"calc_interim": True, "start": "2018-01-01", "end": "2018-01-02"},
        {"advance_time": "now"},
        {"skip_time": "10", "advance_time": "11"},
        {"skip_time": "1514804400", "advance_time": "1514804400001"},
        {"state": "closed"},
    ],
)
def test_accepted(given):
    flush.validate(options(**given))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"start": "1"}, "start: '1'.*needs calc_interim.*calc_interim: true"),
        ({"start": "1", "end": "2", "calc_interim": False}, "start.*needs calc_interim"),
        ({"end": "1"}, "end.*needs calc_interim"),
        ({"end": "1", "calc_interim": True}, "end.*start is missing"),
        (
            {"start": "2018-01-02", "end": "2018-01-01", "calc_interim": True},
            "end: '2018-01-01'.*before start 2018-01-02",
        ),
        ({"start": "soon", "calc_interim": True}, "start: 'soon'.*cannot be read as a time"),
        ({"advance_time": "now-1h"}, "advance_time: 'now-1h'.*cannot be read as a time"),
        ({"advance_time": "10", "skip_time": "20"}, "advance_time: '10'.*later than skip_time 20.*Skip first"),
        ({"advance_time": "20", "skip_time": "20"}, "later than skip_time"),
        ({"state": "closed", "advance_time": "10"}, "advance_time.*belongs to state: flushed, and state is closed"),
        ({"state": "opened", "calc_interim": False}, "calc_interim.*belongs to state: flushed"),
    ],
)
def test_refused(given, words):
    with pytest.raises(BadOption, match=words):
        flush.validate(options(**given))


def noted(params, bucket=None, latest=None, latency=None):
    """The facts about a job of hourly buckets."""
    analysis = {"bucket_span": "60m", **({"latency": latency} if latency else {})}
    buckets = [{"timestamp": bucket - HOUR, "bucket_span": 3600}] if bucket else []
    cluster = ScriptedCluster(
        {
            "GET /_ml/anomaly_detectors/a": [{"count": 1, "jobs": [{"job_id": "a", "analysis_config": analysis}]}],
            "GET /_ml/anomaly_detectors/a/results/buckets": [{"count": len(buckets), "buckets": buckets}],
        }
    )
    item = Item("a", "opened", {"stats": {"data_counts": {"latest_record_timestamp": latest} if latest else {}}})
    flush.detail(cluster, [item], params)
    return item


@pytest.mark.parametrize(
    ("given", "bucket", "latest", "latency", "actions"),
    [
        # a plain flush finalizes what ends at or before the latest record
        ({}, None, None, None, ()),
        ({}, None, 5 * HOUR, None, ("flush",)),
        ({}, 5 * HOUR, 5 * HOUR + 1, None, ()),
        ({}, 4 * HOUR, 5 * HOUR, None, ("flush",)),
        ({}, 4 * HOUR, 5 * HOUR, "1h", ()),
        ({}, None, HOUR - 1, None, ()),
        # up to a time
        ({"advance_time": str(6 * HOUR // 1000)}, 5 * HOUR, 5 * HOUR, None, ("flush",)),
        ({"advance_time": str(6 * HOUR // 1000)}, 6 * HOUR, 5 * HOUR, None, ()),
        ({"advance_time": str(6 * HOUR // 1000 - 1)}, 5 * HOUR, 5 * HOUR, None, ()),
        ({"advance_time": str(6 * HOUR // 1000)}, 5 * HOUR, 5 * HOUR, "60m", ()),
        ({"advance_time": str(6 * HOUR // 1000)}, None, None, None, ()),
        # a skip goes to the end of its bucket
        ({"skip_time": str(5 * HOUR // 1000)}, 5 * HOUR, 5 * HOUR, None, ()),
        ({"skip_time": str(5 * HOUR // 1000 + 1)}, 5 * HOUR, 5 * HOUR, None, ("flush_buffered", "flush")),
        ({"skip_time": str(5 * HOUR // 1000)}, None, None, None, ("flush_buffered", "flush")),
        # interim results are always computed
        ({"calc_interim": True}, 5 * HOUR, 5 * HOUR, None, ("flush",)),
        ({"calc_interim": False}, 5 * HOUR, 5 * HOUR, None, ()),
    ],
)
def test_what_is_left_to_do(given, bucket, latest, latency, actions):
    assert flush.actions_for(noted(options(**given), bucket, latest, latency)) == actions


@pytest.mark.parametrize(
    ("facts", "extras", "moved"),
    [
        ({"finalized_end": None, "interim": False}, {"last_finalized_bucket_end": 5}, True),
        ({"finalized_end": 5, "interim": False}, {"last_finalized_bucket_end": 5}, False),
        ({"finalized_end": 5, "interim": False}, {"last_finalized_bucket_end": 6}, True),
        ({"finalized_end": 5, "interim": False}, {"last_finalized_bucket_end": 8}, False),
        ({"finalized_end": 5, "interim": False}, {}, False),
        ({"finalized_end": 5, "interim": False}, {"buffered_end": 6, "last_finalized_bucket_end": 6}, False),
        ({"finalized_end": 5, "interim": True}, {}, True),
    ],
)
def test_moved(facts, extras, moved):
    assert flush.moved(Item("a", "opened", {"target": 7, **facts}), extras) is moved


def test_end_in_a_reply():
    assert flush.end_in("end")({"flushed": True, "last_finalized_bucket_end": 0}) == {"end": 0}
    assert flush.end_in("end")({"flushed": True}) == {}
