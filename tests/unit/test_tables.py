# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state tables: every observed state has its cell for every wanted one."""

import pytest

from ansible_collections.mlops.elastic.plugins.module_utils.errors import Refused
from ansible_collections.mlops.elastic.plugins.module_utils.plan import Item
from ansible_collections.mlops.elastic.plugins.module_utils.resources.analytics import Analytics
from ansible_collections.mlops.elastic.plugins.module_utils.resources.datafeed import Datafeed
from ansible_collections.mlops.elastic.plugins.module_utils.resources.job import Job

UNDECLARED = {"wait_for": None}

NEEDS_FORCE = "set force: true"
NOT_OPEN = "only an opened job can be flushed"
DELETING = "it is being deleted"

JOB = {
    "closed": {
        "opened": ("open",),
        "closed": (),
        "flushed": NOT_OPEN,
        "reset": ("reset",),
        "absent": ("delete",),
    },
    "opening": {
        "opened": ("await_opened",),
        "closed": ("close",),
        "flushed": ("await_opened", "flush"),
        "reset": ("close", "reset"),
        "absent": ("close", "delete"),
    },
    "opened": {
        "opened": (),
        "closed": ("close",),
        "flushed": ("flush",),
        "reset": ("close", "reset"),
        "absent": ("close", "delete"),
    },
    "closing": {
        "opened": ("await_closed", "open"),
        "closed": ("await_closed",),
        "flushed": NOT_OPEN,
        "reset": ("await_closed", "reset"),
        "absent": ("await_closed", "delete"),
    },
    "failed": {
        "opened": NEEDS_FORCE,
        "closed": NEEDS_FORCE,
        "flushed": NOT_OPEN,
        "reset": NEEDS_FORCE,
        "absent": NEEDS_FORCE,
    },
    "deleting": {
        "opened": DELETING,
        "closed": DELETING,
        "flushed": DELETING,
        "reset": DELETING,
        "absent": ("await_deleted",),
    },
    "missing": {"absent": ()},
}
JOB_FORCED = {
    "failed": {
        "opened": ("close", "open"),
        "closed": ("close",),
        "flushed": NOT_OPEN,
        "reset": ("close", "reset"),
        "absent": ("delete",),
    },
    "closing": {
        "opened": ("await_closed", "open"),
        "closed": ("close",),
        "flushed": NOT_OPEN,
        "reset": ("close", "reset"),
        "absent": ("close", "delete"),
    },
}

RUNNING = {"started": (), "stopped": ("stop",), "absent": ("stop", "delete")}
ANALYTICS = {
    "stopped": {"started": ("start",), "stopped": (), "absent": ("delete",)},
    "finished": {"started": (), "stopped": (), "absent": ("delete",)},
    "starting": RUNNING,
    "started": RUNNING,
    "reindexing": RUNNING,
    "analyzing": RUNNING,
    "stopping": {
        "started": ("await_stopped", "start"),
        "stopped": ("await_stopped",),
        "absent": ("await_stopped", "delete"),
    },
    "failed": dict.fromkeys(["started", "stopped", "absent"], NEEDS_FORCE),
    "missing": {"absent": ()},
}
ANALYTICS_FORCED = {
    "failed": {"started": ("stop", "start"), "stopped": ("stop",), "absent": ("stop", "delete")},
    "stopping": {"started": ("await_stopped", "start"), "stopped": ("stop",), "absent": ("stop", "delete")},
}

DATAFEED = {
    "stopped": {"started": ("start",), "stopped": (), "absent": ("delete",)},
    "starting": {"started": ("await_started",), "stopped": ("stop",), "absent": ("stop", "delete")},
    "started": {"started": (), "stopped": ("stop",), "absent": ("stop", "delete")},
    "stopping": {
        "started": ("await_stopped", "start"),
        "stopped": ("await_stopped",),
        "absent": ("await_stopped", "delete"),
    },
    "missing": {"absent": ()},
}
DATAFEED_FORCED = {"stopping": ANALYTICS_FORCED["stopping"]}


def cells(resource, table, forced):
    for force in (False, True):
        for observed, row in {**table, **(forced if force else {})}.items():
            for wanted, expected in row.items():
                yield pytest.param(
                    resource, observed, wanted, force, expected, id=f"{resource.MODULE}-{observed}-{wanted}-{force}"
                )


CELLS = [
    *cells(Job(), JOB, JOB_FORCED),
    *cells(Analytics(), ANALYTICS, ANALYTICS_FORCED),
    *cells(Datafeed(), DATAFEED, DATAFEED_FORCED),
]


def item(observed):
    flushing = {"target": 2, "finalized_end": 1, "interim": False, "skips": False}
    feeding = {"through": False, "job_state": "opened"}
    return Item("x", observed, {"stats": {"data_counts": {"input_record_count": 1}}, **flushing, **feeding})


@pytest.mark.parametrize(("resource", "observed", "wanted", "force", "expected"), CELLS)
def test_cell(resource, observed, wanted, force, expected):
    params = {"state": wanted, "force": force, **UNDECLARED}
    if isinstance(expected, str):
        with pytest.raises(Refused, match=expected) as refusal:
            resource.plan_item(item(observed), params)
        assert "x" in refusal.value.msg
        return
    planned = resource.plan_item(item(observed), params)
    assert planned.actions == expected
    assert planned.changes is any(not name.startswith("await") for name in expected)


@pytest.mark.parametrize(("resource", "table"), [(Job(), JOB), (Analytics(), ANALYTICS), (Datafeed(), DATAFEED)])
def test_no_cell_besides_these(resource, table):
    present = {(observed, wanted) for wanted, row in resource.TABLE.items() for observed in row}
    assert present == {(observed, wanted) for observed, row in table.items() for wanted in row}


@pytest.mark.parametrize("resource", [Job(), Analytics(), Datafeed()])
def test_actions_are_declared_in_the_order_in_which_a_cell_names_them(resource):
    order = list(resource.ACTIONS)
    for row in resource.TABLE.values():
        for cell in row.values():
            names = [] if isinstance(cell, str) else [name for name in cell if name != "force"]
            assert names == sorted(names, key=order.index)


@pytest.mark.parametrize(
    ("stats", "actions"),
    [
        ({}, ()),
        ({"data_counts": {}}, ()),
        ({"data_counts": {"input_record_count": 0, "bucket_count": 0}}, ()),
        ({"data_counts": {"input_record_count": 3}}, ("reset",)),
        ({"data_counts": {"processed_record_count": 3}}, ("reset",)),
        ({"data_counts": {"bucket_count": 1}}, ("reset",)),
    ],
)
def test_a_closed_job_is_reset_if_it_holds_data(stats, actions):
    planned = Job().plan_item(Item("x", "closed", {"stats": stats}), {"state": "reset", "force": False})
    assert planned.actions == actions


@pytest.mark.parametrize(
    ("wanted", "observed", "version", "actions"),
    [
        ("closed", "opened", (7, 13), ("stop_datafeed", "close")),
        ("closed", "opened", (7, 14), ("close",)),
        ("closed", "opened", None, ("stop_datafeed", "close")),
        ("reset", "opened", (7, 14), ("close", "reset")),
        ("absent", "opened", (7, 13), ("stop_datafeed", "close", "delete_datafeed", "delete")),
        ("absent", "opened", (7, 14), ("close", "delete_datafeed", "delete")),
        ("absent", "opened", (7, 15), ("close", "delete")),
        ("absent", "closed", (7, 13), ("stop_datafeed", "delete_datafeed", "delete")),
    ],
)
def test_datafeeds_that_the_server_leaves_alone(wanted, observed, version, actions):
    facts = {"stats": {"data_counts": {"bucket_count": 1}}, "version": version, "datafeeds": {"feed": "started"}}
    planned = Job().plan_item(Item("x", observed, facts), {"state": wanted, "force": False})
    assert planned.actions == actions


@pytest.mark.parametrize(
    ("block", "wanted", "expected"),
    [
        ("free", "opened", ("open",)),
        ("resetting", "opened", ("await_unblocked", "open")),
        ("reverting", "opened", ("await_unblocked", "open")),
        ("resetting", "reset", ("await_unblocked",)),
        ("reverting", "reset", ("await_unblocked", "reset")),
        ("deleting", "opened", DELETING),
        ("deleting", "reset", DELETING),
    ],
)
def test_blocked_job(block, wanted, expected):
    facts = {"stats": {"data_counts": {"bucket_count": 1}}, "block": block}
    if isinstance(expected, str):
        with pytest.raises(Refused, match=expected):
            Job().plan_item(Item("x", "closed", facts), {"state": wanted, "force": False})
    else:
        planned = Job().plan_item(Item("x", "closed", facts), {"state": wanted, "force": False})
        assert planned.actions == expected


@pytest.mark.parametrize(
    ("observed", "actions"),
    [
        ("stopped", ("start", "await_finished")),
        ("started", ("await_finished",)),
        ("reindexing", ("await_finished",)),
        ("stopping", ("await_stopped", "start", "await_finished")),
        ("finished", ()),
    ],
)
def test_analytics_that_shall_finish(observed, actions):
    planned = Analytics().plan_item(item(observed), {"state": "started", "force": False, "wait_for": "finished"})
    assert planned.actions == actions
    assert planned.state == "finished"


@pytest.mark.parametrize(
    ("stats", "state"),
    [
        ({"state": "stopped"}, "stopped"),
        ({"state": "stopped", "progress": []}, "stopped"),
        ({"state": "stopped", "progress": [{"progress_percent": 100}, {"progress_percent": 99}]}, "stopped"),
        ({"state": "stopped", "progress": [{"progress_percent": 100}, {"progress_percent": 100}]}, "finished"),
        ({"state": "started", "progress": [{"progress_percent": 100}]}, "started"),
        ({"state": "failed", "progress": [{"progress_percent": 100}]}, "failed"),
    ],
)
def test_finished_analytics(stats, state):
    assert Analytics().state_of(stats) == state


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"through": True, "job_state": "closed"}, ()),
        ({"through": False, "job_state": "opening"}, ("start",)),
        ({"through": False, "job_state": "closed"}, "its job web is closed; open the job first"),
        ({"through": False, "job_state": "missing"}, "its job web is missing"),
    ],
)
def test_datafeed_needs_an_open_job_unless_its_look_back_is_complete(facts, expected):
    stopped, params = Item("x", "stopped", {"job_id": "web", **facts}), {"state": "started", "force": False}
    if isinstance(expected, str):
        with pytest.raises(Refused, match=expected):
            Datafeed().plan_item(stopped, params)
    else:
        assert Datafeed().plan_item(stopped, params).actions == expected
