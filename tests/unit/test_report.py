# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task says it did."""

import pytest

from ansible_collections.mlops.elastic.plugins.module_utils.apply import Outcome
from ansible_collections.mlops.elastic.plugins.module_utils.cluster import Request
from ansible_collections.mlops.elastic.plugins.module_utils.errors import MlError
from ansible_collections.mlops.elastic.plugins.module_utils.plan import Item, ItemPlan, arrange
from ansible_collections.mlops.elastic.plugins.module_utils.report import Report, listed
from ansible_collections.mlops.elastic.plugins.module_utils.resources.analytics import Analytics
from ansible_collections.mlops.elastic.plugins.module_utils.resources.job import Job

REQUESTS = [Request("GET", "/x"), Request("GET", "/x"), Request("POST", "/a/_close", template="/{id}/_close")]
LISTED = [{"method": "GET", "path": "/x", "times": 2}, {"method": "POST", "path": "/a/_close"}]
AFTER = {"closed": "closed", "absent": "absent", "opened": "opened", "flushed": "opened", "reset": "closed"}


def report_of(wanted, observed, resource=None, return_items="all"):
    """A report on items given as id to (observed state, actions)."""
    resource = resource or Job()
    planned = [
        ItemPlan(
            Item(id, state),
            actions,
            AFTER[wanted] if actions else state,
            any(not name.startswith("await") for name in actions),
        )
        for id, (state, actions) in observed.items()
    ]
    params = {"state": wanted, "return_items": return_items}
    return Report(resource, params, arrange(planned, resource.ACTIONS), ["web-*"])


def done(*actions, error=None, state=None, moved=True):
    outcome = Outcome()
    outcome.actions, outcome.error, outcome.state, outcome.moved = list(actions), error, state, moved
    return outcome


CLOSE = ("opened", ("close",))
IS_CLOSED = ("closed", ())
WAIT = ("closing", ("await_closed",))
REFUSED = MlError("no", status=409, type="status_exception", reason="because")


@pytest.mark.parametrize(
    ("wanted", "observed", "predicted", "achieved"),
    [
        ("closed", {}, "no job matches web-*; nothing to do", None),
        ("closed", {"a": IS_CLOSED}, "a was closed already", None),
        ("closed", {"a": IS_CLOSED, "b": IS_CLOSED}, "a, b were closed already", None),
        ("closed", {"a": CLOSE}, "would close job a", "closed job a"),
        (
            "closed",
            {"a": CLOSE, "b": CLOSE, "c": IS_CLOSED},
            "would close 2 of 3 jobs (a, b); c was closed already",
            "closed 2 of 3 jobs (a, b); c was closed already",
        ),
        ("closed", {"a": WAIT}, "would wait until a was closed", "waited until a was closed"),
        ("absent", {"a": ("missing", ())}, "a was absent already", None),
        ("absent", {"a": ("closed", ("delete",))}, "would delete job a", "deleted job a"),
    ],
)
def test_sentence(wanted, observed, predicted, achieved):
    report = report_of(wanted, observed)
    assert report.predicted([])["msg"] == predicted
    outcomes = {id: done(*actions) for id, (_state, actions) in observed.items()}
    assert report.achieved(outcomes, [])["msg"] == (achieved or predicted)


def test_result_of_a_run():
    report = report_of("closed", {"a": CLOSE, "b": IS_CLOSED, "c": WAIT})
    result = report.achieved({"a": done("close"), "b": done(), "c": done("await_closed")}, REQUESTS)
    assert result["changed"] is True
    assert result["jobs"] == [
        {"job_id": "a", "state_before": "opened", "state": "closed", "changed": True, "actions": ["close"]},
        {"job_id": "b", "state_before": "closed", "state": "closed", "changed": False, "actions": []},
        {"job_id": "c", "state_before": "closing", "state": "closed", "changed": False, "actions": ["await_closed"]},
    ]
    assert result["summary"] == {"matched": 3, "changed": 1, "unchanged": 2, "failed": 0}
    assert result["requests"] == LISTED
    assert result["diff"] == {"before": {"a": {"state": "opened"}}, "after": {"a": {"state": "closed"}}}


def test_check_mode_says_the_same_of_items():
    report = report_of("closed", {"a": CLOSE, "b": IS_CLOSED, "c": WAIT})
    outcomes = {"a": done("close"), "b": done(), "c": done("await_closed")}
    predicted, achieved = report.predicted(REQUESTS), report.achieved(outcomes, REQUESTS)
    assert {**predicted, "msg": ""} == {**achieved, "msg": ""}


def test_result_of_a_failed_run_keeps_what_was_done():
    report = report_of("closed", {"a": CLOSE, "b": CLOSE})
    result = report.achieved({"a": done("close"), "b": done(error=REFUSED)}, REQUESTS)
    assert result["changed"] is True
    assert result["msg"] == "closed 1 of 2 jobs (a); 1 failed (b)"
    assert result["summary"] == {"matched": 2, "changed": 1, "unchanged": 0, "failed": 1}
    assert result["jobs"][1] == {
        "job_id": "b",
        "state_before": "opened",
        "state": "opened",
        "changed": False,
        "actions": [],
        "error": {"status": 409, "type": "status_exception", "reason": "because", "msg": "no"},
    }
    assert list(result["diff"]["after"]) == ["a"]


@pytest.mark.parametrize(
    ("outcomes", "msg"),
    [
        ({"a": done(error=REFUSED)}, "no"),
        ({"a": done(error=REFUSED), "b": done(error=REFUSED)}, "no (and 1 more failed). 2 failed (a, b)"),
        ({"a": done("close"), "b": done(error=REFUSED)}, "no. closed 1 of 2 jobs (a); 1 failed (b)"),
        ({"a": done("close", error=REFUSED)}, "no. 1 failed (a after close)"),
        ({"a": done("close", error=REFUSED, state="closing")}, "no. 1 failed (a is closing)"),
    ],
)
def test_failure(outcomes, msg):
    report = report_of("closed", dict.fromkeys(outcomes, CLOSE))
    result = report.achieved(outcomes, REQUESTS)
    error = report.failure([outcome.error for outcome in outcomes.values() if outcome.error], result)
    assert error.msg == msg
    assert error.as_error() == REFUSED.as_error()
    assert error.result is result


def test_an_item_that_stopped_half_way_is_unknown():
    report = report_of("reset", {"a": ("opened", ("close", "reset"))})
    (item,) = report.achieved({"a": done("close", error=REFUSED)}, [])["jobs"]
    assert (item["state"], item["changed"], item["actions"]) == ("unknown", True, ["close"])


def test_a_deletion_that_is_left_to_itself():
    report = report_of("absent", {"a": ("closed", ("delete",))})
    result = report.achieved({"a": done("delete", state="deleting")}, [])
    assert result["jobs"][0]["state"] == "deleting"
    assert result["msg"] == "began to delete job a"


def test_a_flush_that_moved_nothing_is_no_change():
    report = report_of("flushed", {"a": ("opened", ("flush",))})
    result = report.achieved({"a": done("flush", moved=False)}, [])
    assert result["changed"] is False
    assert result["summary"]["unchanged"] == 1


def test_words_of_the_api_are_shown():
    report = report_of("absent", {"a": ("missing", ()), "b": ("finished", ())}, Analytics())
    items = report.predicted([])["data_frame_analytics"]
    assert [(item["id"], item["state_before"]) for item in items] == [("a", "absent"), ("b", "stopped")]


def test_many_ids_are_cut_in_the_sentence_only():
    report = report_of("closed", {f"job-{number}": CLOSE for number in range(200)})
    result = report.predicted([])
    assert "and 190 more" in result["msg"]
    assert len(result["jobs"]) == 200


@pytest.mark.parametrize(
    ("return_items", "listed", "closing"),
    [("all", ["a", "b", "c"], "/a/_close"), ("changed", ["a", "c"], "/a/_close"), ("none", ["c"], "/{id}/_close")],
)
def test_a_result_holds_the_items_that_were_asked_for_and_every_failure(return_items, listed, closing):
    report = report_of("closed", {"a": CLOSE, "b": IS_CLOSED, "c": CLOSE}, return_items=return_items)
    result = report.achieved({"a": done("close"), "b": done(), "c": done(error=REFUSED)}, REQUESTS)
    assert [item["job_id"] for item in result["jobs"]] == listed
    assert result["requests"][-1]["path"] == closing
    assert result["summary"] == {"matched": 3, "changed": 1, "unchanged": 1, "failed": 1}


def test_equal_requests_in_a_row_are_counted():
    look, close = Request("GET", "/x"), Request("POST", "/x")
    assert listed([look, look, look, close, look]) == [
        {"method": "GET", "path": "/x", "times": 3},
        {"method": "POST", "path": "/x"},
        {"method": "GET", "path": "/x"},
    ]
