# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which jobs are idle, and what is done with them."""

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.mlops.elastic.plugins.filter.idle_jobs import idle_jobs
from ansible_collections.mlops.elastic.plugins.filter.with_outcomes import with_outcomes

NOW = 1_700_000_000
DAY = 86_400


def job(job_id="j", state="opened", data=None, created=None, datafeed=None, **counts):
    """`data` and `created` are days ago."""
    times = {} if data is None else {"last_data_time": (NOW - data * DAY) * 1000}
    return {
        "job_id": job_id,
        "state": state,
        "stats": {"data_counts": {**times, **counts}},
        **({} if created is None else {"create_time": (NOW - created * DAY) * 1000}),
        **({} if datafeed is None else {"datafeed": {"state": datafeed}}),
    }


BOTH = {"close_after": "30d", "delete_after": "90d"}
CASES = [
    (job(data=29, created=400), BOTH, None),
    (job(data=30), BOTH, None),
    (job(data=30.01), BOTH, "close"),
    (job(data=30.01, datafeed="started"), BOTH, "close"),
    (job(data=30.01, datafeed="started"), {**BOTH, "spare_running_datafeeds": True}, "none"),
    (job(data=30.01, datafeed="stopped"), {**BOTH, "spare_running_datafeeds": True}, "close"),
    (job(data=31, state="opening"), BOTH, "close"),
    (job(data=31, state="closed"), BOTH, None),
    (job(data=91, state="closed"), BOTH, "delete"),
    (job(data=91), BOTH, "delete"),
    (job(data=91), {"close_after": "30d"}, "close"),
    (job(data=91), {"close_after": "30d", "delete_after": ""}, "close"),
    (job(data=91), {"delete_after": "92d"}, None),
    (job(data=31, state="failed"), BOTH, "none"),
    (job(data=31, state="failed"), {**BOTH, "failed": True}, "close"),
    (job(data=91, state="failed"), {**BOTH, "failed": True}, "delete"),
    (job(data=91, state="deleting"), {**BOTH, "failed": True}, "none"),
    (job(created=31), BOTH, "close"),
    (job(created=29), BOTH, None),
    (job(data=1, latest_record_timestamp=0), BOTH, None),
    (job(data=31, latest_record_timestamp=NOW * 2000), BOTH, "close"),
    (job(), BOTH, None),
    ({"job_id": "j", "state": "deleting", "stats": {}, "create_time": 0}, BOTH, "none"),
]


@pytest.mark.parametrize(("given", "options", "action"), CASES)
def test_action(given, options, action):
    found = idle_jobs([given], now=NOW, **options)
    assert [entry["action"] for entry in found] == ([] if action is None else [action])
    assert all(bool(entry["why"]) == (action == "none") for entry in found)


def test_the_longest_idle_come_first():
    found = idle_jobs([job("b", data=31), job("a", data=31), job("c", data=45.5)], "30d", now=NOW)
    assert [(entry["job_id"], entry["idle_days"]) for entry in found] == [("c", 45), ("a", 31), ("b", 31)]
    assert found[0]["idle_since"] == "2023-09-30T10:13:20Z"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"close_after": "30"}, "close_after"),
        ({"delete_after": "a month"}, "delete_after"),
        ({"close_after": "2d", "delete_after": "47h"}, "shorter than close_after"),
    ],
)
def test_refusals(options, words):
    with pytest.raises(AnsibleFilterError, match=words):
        idle_jobs([], **options)


def test_outcomes():
    entries = [{"job_id": id, "action": action} for id, action in (("a", "close"), ("b", "delete"), ("c", "none"))]
    closed = {"jobs": [{"job_id": "a"}]}
    stuck = {"jobs": [{"job_id": "b", "error": {"msg": "busy"}}], "error": {}, "msg": "b: busy"}
    refused = {"error": {"status": 403}, "msg": "not allowed"}

    def told(*results, **options):
        found = with_outcomes(entries, [{"skipped": True}, *results], **options)
        return [(entry["done"], entry["error"]) for entry in found]

    assert told(closed, stuck) == [(True, ""), (False, "busy"), (False, "")]
    assert told(closed, refused) == [(True, ""), (False, "not allowed"), (False, "")]
    assert told(closed, stuck, foretold=True) == [(False, ""), (False, "busy"), (False, "")]
