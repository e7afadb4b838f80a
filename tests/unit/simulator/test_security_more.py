# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Granting and changing API keys, application privileges, queries and many roles at once."""

import pytest

ELASTIC = ("elastic", "changeme")
LAB = ("lab", "changeme")
SETTINGS = {
    "users": {
        "elastic": {"password": "changeme", "roles": ["superuser"]},
        "lab": {"password": "changeme", "roles": ["kibana_reader", "own_keys"]},
    },
    "roles": {
        "own_keys": {"cluster": ["manage_own_api_key"]},
        "kibana_reader": {
            "applications": [{"application": "kibana-*", "privileges": ["read"], "resources": ["space:*"]}],
            "run_as": ["bob"],
        },
    },
}
GRANT = {"grant_type": "password", "username": "lab", "password": "changeme", "api_key": {"name": "for-lab"}}
PRIVILEGES = {
    "app": {"read": {"actions": ["data:read/*"], "metadata": {"a": 1}}, "write": {"actions": ["data:write/*"]}}
}


@pytest.fixture
def server(api):
    started = api("9.5.3")
    started.control("security", SETTINGS)
    return started


def key_of(server, name: str, auth=LAB, **more) -> str:
    return server("POST", "/_security/api_key", {"name": name, **more}, auth=auth).json()["id"]


@pytest.mark.parametrize(
    ("change", "status"),
    [({}, 200), ({"password": "wrong"}, 403), ({"username": "nobody"}, 403), ({"grant_type": "x"}, 400)],
)
def test_a_key_granted_to_somebody_else_is_theirs(server, change, status):
    reply = server("POST", "/_security/api_key/grant", {**GRANT, **change}, auth=ELASTIC)
    assert reply.status_code == status
    keys = server("GET", "/_security/api_key?owner=true", auth=LAB).json()["api_keys"]
    assert [key["name"] for key in keys] == (["for-lab"] if status == 200 else [])


@pytest.mark.parametrize(
    ("auth", "body", "status", "updated"),
    [
        (LAB, {"metadata": {"a": 2}}, 200, True),
        (LAB, {"metadata": {"a": 1}}, 200, False),
        (LAB, {}, 200, False),
        (ELASTIC, {"metadata": {"a": 2}}, 404, None),
    ],
)
def test_only_ones_own_keys_can_be_changed(server, auth, body, status, updated):
    key = key_of(server, "k", metadata={"a": 1})
    reply = server("PUT", f"/_security/api_key/{key}", body, auth=auth)
    assert (reply.status_code, reply.json().get("updated")) == (status, updated)


def test_many_keys_are_changed_each_for_itself(server):
    changed, same, gone = (key_of(server, name, metadata={"name": name}) for name in ("changed", "same", "gone"))
    server("DELETE", "/_security/api_key", {"ids": [gone], "owner": True}, auth=LAB)
    body = {"ids": [changed, same, gone], "metadata": {"name": "same"}}
    reply = server("POST", "/_security/api_key/_bulk_update", body, auth=LAB).json()
    assert (reply["updated"], reply["noops"], list(reply["errors"]["details"])) == ([changed], [same], [gone])


def test_application_privileges(server):
    created = {"app": {"read": {"created": True}, "write": {"created": True}}}
    assert server("PUT", "/_security/privilege", PRIVILEGES, auth=ELASTIC).json() == created
    assert server("PUT", "/_security/privilege", PRIVILEGES, auth=ELASTIC).json()["app"]["read"] == {"created": False}
    shown = server("GET", "/_security/privilege/app/read,none", auth=ELASTIC).json()
    read = {"application": "app", "name": "read", "actions": ["data:read/*"], "metadata": {"a": 1}}
    assert shown == {"app": {"read": read}}
    gone = server("DELETE", "/_security/privilege/app/read,none", auth=ELASTIC)
    assert gone.json() == {"app": {"read": {"found": True}, "none": {"found": False}}}
    assert server("GET", "/_security/privilege/app/read", auth=ELASTIC).status_code == 404


@pytest.mark.parametrize(
    ("application", "resource", "privilege", "granted"),
    [
        ("kibana-.kibana", "space:default", "read", True),
        ("kibana-.kibana", "space:default", "write", False),
        ("kibana-.kibana", "other", "read", False),
        ("app", "space:default", "read", False),
    ],
)
def test_what_roles_grant_in_applications(server, application, resource, privilege, granted):
    body = {"application": [{"application": application, "privileges": [privilege], "resources": [resource]}]}
    reply = server("POST", "/_security/user/_has_privileges", body, auth=LAB).json()
    assert reply["application"] == {application: {resource: {privilege: granted}}}
    assert reply["has_all_requested"] is granted


def test_all_privileges_of_oneself(server):
    reply = server("GET", "/_security/user/_privileges", auth=LAB).json()
    assert (reply["cluster"], reply["run_as"], len(reply["applications"])) == (["manage_own_api_key"], ["bob"], 1)


@pytest.mark.parametrize(
    ("body", "names", "total"),
    [
        ({}, ["a", "b", "c"], 3),
        ({"query": {"term": {"name": "b"}}}, ["b"], 1),
        ({"sort": [{"name": "desc"}], "size": 2}, ["c", "b"], 3),
        ({"sort": "name", "from": 2}, ["c"], 3),
    ],
)
def test_queries_for_keys(server, body, names, total):
    for name in "abc":
        key_of(server, name)
    key_of(server, "d", ELASTIC)
    reply = server("POST", "/_security/_query/api_key", body, auth=LAB).json()
    assert ([key["name"] for key in reply["api_keys"]], reply["total"]) == (names, total), "one's own only"


def test_queries_for_users_and_roles(server):
    users = server("GET", "/_security/_query/user", auth=ELASTIC).json()
    assert [user["username"] for user in users["users"]] == ["lab"], "not the reserved ones"
    roles = server("POST", "/_security/_query/role", {"query": {"term": {"name": "own_keys"}}}, auth=ELASTIC).json()
    assert [role["name"] for role in roles["roles"]] == ["own_keys"]


def test_many_roles_at_once(server):
    own_keys = SETTINGS["roles"]["own_keys"]
    roles = {"new": {}, "own_keys": own_keys, "kibana_reader": {}, "superuser": {}}
    reply = server("POST", "/_security/role", {"roles": roles}, auth=ELASTIC).json()
    assert (reply["created"], reply["noop"], reply["updated"]) == (["new"], ["own_keys"], ["kibana_reader"])
    assert list(reply["errors"]["details"]) == ["superuser"]
    gone = server("DELETE", "/_security/role", {"names": ["new", "none", "superuser"]}, auth=ELASTIC).json()
    assert (gone["deleted"], gone["not_found"], gone["errors"]["count"]) == (["new"], ["none"], 1)


@pytest.mark.parametrize(
    "path",
    ["realm/*", "role/new", "privilege/app", "api_key/*", "service/elastic/kibana/credential/token/*"],
)
def test_caches_can_be_cleared(server, path):
    reply = server("POST", f"/_security/{path}/_clear_cache", auth=ELASTIC).json()
    assert reply["_nodes"] == {"total": 1, "successful": 1, "failed": 0}
