# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A genuine server understands the search for messages, and says in its own way who may not have them."""

from contextlib import contextmanager

import pytest

from ansible_collections.mlops.elastic.plugins.module_utils.cluster import Cluster
from ansible_collections.mlops.elastic.plugins.module_utils.health.messages import Notebook
from ansible_collections.mlops.elastic.plugins.module_utils.waiting import Budget
from connection.places import PASSWORD, complete
from connection.rows import MESSAGES, READ
from simulator.system_indices import NOTIFICATIONS_MAPPING

INDEX = ".ml-notifications-000002"
MAPPING = {
    "dynamic": "false",
    "properties": {
        "job_id": {"type": "keyword"},
        "level": {"type": "keyword"},
        "message": {"type": "text", "fields": {"raw": {"type": "keyword", "ignore_above": 1024}}},
        "timestamp": {"type": "date"},
        "job_type": {"type": "keyword"},
        "cleared": {"type": "boolean"},
    },
}
HOUR = 3_600_000
ROLES = {
    "reads_messages": [MESSAGES],
    "reads_something_else": [READ],
    "reads_nothing": [],
}
NOTED = (
    ("j", "error", "newest", 1, {}),
    ("j", "warning", "a warning", 2, {}),
    ("j", "info", "Opening job on node [n]", 3, {}),
    ("j", "info", "Job created", 4, {}),
    ("j", "error", "cleared", 5, {"cleared": True}),
    ("j", "error", "of an analysis", 6, {"job_type": "data_frame_analytics"}),
    ("j", "error", "without a type", 7, {"job_type": None}),
    ("k", "error", "of another job", 1, {}),
    ("j", "error", "of the past", 30, {}),
)
TOLD = ["newest", "a warning", "Opening job on node [n]", "without a type"]


@pytest.fixture
def noted(genuine_place):
    """A node with messages in it, and people who may read them or not."""
    node = genuine_place.node
    if node.status(f"/{INDEX}", None) == 404:
        node.api("PUT", f"/{INDEX}", {"mappings": MAPPING})
        node.api("PUT", f"/{READ['names'][0]}")
        now = node.api("GET", "/_nodes/_local/stats/jvm")["nodes"].popitem()[1]["timestamp"]
        for job_id, level, message, hours, more in NOTED:
            document = {"job_id": job_id, "level": level, "message": message, "timestamp": now - hours * HOUR}
            document.update({"job_type": "anomaly_detector", **more})
            node.api("POST", f"/{INDEX}/_doc?refresh=true", document)
        for name, indices in ROLES.items():
            node.api("PUT", f"/_security/role/{name}", {"cluster": ["monitor_ml"], "indices": indices})
            node.api("PUT", f"/_security/user/{name}", {"password": PASSWORD, "roles": [name]})
    return genuine_place


@contextmanager
def notebook(place, user):
    options = complete(place.options(username=user, password=PASSWORD))
    cluster = Cluster(options, "test", Budget(10))
    try:
        yield Notebook(cluster, "anomaly_detector")
    finally:
        cluster.close()


@pytest.mark.parametrize(("seconds", "expected"), [(86_400, TOLD), (None, [*TOLD, "of the past"])])
def test_messages_are_found(noted, seconds, expected):
    with notebook(noted, "reads_messages") as read:
        assert [note.text for note in read.read({"j"}, seconds)["j"]] == expected
        assert read.warnings == []


@pytest.mark.parametrize(
    ("user", "words"),
    [("reads_nothing", "is unauthorized for user"), ("reads_something_else", "the user may not read")],
)
def test_who_may_not_read_is_told(noted, user, words):
    with notebook(noted, user) as read:
        assert read.read({"j"}, 60) == {}
        assert words in read.warnings[0]


def test_mapping_is_that_of_the_simulator():
    assert NOTIFICATIONS_MAPPING["properties"] == {**MAPPING["properties"], "node_name": {"type": "keyword"}}
