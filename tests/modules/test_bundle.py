# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ml_bundle: an estate is built, kept, changed with the least disruption, pruned, and told of truthfully."""

import pytest

from modules.estates import INDEX, KINDS, build, estate, of, start, states

REFUSAL = {"status": 400, "body": '{"error": {"type": "illegal", "reason": "boom"}, "status": 400}'}


@pytest.fixture
def built(server):
    build(server)
    return server


@pytest.fixture
def estate_of_newest(newest):
    build(newest)
    return newest


def refuse(server, method: str, path: str) -> None:
    server.control(
        "faults", [{"method": method, "path": path, "times": 9, "content_type": "application/json", **REFUSAL}]
    )


def test_an_estate_is_built_once(server):
    server.reset(indices=[INDEX])
    foretold = server.run("ml_bundle", check=True, diff=True, **estate())
    assert foretold.changed
    assert foretold.writes == []
    assert foretold.msg == (
        "would create 2 jobs (web-1, web-2), 2 datafeeds (feed-1, feed-2), 1 data frame analytics (churn), "
        "1 calendar (sales), 1 filter (safe)"
    )
    outcome = server.run("ml_bundle", **estate())
    assert not outcome.failed, outcome.msg
    assert outcome.msg == foretold.msg.replace("would create", "created")
    assert outcome.declared_writes == foretold.declared_writes
    assert outcome.summary["total"] == {"matched": 7, "changed": 7, "unchanged": 0, "failed": 0, "not_tried": 0}
    again = server.run("ml_bundle", diff=True, **estate())
    assert (again.changed, again.writes, again.diff) == (False, [], [])
    assert again.msg == "7 were as declared already"
    assert {kind: [entry["actions"] for entry in again.result[kind]] for kind in KINDS} == {
        kind: [[]] * len(estate()[kind]) for kind in KINDS
    }


def test_things_come_before_what_needs_them(newest):
    newest.reset(indices=[INDEX])
    outcome = newest.run("ml_bundle", **estate())
    order = ["filters", "anomaly_detectors", "calendars", "datafeeds", "data_frame"]
    created = [line.split("/")[2] for line in outcome.writes if line.startswith("PUT") or line.endswith("/events")]
    assert [kind for number, kind in enumerate(created) if kind not in created[:number]] == order


@pytest.mark.parametrize("number", [2, 40])
def test_readings_do_not_grow_with_the_estate(newest, number):
    newest.reset(indices=[INDEX])
    jobs = [dict(estate()["jobs"][0], job_id=f"web-{n}") for n in range(number)]
    feeds = [{"datafeed_id": f"feed-{n}", "job_id": f"web-{n}", "indices": ["source"]} for n in range(number)]
    declared = estate(jobs=jobs, datafeeds=feeds)
    assert not newest.run("ml_bundle", **declared).failed
    assert len(newest.run("ml_bundle", **declared).lines) == 6
    declared["jobs"][1]["description"] = "other"
    outcome = newest.run("ml_bundle", **declared)
    assert outcome.writes == ["POST /_ml/anomaly_detectors/web-1/_update"]
    assert len(outcome.lines) == 7


MEMORY = {"jobs__0__analysis_limits": {"model_memory_limit": "64mb"}}
SCROLL = {"datafeeds__0__scroll_size": 500}
STOP, CLOSE = "POST /_ml/datafeeds/feed-1/_stop?timeout=30m", "POST /_ml/anomaly_detectors/web-1/_close?timeout=30m"
OPEN, START = "POST /_ml/anomaly_detectors/web-1/_open?timeout=30m", "POST /_ml/datafeeds/feed-1/_start?timeout=30m"
UPDATE_JOB, UPDATE_FEED = "POST /_ml/anomaly_detectors/web-1/_update", "POST /_ml/datafeeds/feed-1/_update"


@pytest.mark.parametrize(
    ("changes", "writes"),
    [
        ({"jobs__0__description": "other"}, [UPDATE_JOB]),
        (MEMORY, [STOP, CLOSE, UPDATE_JOB, OPEN, START]),
        (SCROLL, [STOP, UPDATE_FEED, START]),
        ({**MEMORY, **SCROLL}, [STOP, CLOSE, UPDATE_JOB, UPDATE_FEED, OPEN, START]),
        ({"filters__0__items": ["a", "c"]}, ["POST /_ml/filters/safe/_update"]),
    ],
    ids=["in place", "the job closed", "the datafeed stopped", "both, stopped once", "a filter"],
)
def test_least_disruption(built, changes, writes):
    start(built, 1, 2)
    before = states(built)
    outcome = built.run("ml_bundle", **estate(**changes))
    assert not outcome.failed, outcome.msg
    assert outcome.writes == writes
    assert states(built) == before
    assert not built.run("ml_bundle", **estate(**changes)).changed


def test_a_job_is_created_anew_with_a_change_of_its_datafeed(estate_of_newest):
    start(estate_of_newest, 1)
    changes = {"jobs__0__analysis_config__bucket_span": "30m", **SCROLL}
    refused = estate_of_newest.run("ml_bundle", **estate(**changes))
    assert refused.failed
    assert refused.writes == []
    assert "analysis_config.bucket_span cannot be changed in place" in refused.msg
    assert refused.msg.count("nothing was changed") == 1
    refused = estate_of_newest.run("ml_bundle", on_immutable_change="recreate", **estate(**changes))
    assert refused.writes == []
    assert "Set force: true" in refused.msg
    outcome = estate_of_newest.run("ml_bundle", on_immutable_change="recreate", force=True, **estate(**changes))
    assert outcome.msg.startswith("recreated 1 job (web-1); updated 1 datafeed (feed-1)")
    assert states(estate_of_newest) == {"web-1": "opened", "web-2": "closed", "feed-1": "started", "feed-2": "stopped"}
    again = estate_of_newest.run("ml_bundle", **estate(**changes))
    assert (again.changed, again.writes) == (False, [])


def test_refusals_of_several_kinds_are_all_told(estate_of_newest):
    changes = {"jobs__0__analysis_config__bucket_span": "30m", "calendars__0__description": "other"}
    outcome = estate_of_newest.run("ml_bundle", **estate(**changes))
    assert outcome.writes == []
    assert "job web-1" in outcome.msg
    assert "calendar sales" in outcome.msg


def test_what_depends_on_a_failure_is_not_tried(estate_of_newest):
    more = [dict(estate()["jobs"][0], job_id=f"web-{n}") for n in (3, 4)]
    feeds = [{"datafeed_id": f"feed-{n}", "job_id": f"web-{n}", "indices": ["source"]} for n in (3, 4)]
    refuse(estate_of_newest, "PUT", "/_ml/anomaly_detectors/web-3")
    outcome = estate_of_newest.run("ml_bundle", jobs=more, datafeeds=feeds, continue_on_error=True)
    assert outcome.failed
    assert outcome.msg == (
        "could not create job web-3: the server answered 400 illegal: boom. created 1 job (web-4), 1 datafeed "
        "(feed-4); failed: 1 job (web-3); not tried: 1 datafeed (feed-3)"
    )
    assert of(outcome, "jobs")["web-3"]["error"]["reason"] == "boom"
    assert of(outcome, "datafeeds")["feed-3"]["error"]["type"] == "not_tried"
    assert of(outcome, "datafeeds")["feed-3"]["state"] == "absent"
    assert outcome.summary["total"] == {"matched": 4, "changed": 2, "unchanged": 0, "failed": 1, "not_tried": 1}
    assert "PUT /_ml/datafeeds/feed-3" not in outcome.writes


def test_nothing_is_begun_after_a_failure_and_what_was_stopped_runs_again(estate_of_newest):
    start(estate_of_newest, 1)
    refuse(estate_of_newest, "POST", "/_ml/filters/safe/_update")
    outcome = estate_of_newest.run("ml_bundle", **estate(**MEMORY, **SCROLL, filters__0__items=["c"]))
    assert outcome.failed
    assert [line for line in outcome.writes if "filters" not in line] == [STOP, CLOSE, OPEN, START]
    assert (of(outcome, "jobs")["web-1"]["state"], of(outcome, "jobs")["web-1"]["changed"]) == ("present", False)
    assert "not tried: 1 job (web-1), 1 datafeed (feed-1)" in outcome.msg
    assert states(estate_of_newest)["feed-1"] == "started"


@pytest.mark.parametrize("goes_on", [False, True], ids=["stops", "goes on"])
def test_what_was_deleted_is_created_whatever_else_fails(estate_of_newest, goes_on):
    calendar = {**estate()["calendars"][0], "description": "other"}
    changes = {
        "jobs__0__analysis_config__bucket_span": "30m",
        "jobs__1__description": "other",
        "filters__0__items": ["c"],
        "calendars__0": calendar,
    }
    refuse(estate_of_newest, "POST", "/_ml/filters/safe/_update")
    outcome = estate_of_newest.run(
        "ml_bundle", on_immutable_change="recreate", continue_on_error=goes_on, **estate(**changes)
    )
    assert outcome.failed
    assert "recreated 1 job (web-1), 1 calendar (sales)" in outcome.msg
    assert "not tried: 1 job (web-2)" in outcome.msg
    told = estate_of_newest.run("ml_bundle_info").bundle
    assert told["jobs"][0]["analysis_config"]["bucket_span"] == "30m"
    assert [feed["datafeed_id"] for feed in told["datafeeds"]] == ["feed-1", "feed-2"]
    assert (told["calendars"][0]["description"], len(told["calendars"][0]["events"])) == ("other", 1)


def test_return_items(estate_of_newest):
    changed = estate_of_newest.run("ml_bundle", return_items="changed", **estate(jobs__0__description="other"))
    assert [len(changed.result[kind]) for kind in KINDS] == [0, 1, 0, 0, 0]
    none = estate_of_newest.run("ml_bundle", return_items="none", **estate(jobs__0__description="another"))
    assert [none.result[kind] for kind in KINDS] == [[]] * 5
    assert none.summary["jobs"] == {"matched": 2, "changed": 1, "unchanged": 1, "failed": 0, "not_tried": 0}
    assert none.msg == "updated 1 job (web-1); 6 were as declared already"


def test_the_diff_has_a_part_for_each_item_that_changes(estate_of_newest):
    outcome = estate_of_newest.run("ml_bundle", check=True, diff=True, **estate(**SCROLL, filters__0__items=["a"]))
    assert [entry["before_header"] for entry in outcome.diff] == ["datafeeds/feed-1", "filters/safe"]
    assert "scroll_size: 1000" in outcome.diff[0]["before"]
    assert "scroll_size: 500" in outcome.diff[0]["after"]
    assert max(len(line) for entry in outcome.diff for line in entry["after"].splitlines()) <= 100


def test_check_mode_has_the_server_validate_jobs(newest):
    newest.reset(indices=[INDEX])
    declared = estate(jobs__1__analysis_config__detectors=[{"function": "mean"}])
    outcome = newest.run("ml_bundle", check=True, **declared)
    assert outcome.failed
    assert "web-2" in outcome.msg
    assert outcome.writes == []


def test_an_id_that_is_a_group_means_no_other_job(estate_of_newest):
    outcome = estate_of_newest.run("ml_bundle", jobs=[{"job_id": "web", "description": "other"}], check=True)
    assert outcome.failed
    assert "analysis_config and data_description must be declared" in outcome.msg
