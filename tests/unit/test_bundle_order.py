# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of a bundle's steps, and what is done once although several items ask for it."""

import pytest

from ansible_collections.mlops.elastic.plugins.module_utils import bundle_order
from ansible_collections.mlops.elastic.plugins.module_utils.actions import Action
from ansible_collections.mlops.elastic.plugins.module_utils.bundle_kinds import KINDS
from ansible_collections.mlops.elastic.plugins.module_utils.plan import Item, ItemPlan, Plan, Step

OF = {kind.RESULT: kind for kind in KINDS}


def plans(described: dict[str, list[str]]) -> dict:
    """Plans by kind of texts such as `stop_datafeed feed<job`: an action, whom it is done to, for which item."""
    found = {}
    for option, texts in described.items():
        steps = []
        for text in texts:
            name, subject = text.split()
            subject, _sign, owner = subject.partition("<")
            action = Action(name, look=lambda cluster, ids, params: {}, done=frozenset())
            steps.append(Step(action, [(subject, f"{option}/{owner or subject}")]))
        found[OF[option]] = Plan([], steps, {})
    return found


@pytest.mark.parametrize(
    ("present", "absent", "in_the_way", "expected"),
    [
        (
            {
                "jobs": ["create j"],
                "datafeeds": ["create d"],
                "data_frame_analytics": ["create a"],
                "calendars": ["create c", "add_events c"],
                "filters": ["create f"],
            },
            {},
            (),
            "create f, create j, create c, add_events c, create d, create a",
        ),
        (
            {
                "jobs": ["stop_datafeed d<j", "close_job j", "update j", "open_job j", "start_datafeed d<j"],
                "datafeeds": ["stop_datafeed d", "update d", "start_datafeed d"],
            },
            {},
            (),
            "stop_datafeed d<j, close_job j, update j, update d, open_job j, start_datafeed d<j",
        ),
        (
            {
                "jobs": ["delete_datafeed d<j", "delete j", "create j", "create_datafeed d<j", "join_calendar c<j"],
                "datafeeds": ["delete d", "create d"],
                "calendars": ["delete c", "create c"],
            },
            {},
            (),
            "delete d, delete j, delete c, create j, create c, create d",
        ),
        (
            {"filters": ["update f"], "data_frame_analytics": ["stop a", "update a", "start a"]},
            {
                "jobs": ["close j", "delete j"],
                "datafeeds": ["stop d", "delete d"],
                "data_frame_analytics": ["delete b"],
                "calendars": ["delete c"],
                "filters": ["delete g"],
            },
            (),
            "stop a, update f, update a, start a, delete b, stop d, delete d, close j, delete j, delete c, delete g",
        ),
        (
            {
                "jobs": ["stop_datafeed old<j", "close_job j", "update j", "open_job j", "start_datafeed old<j"],
                "datafeeds": ["create new"],
            },
            {"datafeeds": ["stop old", "stop other", "delete old", "delete other"]},
            ("old",),
            "stop_datafeed old<j, close_job j, update j, delete old, create new, open_job j, stop other, delete other",
        ),
        (
            {
                "jobs": ["delete_datafeed old<j", "delete j", "create j", "create_datafeed old<j"],
                "datafeeds": ["create new"],
            },
            {"datafeeds": ["delete old"]},
            ("old",),
            "delete old, delete j, create j, create new",
        ),
        (
            {"jobs": ["stop_datafeed d<j", "close_job j", "update j", "open_job j", "start_datafeed d<j"]},
            {"datafeeds": ["stop d", "delete d"]},
            (),
            "stop_datafeed d<j, close_job j, update j, open_job j, start_datafeed d<j, stop d, delete d",
        ),
    ],
    ids=[
        "creating",
        "stopped once",
        "created anew",
        "pruned last",
        "pruned where it is in the way",
        "the same of a job that is created anew",
        "stopped again",
    ],
)
def test_order(present, absent, in_the_way, expected):
    steps = bundle_order.steps(plans(present), plans(absent), set(in_the_way))
    assert ", ".join(told(step) for step in steps) == expected


def told(step: Step) -> str:
    ((subject, owner),) = step.subjects
    own = owner.partition("/")[2]
    return f"{step.action.name} {subject}{'' if own == subject else f'<{own}'}"


RULES = {"detectors": [{"custom_rules": [{"scope": {"host": {"filter_id": "f"}}}]}, {"function": "count"}]}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"jobs/j": {"analysis_config": RULES}, "filters/f": {}}, {"jobs/j": ["filters/f"]}),
        ({"jobs/j": {}, "datafeeds/d": {"job_id": "j"}}, {"datafeeds/d": ["jobs/j"]}),
        ({"jobs/j": {}, "calendars/c": {"job_ids": ["group", "j"]}}, {"calendars/c": ["jobs/j"]}),
        ({"jobs/k": {}, "datafeeds/d": {"job_id": "j"}, "calendars/c": {}, "data_frame_analytics/a": {}}, {}),
    ],
    ids=["filters of a job", "the job of a datafeed", "members of a calendar", "nothing"],
)
def test_what_is_needed(changed, expected):
    present = {}
    for key, declared in changed.items():
        option, _slash, id = key.partition("/")
        item = Item(id, "missing", {"declared": declared}, option)
        present[OF[option]] = Plan([ItemPlan(item, ("create",), "present", True)], [], {})
    assert bundle_order.needs(present) == expected
