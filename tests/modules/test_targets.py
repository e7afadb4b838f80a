# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What expressions name: ids, lists, groups, wildcards, all, nothing, and what is taken away again."""

import pytest

JOBS = "/_ml/anomaly_detectors"
CLUSTER = {
    "jobs": [
        {"job_id": "web-1", "state": "opened", "groups": ["web"]},
        {"job_id": "web-2", "state": "opened", "groups": ["web", "frontend"]},
        {"job_id": "db", "state": "opened"},
        {"job_id": "old", "state": "closed", "groups": ["web"]},
    ]
}


@pytest.mark.parametrize(
    ("options", "closed", "unchanged"),
    [
        ({"job_id": ["web-1"]}, ["web-1"], []),
        ({"job_id": "web-1"}, ["web-1"], []),
        ({"job_id": "web-1,db"}, ["db", "web-1"], []),
        ({"job_id": ["web-1", "db", "web-1"]}, ["db", "web-1"], []),
        ({"job_id": ["web"]}, ["web-1", "web-2"], ["old"]),
        ({"job_id": ["web", "db", "web-1"]}, ["db", "web-1", "web-2"], ["old"]),
        ({"job_id": ["web-*"]}, ["web-1", "web-2"], []),
        ({"job_id": ["front*", "d*"]}, ["db", "web-2"], []),
        ({"job_id": ["_all"]}, ["db", "web-1", "web-2"], ["old"]),
        ({"job_id": ["*"]}, ["db", "web-1", "web-2"], ["old"]),
        ({"job_id": ["web-*", "nothing-*"]}, ["web-1", "web-2"], []),
        ({"job_id": ["nothing-*"]}, [], []),
        ({"job_id": ["old"]}, [], ["old"]),
        ({"job_id": ["_all"], "exclude": ["db"]}, ["web-1", "web-2"], ["old"]),
        ({"job_id": ["_all"], "exclude": ["web-*", "old"]}, ["db"], []),
        ({"job_id": ["_all"], "exclude": ["web"]}, ["db"], []),
        ({"job_id": ["web"], "exclude": ["front*"]}, ["web-1"], ["old"]),
        ({"job_id": ["web-1"], "exclude": ["web-1"]}, [], []),
        ({"job_id": ["_all"], "exclude": ["nobody"]}, ["db", "web-1", "web-2"], ["old"]),
        ({"job_id": ["web-*", "db"], "allow_no_match": False}, ["db", "web-1", "web-2"], []),
        ({"job_id": ["_all"], "max_affected": 3}, ["db", "web-1", "web-2"], ["old"]),
    ],
)
def test_jobs(server, options, closed, unchanged):
    server.reset(**CLUSTER)
    predicted = server.run("ml_job", state="closed", check=True, **options)
    assert predicted.writes == []
    achieved = server.run("ml_job", state="closed", **options)
    assert sorted(item["job_id"] for item in achieved.jobs if item["changed"]) == closed
    assert sorted(item["job_id"] for item in achieved.jobs if not item["changed"]) == unchanged
    assert achieved.changed is predicted.changed is bool(closed)
    assert len(achieved.writes) == (1 if closed else 0)
    assert achieved.declared_writes == predicted.declared_writes == achieved.writes
    assert achieved.summary == {
        "matched": len(closed) + len(unchanged),
        "changed": len(closed),
        "unchanged": len(unchanged),
        "failed": 0,
    }
    second = server.run("ml_job", state="closed", **options)
    assert (second.changed, second.writes) == (False, [])


@pytest.mark.parametrize(
    ("module", "option", "state", "options", "words"),
    [
        ("ml_job", "job_id", "closed", ["nothing-*"], "no known job with id 'nothing-*'; nothing was changed"),
        ("ml_job", "job_id", "closed", ["web-*", "nothing-*"], "'nothing-*'"),
        ("ml_job", "job_id", "absent", ["nothing-*"], "set allow_no_match: true"),
        ("ml_datafeed", "datafeed_id", "stopped", ["nothing-*"], "no known datafeed with id 'nothing-*'"),
        ("ml_analytics", "id", "stopped", ["nothing-*"], "no known data frame analytics with id 'nothing-*'"),
        ("ml_analytics", "id", "stopped", ["_all"], "'_all'"),
    ],
)
def test_no_match(server, module, option, state, options, words):
    server.reset(**CLUSTER)
    refused = server.run(module, **{option: options}, state=state, allow_no_match=False)
    assert refused.failed
    assert words in refused.msg
    assert refused.error["status"] == 404
    assert refused.writes == []
    accepted = server.run(module, **{option: ["nothing-*"]}, state=state)
    assert (accepted.failed, accepted.changed, accepted.writes) == (False, False, [])
    assert "matches nothing-*; nothing to do" in accepted.msg


@pytest.mark.parametrize(
    ("module", "option", "result", "state", "seed", "tokens", "changed"),
    [
        (
            "ml_analytics",
            "id",
            "data_frame_analytics",
            "stopped",
            {"analytics": [{"id": "churn-1", "state": "started"}, {"id": "churn-2"}, {"id": "x", "state": "started"}]},
            ["churn-*"],
            ["churn-1"],
        ),
        (
            "ml_analytics",
            "id",
            "data_frame_analytics",
            "stopped",
            {"analytics": [{"id": "churn-1", "state": "started"}, {"id": "x", "state": "started"}]},
            ["_all"],
            ["churn-1", "x"],
        ),
        (
            "ml_datafeed",
            "datafeed_id",
            "datafeeds",
            "stopped",
            {
                "indices": ["source"],
                "jobs": [
                    {"job_id": "a", "state": "opened", "datafeed": {"datafeed_id": "feed-a", "state": "started"}},
                    {"job_id": "b", "state": "opened", "datafeed": {"datafeed_id": "feed-b"}},
                    {"job_id": "c", "state": "opened", "datafeed": {"datafeed_id": "other", "state": "started"}},
                ],
            },
            ["feed-*"],
            ["feed-a"],
        ),
    ],
)
def test_analytics_and_datafeeds(server, module, option, result, state, seed, tokens, changed):
    server.reset(**seed)
    achieved = server.run(module, **{option: tokens}, state=state)
    assert [item[option] for item in achieved.result[result] if item["changed"]] == changed
    assert len(achieved.writes) == 1
    second = server.run(module, **{option: tokens}, state=state)
    assert (second.changed, second.writes) == (False, [])


def test_absent_goes_on_without_what_is_absent_already(server):
    server.reset(jobs=[{"job_id": "a"}, {"job_id": "b"}])
    achieved = server.run("ml_job", job_id=["a", "gone", "b", "lost"], state="absent")
    assert {item["job_id"]: item["changed"] for item in achieved.jobs} == {
        "a": True,
        "b": True,
        "gone": False,
        "lost": False,
    }
    assert len(achieved.writes) == 2


@pytest.mark.parametrize("token", ["_all", "*"])
def test_absent_of_everything_with_max_affected(server, token):
    server.reset(jobs=[{"job_id": "a"}, {"job_id": "b"}])
    assert server.run("ml_job", job_id=token, state="absent", max_affected=2).changed
    assert server.run("ml_job_info").jobs == []


def test_max_affected_counts_changes_only(newest):
    newest.reset(**CLUSTER)
    assert newest.run("ml_job", job_id="_all", state="closed", max_affected=3).changed
    assert not newest.run("ml_job", job_id="_all", state="closed", max_affected=0).failed


def test_a_thousand_jobs_that_are_right_cost_one_request(newest):
    newest.reset(many={"jobs": 1000, "prefix": "load-", "state": "closed"})
    for tokens in (["_all"], ["load-*"]):
        (line,) = newest.run("ml_job", job_id=tokens, state="closed").lines
        assert line.startswith(f"GET {JOBS}/{tokens[0]}/_stats")
    ids = [f"load-{number:03d}" for number in range(1000)]
    named = newest.run("ml_job", job_id=ids, state="closed")
    assert named.summary["matched"] == 1000
    assert named.changed is False
    assert len(named.lines) == 3


def test_many_jobs_are_closed_by_as_few_requests_as_fit(server):
    server.reset(many={"jobs": 1000, "prefix": "load-", "state": "opened"})
    ids = [f"load-{number:03d}" for number in range(1000)]
    achieved = server.run("ml_job", job_id=ids, state="closed")
    assert achieved.summary["changed"] == 1000
    assert len(achieved.writes) == 3
    assert {entry["status"] for entry in achieved.journal} == {200}
    assert not server.run("ml_job", job_id=ids, state="closed").changed


def test_more_analytics_than_a_page_holds(newest):
    newest.reset(indices=["source"], analytics=[{"id": f"a-{number:03d}"} for number in range(120)])
    assert newest.run("ml_analytics", id="_all", state="stopped").summary["matched"] == 120
    ids = [f"a-{number:03d}" for number in range(120)]
    assert newest.run("ml_analytics", id=ids, state="absent").summary["changed"] == 120
