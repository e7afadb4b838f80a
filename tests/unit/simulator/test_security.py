# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules of the security APIs and of privileges that no recorded exchange shows."""

import asyncio
import base64

import httpx
import pytest

from simulator.security.privileges import CLUSTER, INDEX, granting, named
from simulator.security.roles import Role
from simulator.versions import Version

ELASTIC = ("elastic", "changeme")
SETTINGS = {
    "token_service": {"enabled": True},
    "users": {
        "elastic": {"password": "changeme", "roles": ["superuser"]},
        "keys": {"password": "changeme", "roles": ["own_keys"]},
        "reader": {"password": "changeme", "roles": ["reads_logs"]},
    },
    "roles": {
        "own_keys": {"cluster": ["manage_own_api_key", "monitor_ml"]},
        "reads_logs": {"indices": [{"names": ["logs-*"], "privileges": ["read", "view_index_metadata"]}]},
    },
}
LAB = {"password": "changeme", "roles": ["lab"]}
READS = {"indices": [{"names": "logs-*", "privileges": ["read"]}]}


@pytest.fixture
def server(api):
    def of(version="9.5.3"):
        started = api(version)
        started.control("security", SETTINGS)
        return started

    return of


class Bearer(httpx.Auth):
    def __init__(self, scheme: str, value: str):
        self.value = f"{scheme} {value}"

    def auth_flow(self, request):
        request.headers["Authorization"] = self.value
        yield request


def sent(server, steps):
    """The last of some requests, each `(method, target, body)`, sent as elastic."""
    for method, target, *body in steps:
        reply = server(method, target, *body, auth=ELASTIC)
    return reply


def reason(reply) -> str:
    return reply.json()["error"]["reason"]


@pytest.mark.parametrize(
    ("steps", "status", "expected"),
    [
        ([("PUT", "/_security/user/lab", LAB)], 200, {"created": True}),
        ([("PUT", "/_security/user/lab", LAB), ("POST", "/_security/user/lab", LAB)], 200, {"created": False}),
        ([("PUT", "/_security/user/lab", LAB), ("DELETE", "/_security/user/lab")], 200, {"found": True}),
        ([("DELETE", "/_security/user/nobody")], 404, {"found": False}),
        ([("GET", "/_security/user/nobody")], 404, {}),
        ([("PUT", "/_security/role/lab", READS)], 200, {"role": {"created": True}}),
        (
            [("PUT", "/_security/role/lab", READS), ("PUT", "/_security/role/lab", {})],
            200,
            {"role": {"created": False}},
        ),
        ([("PUT", "/_security/role/lab", {}), ("DELETE", "/_security/role/lab")], 200, {"found": True}),
        ([("DELETE", "/_security/role/nobody")], 404, {"found": False}),
        ([("GET", "/_security/role/nobody")], 404, {}),
        ([("DELETE", "/_security/service/elastic/kibana/credential/token/t")], 404, {"found": False}),
        ([("GET", "/_security/api_key?id=none")], 404, {"api_keys": []}),
        ([("GET", "/_security/api_key?name=none*")], 200, {"api_keys": []}),
    ],
)
def test_users_roles_and_keys_come_and_go(server, steps, status, expected):
    reply = sent(server(), steps)
    assert (reply.status_code, reply.json()) == (status, expected)


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (
            ("PUT", "/_security/user/lab", {"password": "short", "roles": []}),
            "passwords must be at least [6] characters",
        ),
        (("PUT", "/_security/user/lab", {"password": "changeme"}), "roles are missing"),
        (("PUT", "/_security/user/lab", {"roles": []}), "password must be specified unless you are updating"),
        (("PUT", "/_security/user/elastic", LAB), "user [elastic] is reserved and only the password can be changed"),
        (("PUT", "/_security/user/%20lab", LAB), "User names must be at least 1 and no more than 507 characters."),
        (("DELETE", "/_security/user/elastic"), "user [elastic] is reserved and cannot be deleted"),
        (("PUT", "/_security/user/elastic/_disable"), "users may not update the enabled status of their own account"),
        (("PUT", "/_security/role/lab", {"cluster": ["nope"]}), "unknown cluster privilege [nope]"),
        (
            ("PUT", "/_security/role/lab", {"indices": [{"names": ["a"], "privileges": ["x"]}]}),
            "unknown index privilege",
        ),
        (("PUT", "/_security/role/superuser", {}), "Role [superuser] is reserved and may not be used."),
        (("DELETE", "/_security/role/superuser"), "role [superuser] is reserved and cannot be deleted"),
        (("POST", "/_security/api_key", {}), "Required [name]"),
        (("PUT", "/_security/user/lab", {"bogus": 1}), "failed to parse add user request. unexpected field [bogus]"),
        (("PUT", "/_security/user/lab", {"password": 1}), "to be of type string, but found [VALUE_NUMBER] instead"),
        (("PUT", "/_security/user/lab", {**LAB, "username": "x"}), "does not match the username provided [lab]"),
        (("PUT", "/_security/user/nobody/_enable"), "only existing users can be enabled"),
        (("PUT", "/_security/user/elastic/_password", {}), "password is missing"),
        (("PUT", "/_security/role/lab", {"indices": [{"names": ["a"]}]}), "missing required [privileges] field"),
        (("PUT", "/_security/role/lab", {"cluster": "all"}), "failed to parse role [lab]"),
        (("PUT", "/_security/role/%20lab", {}), "Role names must be at least 1 and no more than 1024 characters."),
        (
            ("POST", "/_security/user/_has_privileges", {}),
            "All privilege fields [cluster,index,applications] are missing",
        ),
        (("GET", "/_security/api_key?id=a&name=b"), "only one of [api key id, api key name] can be specified"),
        (("GET", "/_security/api_key?owner=true&username=b"), "may be specified when retrieving owned API keys"),
        (("POST", "/_security/api_key/_bulk_update", {"ids": []}), "Field [ids] cannot be empty"),
        (("POST", "/_security/api_key/grant", {}), "1: api key name is required;2: [grant_type] is required;"),
        (
            ("DELETE", "/_security/oauth2/token", {"token": "a", "refresh_token": "b"}),
            "after last required field arrived",
        ),
        (("PUT", "/_security/privilege", {"app": {"Read": {"actions": ["a:b"]}}}), "must match the pattern ^[a-z]"),
        (("PUT", "/_security/privilege", {}), "At least one application privilege must be provided"),
        (("POST", "/_security/service/elastic/kibana/credential/token/_t"), "invalid service token name [_t]"),
        (("POST", "/_security/api_key", {"name": "_k"}), "api key name may not begin with an underscore"),
        (("DELETE", "/_security/api_key", {}), "must be specified if [owner] flag is false"),
        (("POST", "/_security/user/_has_privileges", {"cluster": ["nope"]}), "unknown cluster privilege [nope]"),
        (
            ("DELETE", "/_security/oauth2/token", {}),
            "token string must be provided when not specifying a realm name or a username",
        ),
    ],
)
def test_refusals(server, step, words):
    reply = server()(*step, auth=ELASTIC)
    assert reply.status_code == 400
    assert words in reason(reply)


def test_what_the_apis_make_logs_in_and_may(server):
    """A user made by the API is the same as one of a security file; passwords, states and roles count at once."""
    one = server()
    sent(one, [("PUT", "/_security/role/lab", {"cluster": ["monitor_ml"]}), ("PUT", "/_security/user/lab", LAB)])

    def status(password: str) -> int:
        return one("GET", "/_ml/info", auth=("lab", password)).status_code

    assert status("changeme") == 200
    sent(one, [("PUT", "/_security/role/lab", {"cluster": []})])
    assert status("changeme") == 403
    sent(one, [("DELETE", "/_security/role/lab"), ("POST", "/_security/user/lab/_password", {"password": "changed"})])
    assert (status("changeme"), status("changed")) == (401, 403)
    assert one("PUT", "/_security/user/_password", {"password": "own-one"}, auth=("lab", "changed")).status_code == 200
    sent(one, [("PUT", "/_security/user/lab/_disable")])
    assert status("own-one") == 401
    sent(one, [("PUT", "/_security/user/lab/_enable")])
    assert status("own-one") == 403


@pytest.mark.parametrize(
    ("version", "members"),
    [
        ("7.3.0", {"id", "name", "creation", "invalidated", "username", "realm"}),
        ("7.17.29", {"id", "name", "creation", "invalidated", "username", "realm", "metadata"}),
    ],
)
def test_api_keys_by_version(server, version, members):
    one = server(version)
    made = one("POST", "/_security/api_key", {"name": "k"}, auth=ELASTIC).json()
    assert ("encoded" in made) is Version(version).since(7, 16)
    (shown,) = one("GET", f"/_security/api_key?id={made['id']}", auth=ELASTIC).json()["api_keys"]
    assert shown.keys() == members


@pytest.mark.parametrize(
    ("target", "status"), [("", 403), ("?owner=true", 200), ("?name=k&owner=false", 403), ("?owner=true&id=none", 404)]
)
def test_who_may_manage_own_keys_must_ask_for_those(server, target, status):
    one = server()
    assert one("POST", "/_security/api_key", {"name": "k"}, auth=("keys", "changeme")).status_code == 200
    assert one("GET", f"/_security/api_key{target}", auth=("keys", "changeme")).status_code == status


@pytest.mark.parametrize(
    ("descriptors", "status"),
    [
        ({}, 200),
        ({"r": {"cluster": ["monitor_ml"]}}, 200),
        ({"r": {"cluster": []}}, 403),
        ({"r": {"cluster": ["all"]}}, 200),
    ],
)
def test_a_key_may_what_its_roles_and_its_owner_may(server, descriptors, status):
    one = server()
    body = {"name": "k", "role_descriptors": descriptors}
    made = one("POST", "/_security/api_key", body, auth=("keys", "changeme")).json()
    key = Bearer("ApiKey", base64.b64encode(f"{made['id']}:{made['api_key']}".encode()).decode())
    assert one("GET", "/_ml/info", auth=key).status_code == status
    assert one("GET", "/_tasks", auth=key).status_code == 403, "never more than its owner"


def test_a_refresh_token_is_good_once_and_an_access_token_for_twenty_minutes(server):
    one = server()
    password = {"grant_type": "password", "username": "elastic", "password": "changeme"}
    token = one("POST", "/_security/oauth2/token", password, auth=ELASTIC).json()
    refresh = {"grant_type": "refresh_token", "refresh_token": token["refresh_token"]}
    bearer = Bearer("Bearer", token["access_token"])
    assert one("GET", "/_ml/info", auth=bearer).status_code == 200
    one.control("clock", {"advance": "21m"})
    assert one("GET", "/_ml/info", auth=bearer).status_code == 401
    statuses = [one("POST", "/_security/oauth2/token", refresh, auth=ELASTIC).status_code for _time in range(2)]
    assert statuses == [200, 400]


@pytest.mark.parametrize(
    ("privilege", "wanted", "implied"),
    [
        ("all", "manage", True),
        ("all", "manage_security", True),
        ("manage", "all", False),
        ("manage", "manage_security", False),
        ("manage", "manage_ml", True),
        ("manage", "monitor", True),
        ("manage_ml", "monitor_ml", True),
        ("monitor_ml", "manage_ml", False),
        ("monitor", "monitor_ml", True),
        ("monitor", "manage_ml", False),
        ("monitor_ml", "cluster:monitor/xpack/ml/job/get", True),
        ("monitor_ml", "cluster:monitor/*", False),
        ("manage_security", "manage_own_api_key", True),
        ("none", "monitor", False),
    ],
)
def test_what_a_cluster_privilege_implies(privilege, wanted, implied):
    assert named(CLUSTER, privilege).implies(named(CLUSTER, wanted)) is implied


@pytest.mark.parametrize(
    ("version", "table", "action", "names"),
    [
        ("9.5.3", CLUSTER, "cluster:admin/xpack/ml/job/put", ["manage_ml", "manage", "all"]),
        ("9.5.3", CLUSTER, "cluster:admin/xpack/security/user/put", ["manage_security", "all"]),
        ("7.17.29", CLUSTER, "cluster:monitor/xpack/info", ["monitor", "manage", "all"]),
        ("9.5.3", INDEX, "indices:admin/delete", ["delete_index", "manage", "all"]),
        ("9.5.3", INDEX, "indices:data/read/search", ["read", "all"]),
        ("7.17.29", INDEX, "indices:data/read/search", ["read", "all"]),
    ],
)
def test_which_privileges_grant_an_action(version, table, action, names):
    assert granting(table, action, Version(version)) == names


@pytest.mark.parametrize(
    ("index", "action", "allowed"),
    [
        ("logs-1", "indices:data/read/search", True),
        ("logs-1", "indices:data/write/index", False),
        ("metrics", "indices:data/read/search", False),
    ],
)
def test_index_privileges_of_a_role(index, action, allowed):
    assert Role.of(READS).allows_on(index, action) is allowed


def test_has_privileges_answers_for_each(server):
    body = {
        "cluster": ["monitor"],
        "index": [{"names": ["logs-1", "metrics"], "privileges": ["read", "write"]}],
        "application": [{"application": "kibana", "privileges": ["read"], "resources": ["*"]}],
    }
    assert server()("POST", "/_security/user/_has_privileges", body, auth=("reader", "changeme")).json() == {
        "username": "reader",
        "has_all_requested": False,
        "cluster": {"monitor": False},
        "index": {"logs-1": {"read": True, "write": False}, "metrics": {"read": False, "write": False}},
        "application": {"kibana": {"*": {"read": False}}},
    }


@pytest.mark.parametrize("version", ["7.17.29", "9.5.3"])
def test_an_unsecured_server_has_no_security_apis(api, version):
    assert api(version)("GET", "/_security/_authenticate").status_code in (400, 405)


def test_impersonation_is_decided_when_an_action_is_asked_for(server):
    """Paths and parameters are looked at first, as for all that is refused with 403."""
    one = server()
    sent(one, [("PUT", "/_security/user/lab", LAB)])

    async def status(target: str) -> int:
        transport = httpx.ASGITransport(app=one._app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://simulator", auth=("lab", "changeme")
        ) as client:
            return (await client.get(target, headers={"es-security-runas-user": "elastic"})).status_code

    assert [asyncio.run(status(target)) for target in ("/_ml/info", "/_ml/info?bogus", "/_nope/x/y")] == [403, 400, 400]
