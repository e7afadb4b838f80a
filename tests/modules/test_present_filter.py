# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters as declared: created, changed by one update, deleted, read, and otherwise left alone."""

import pytest

from modules import declaring
from modules.declaring import bodies, read

FILTERS = "/_ml/filters"
LOST = {"bad-gateway": {"status": 502, "body": "<html>", "content_type": "text/html"}, "dropped": {"drop": True}}


def present(server, **options):
    return declaring.present(server, "ml_filter", "filters", **options)


def stored(server, id="f"):
    return read(server, f"{FILTERS}/{id}")["filters"][0]


def test_creating(server):
    server.reset()
    created = present(server, filter_id="f", description="d", items=["b", "a", "b"])
    assert created.writes == [f"PUT {FILTERS}/f"]
    assert created.msg == "created filter f"
    assert stored(server) == {"filter_id": "f", "description": "d", "items": ["a", "b"]}
    assert created.diff == [
        {
            "before_header": "filters/f",
            "after_header": "filters/f (create)",
            "before": "",
            "after": "description: d\nitems:\n- a\n- b\n",
        }
    ]


def test_creating_one_of_which_nothing_is_said(server):
    assert present(server, filter_id="f").writes == [f"PUT {FILTERS}/f"]
    assert stored(server) == {"filter_id": "f", "items": []}


UPDATES = {
    "items": ({"items": ["c", "b"]}, {"add_items": ["c"], "remove_items": ["a"]}),
    "more items": ({"items": ["a", "b", "c", "d"]}, {"add_items": ["c", "d"]}),
    "fewer items": ({"items": ["b"]}, {"remove_items": ["a"]}),
    "no items": ({"items": []}, {"remove_items": ["a", "b"]}),
    "description": ({"description": "new", "items": ["b", "a"]}, {"description": "new"}),
    "no description": ({"description": ""}, {"description": ""}),
    "all": ({"description": "new", "items": ["z"]}, {"description": "new", "add_items": ["z"]}),
}


@pytest.mark.parametrize("case", UPDATES)
def test_one_update_carries_what_differs(server, case):
    options, sent = UPDATES[case]
    if case == "all":
        sent = {**sent, "remove_items": ["a", "b"]}
    server.reset(filters=[{"filter_id": "f", "description": "d", "items": ["a", "b"]}])
    updated = present(server, filter_id="f", **options)
    assert updated.writes == [f"POST {FILTERS}/f/_update"]
    assert bodies(updated) == [sent]
    assert updated.filters[0]["differences"] == [name for name in ("description", "items") if name in "".join(sent)]
    after = stored(server)
    assert after["items"] == sorted(options.get("items", ["a", "b"]))
    assert after["description"] == options.get("description", "d")


@pytest.mark.parametrize("options", [{}, {"items": ["b", "a", "a"]}, {"description": "d"}])
def test_what_is_as_declared_is_left_alone(server, options):
    server.reset(filters=[{"filter_id": "f", "description": "d", "items": ["a", "b"]}])
    outcome = server.run("ml_filter", filter_id="f", **options)
    assert (outcome.changed, outcome.lines) == (False, [f"GET {FILTERS}/f"])
    assert outcome.msg == "filter f was as declared already"


def test_expressions(server):
    server.reset(filters=[{"filter_id": name, "items": ["a"]} for name in ("f1", "f2", "g")])
    changed = present(server, filter_id=["f*", "new"], items=["a", "b"], exclude=["*2"])
    assert sorted(changed.writes) == [f"POST {FILTERS}/f1/_update", f"PUT {FILTERS}/new"]
    assert changed.summary == {"matched": 2, "changed": 2, "unchanged": 0, "failed": 0}
    assert stored(server, "f2")["items"] == stored(server, "g")["items"] == ["a"]
    assert present(server, filter_id="nobody-*", items=["a"]).changed is False
    refused = server.run("ml_filter", filter_id="_all", items=["z"], max_affected=2)
    assert "max_affected: 4 of 4 filters would be changed" in refused.msg
    deleted = server.run("ml_filter", filter_id=["f*", "new", "missing"], state="absent")
    assert sorted(deleted.writes) == [f"DELETE {FILTERS}/{name}" for name in ("f1", "f2", "new")]
    assert read(server, FILTERS)["filters"] == [{"filter_id": "g", "items": ["a"]}]


def test_one_that_is_in_use_stays(server):
    rule = {"actions": ["skip_result"], "scope": {"host": {"filter_id": "f"}}}
    detector = {"function": "count", "by_field_name": "host", "custom_rules": [rule]}
    server.reset(
        filters=[{"filter_id": "f"}],
        jobs=[{"job_id": "j", "analysis_config": {"bucket_span": "1h", "detectors": [detector]}}],
    )
    refused = server.run("ml_filter", filter_id="f", state="absent")
    assert refused.failed
    assert refused.error["status"] == 409
    assert "Cannot delete filter [f] currently used by jobs [j]" in refused.msg
    assert stored(server)["filter_id"] == "f"


def test_reading(server):
    server.reset(filters=[{"filter_id": f"f{n:04}", "items": ["b", "a"]} for n in range(1200)])
    told = server.run("ml_filter_info")
    assert len(told.filters) == 1200
    assert told.filters[0] == {"filter_id": "f0000", "config": {"filter_id": "f0000", "items": ["a", "b"]}}
    assert told.lines == [f"GET {FILTERS}?from=0&size=1000", f"GET {FILTERS}?from=1000&size=1000"]
    assert [entry["filter_id"] for entry in server.run("ml_filter_info", filter_id=["f0007", "f111*"]).filters] == [
        "f0007",
        *(f"f{n}" for n in range(1110, 1120)),
    ]
    missing = server.run("ml_filter_info", filter_id=["f0007", "nobody"])
    assert (missing.failed, missing.error["status"]) == (True, 404)
    everything = server.run("ml_filter", filter_id="_all", description="d", check=True)
    assert everything.summary["changed"] == 1200
    assert everything.lines == told.lines


@pytest.mark.parametrize("carried_out", [False, True], ids=["in-vain", "carried-out"])
@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize(
    ("method", "options"),
    [
        ("PUT", {"filter_id": "new", "items": ["x"]}),
        ("POST", {"filter_id": "f", "items": ["b", "c"]}),
        ("DELETE", {"filter_id": "f", "state": "absent"}),
    ],
)
def test_an_answer_that_is_lost(server, method, options, fault, carried_out):
    server.reset(filters=[{"filter_id": "f", "items": ["a", "b"]}])
    server.control("faults", [{"method": method, "path": "*", "after": carried_out, **LOST[fault]}])
    outcome = server.run("ml_filter", **options, max_retries=0)
    assert not outcome.failed, outcome.msg
    assert outcome.changed
    second = server.run("ml_filter", **options)
    assert (second.changed, second.writes) == (False, [])


def test_an_update_that_is_sent_again_removes_what_is_still_there(newest):
    newest.reset(filters=[{"filter_id": "f", "items": ["a", "b"]}])
    lost = {"method": "POST", "path": "*/_update", "status": 502, "body": "<html>", "content_type": "text/html"}
    newest.control("faults", [lost])
    changed = []

    def meddle():
        changed.append(newest.run("ml_filter", filter_id="f", items=["b"]).changed)

    with newest.once_waiting(meddle):
        outcome = newest.run("ml_filter", filter_id="f", items=["b", "c"], max_retries=0)
    assert (changed, outcome.failed) == ([True], False)
    assert stored(newest)["items"] == ["b", "c"]
