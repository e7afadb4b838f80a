# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Licences, tasks, health, state, settings and nodes of the simulated cluster."""

import asyncio

import pytest

EVERY_VERSION = ("7.3.0", "7.10.0", "7.17.29", "8.19.21", "9.5.3")
JOBS = "/_ml/anomaly_detectors"
RUNNING = {
    "indices": ["source"],
    "jobs": [{"job_id": "j", "state": "opened", "datafeed": {"datafeed_id": "d", "state": "started"}}],
    "analytics": [{"id": "a", "state": "started"}],
}
DESCRIPTIONS = ["data_frame_analytics-a", "datafeed-d", "job-j"]


@pytest.fixture
def busy(api):
    def of(version="9.5.3"):
        server = api(version)
        server.control("seed", RUNNING)
        return server

    return of


def the_node(reply):
    (node,) = reply.json()["nodes"].values()
    return node


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_a_trial_is_had_once(api, version):
    server = api(version, licence="basic")
    assert server("GET", "/_license/trial_status").json() == {"eligible_to_start_trial": True}
    hesitating = server("POST", "/_license/start_trial").json()
    assert (hesitating["trial_was_started"], hesitating["error_message"]) == (
        False,
        "Operation failed: Needs acknowledgement.",
    )
    started = server("POST", "/_license/start_trial?acknowledge=true").json()
    assert started == {"acknowledged": True, "trial_was_started": True, "type": "trial"}
    uid = server("GET", "/_license").json()["license"]["uid"]
    assert server("DELETE", "/_license").json() == {"acknowledged": True}
    licence = server("GET", "/_license").json()["license"]
    assert (licence["type"], "expiry_date" in licence, licence["uid"] != uid) == ("basic", False, True)
    again = server("POST", "/_license/start_trial?acknowledge=true")
    assert (again.status_code, again.json()["error_message"]) == (
        403,
        "Operation failed: Trial was already activated.",
    )


@pytest.mark.parametrize(
    ("version", "parameter", "shown"),
    [
        ("7.3.0", "", False),
        ("7.10.0", "", True),
        ("7.17.29", "", False),
        ("7.17.29", "?accept_enterprise=true", True),
        ("7.17.29", "?accept_enterprise=false", False),
        ("9.5.3", "?accept_enterprise=true", True),
        ("9.5.3", "?accept_enterprise=false", None),
        ("7.3.0", "?accept_enterprise=true", None),
    ],
)
def test_who_accepts_enterprise_licences(api, version, parameter, shown):
    reply = api(version)("GET", f"/_license{parameter}")
    assert (reply.status_code == 400) if shown is None else (("max_resource_units" in reply.text) == shown)


@pytest.mark.parametrize(("kind", "available"), [("trial", True), ("basic", False), ("expired", False)])
def test_what_a_licence_allows(api, kind, available):
    server = api("9.5.3", licence=kind)
    assert server("GET", "/_xpack").json()["features"]["ml"] == {"available": available, "enabled": True}
    assert set(server("GET", "/_xpack?categories=license&human=false").json()) == {"license"}
    refused = server("GET", "/_xpack?categories=nope").json()["error"]["reason"]
    assert refused == "No enum constant org.elasticsearch.protocol.xpack.XPackInfoRequest.Category.NOPE"


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_what_runs_is_listed(busy, version):
    node = the_node(busy(version)("GET", "/_tasks?actions=xpack/ml/*&detailed"))
    tasks = list(node["tasks"].values())
    assert [task["description"] for task in tasks] == DESCRIPTIONS
    assert {task["type"] for task in tasks} == {"persistent"}
    assert ("cancelled" in tasks[0]) == (version not in ("7.3.0", "7.10.0"))
    assert ("ml" in node["roles"]) == (version != "7.3.0")


@pytest.mark.parametrize(
    ("parameters", "actions"),
    [
        ("", ["xpack/ml/data_frame/analytics[c]", "xpack/ml/datafeed[c]", "xpack/ml/job[c]"]),
        ("&actions=xpack/ml/job*", ["xpack/ml/job[c]"]),
        ("&nodes=_local&actions=*datafeed*", ["xpack/ml/datafeed[c]"]),
        ("&nodes=other", []),
        ("&parent_task_id=none:1", []),
    ],
)
def test_choosing_among_tasks(busy, parameters, actions):
    tasks = busy()("GET", f"/_tasks?group_by=none{parameters}").json()["tasks"]
    assert [task["action"] for task in tasks if not task["action"].startswith("cluster:monitor/")] == actions
    assert all("description" not in task for task in tasks)


def test_children_stand_with_their_parents(busy):
    tasks = busy()("GET", "/_tasks?group_by=parents&actions=*lists*").json()["tasks"]
    (listing,) = tasks.values()
    assert [child["action"] for child in listing["children"]] == ["cluster:monitor/tasks/lists[n]"]


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        ("{node}:99999", ("resource_not_found_exception", "task [{node}:99999] is not found")),
        ("other:1", ("no_such_node_exception", "No such node [other]")),
        ("{node}:{deletion}", ("illegal_argument_exception", "task [{node}:{deletion}] doesn't support cancellation")),
    ],
)
def test_tasks_that_are_not_cancelled(busy, task, expected):
    server = busy("8.19.21")
    cluster = server.server.cluster
    server.control("clock", {"freeze": True})
    server.control("jobs/gone", {"durations": {"deleting": "1m"}})
    server.control("seed", {"jobs": [{"job_id": "gone"}]})

    async def while_deleting():
        started = (await server.ask("DELETE", f"{JOBS}/gone?wait_for_completion=false")).json()["task"]
        names = {"node": cluster.node, "deletion": started.rpartition(":")[2]}
        reply = await server.ask("POST", f"/_tasks/{task.format(**names)}/_cancel")
        return reply, names

    reply, names = asyncio.run(while_deleting())
    (failure,) = reply.json()["node_failures"]
    assert (failure["caused_by"]["type"], failure["caused_by"]["reason"]) == (
        expected[0],
        expected[1].format(**names),
    )


def test_a_cancelled_persistent_task_ends_what_it_ran(busy):
    server = busy()
    server("POST", "/_tasks/_cancel?actions=xpack/ml/datafeed*")
    assert server("GET", "/_ml/datafeeds/d/_stats").json()["datafeeds"][0]["state"] == "stopped"
    assert server("GET", f"{JOBS}/j/_stats").json()["jobs"][0]["state"] == "opened"


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_persistent_tasks_of_the_state(busy, version):
    server = busy(version)
    path = "/_cluster/state/metadata?filter_path=metadata.persistent_tasks"
    before = server("GET", path).json()["metadata"]["persistent_tasks"]
    assert [task["id"] for task in before["tasks"]] == DESCRIPTIONS
    server("POST", "/_ml/datafeeds/d/_stop")
    server("POST", "/_ml/datafeeds/d/_start")
    after = server("GET", path).json()["metadata"]["persistent_tasks"]
    allocated = {task["id"]: task["allocation_id"] for task in after["tasks"]}
    assert allocated["job-j"] == before["tasks"][2]["allocation_id"]
    assert after["last_allocation_id"] == allocated["datafeed-d"] > before["last_allocation_id"]


def test_upgrade_mode_takes_tasks_from_their_node(busy):
    server = busy()
    server("POST", "/_ml/set_upgrade_mode?enabled=true")
    assert server("GET", "/_tasks?actions=xpack/ml*").json() == {"nodes": {}}
    tasks = server("GET", "/_cluster/state/metadata").json()["metadata"]["persistent_tasks"]["tasks"]
    assert {task["assignment"]["executor_node"] for task in tasks} == {None}


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_health_counts_replicas_that_have_no_node(api, version):
    server = api(version)
    assert server("GET", "/_cluster/health").json()["status"] == "green"
    server("PUT", "/one")
    server("PUT", "/none", {"settings": {"number_of_replicas": 0}})
    health = server("GET", "/_cluster/health").json()
    assert (health["status"], health["active_shards"], health["unassigned_shards"]) == ("yellow", 2, 1)
    assert server("GET", "/_cluster/health/none").json()["status"] == "green"
    assert ("unassigned_primary_shards" in health) == (version in ("8.19.21", "9.5.3"))


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ("wait_for_status=yellow", 200),
        ("wait_for_status=green&timeout=1s", 408),
        ("wait_for_nodes=>=1", 200),
        ("wait_for_nodes=2&timeout=1s", 408),
        ("wait_for_nodes=two", 400),
        ("wait_for_status=blue", 400),
    ],
)
def test_waiting_for_health(api, parameters, status):
    server = api("9.5.3")
    server("PUT", "/one")

    async def asked():
        task = asyncio.create_task(server.ask("GET", f"/_cluster/health?{parameters}"))
        while not task.done():
            await server.ask("POST", "/_simulator/clock", {"advance": "1s"})
            await asyncio.sleep(0)
        return await task

    reply = asyncio.run(asked())
    assert reply.status_code == status
    assert reply.json().get("timed_out", False) is (status == 408)


def test_settings_are_kept(api):
    server = api("9.5.3")
    refused = server("PUT", "/_cluster/settings", {"persistent": {}})
    assert refused.json()["error"]["reason"] == "Validation Failed: 1: no settings to update;"
    server("PUT", "/_cluster/settings", {"persistent": {"xpack.ml.max_model_memory_limit": "2gb"}})
    kept = {"persistent": {"xpack": {"ml": {"max_model_memory_limit": "2gb"}}}, "transient": {}}
    assert server("GET", "/_cluster/settings").json() == kept


@pytest.mark.parametrize(
    ("path", "found"), [("", 1), ("/_local/http", 1), ("/http", 1), ("/node-*", 1), ("/other", 0), ("/other/http", 0)]
)
def test_nodes(api, path, found):
    reply = api("9.5.3")("GET", f"/_nodes{path}").json()
    assert (reply["_nodes"]["total"], len(reply["nodes"])) == (found, found)
    assert all("http" in node for node in reply["nodes"].values())
