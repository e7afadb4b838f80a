# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who one is and what one may: `_security/_authenticate`, `_has_privileges` and `privilege/_builtin`."""

from simulator import errors
from simulator.rest import Request
from simulator.security.privileges import CLUSTER, INDEX, known_to, named
from simulator.security.roles import as_list, unknown_cluster_privilege, unknown_index_privilege
from simulator.security_api import fields

USER = "cluster:admin/xpack/security/user/"
BUILT_IN = "cluster:admin/xpack/security/privilege/builtin/get"
NONE_GIVEN = "All privilege fields [cluster,index,applications] are missing"
REMOTE_CLUSTER = ["monitor_enrich", "monitor_stats"]
BODY = {"cluster": fields.TEXTS, "index": fields.OBJECTS, "application": fields.OBJECTS}


def register(router) -> None:
    router.add("GET", "/_security/_authenticate", authenticate)
    router.add("GET", "/_security/privilege/_builtin", built_in_privileges)
    router.add("GET", "/_security/user/_privileges", user_privileges)
    for method in ("GET", "POST"):
        router.add(method, "/_security/user/_has_privileges", has_privileges)
        router.add(method, "/_security/user/{username}/_has_privileges", has_privileges)


async def authenticate(request: Request) -> dict:
    request.ready(USER + "authenticate")
    return request.user.document(request.version)


async def built_in_privileges(request: Request) -> dict:
    request.ready(BUILT_IN)
    version = request.version
    remote = {"remote_cluster": REMOTE_CLUSTER} if version.since(8, 15) else {}
    return {"cluster": known_to(CLUSTER, version), "index": known_to(INDEX, version), **remote}


async def user_privileges(request: Request) -> dict:
    """What one's roles grant, taken together; of an API key, what its own roles do."""
    request.text("application")
    request.text("privilege")
    request.ready(USER + "list_privileges")
    roles = request.user.limits[0].roles
    documents = [role.document(request.version) for role in roles]
    return {
        "cluster": sorted({name for role in roles for name in role.cluster}),
        "global": [],
        **{name: [entry for document in documents for entry in document[name]] for name in ("indices", "applications")},
        "run_as": sorted({name for role in roles for name in role.run_as}),
    }


async def has_privileges(request: Request) -> dict:
    user, version = request.user, request.version
    name = request.parts.get("username", user.name)
    check = f"{name}/has_privileges"
    body = fields.read(request, f"privileges check [{check}]", BODY, required=False)
    if not body:
        raise errors.ApiError(400, "parse_exception", f"failed to parse privileges check [{check}]. {NONE_GIVEN}")
    fields.require_members(body.get("index", []), check, "indices", "names", "privileges")
    fields.require_members(body.get("application", []), check, "application", "application", "privileges", "resources")
    request.check_parameters()
    user.require(USER + "has_privileges", version, on_themselves=name == user.name)
    if name != user.name:
        raise errors.illegal_argument("users may only check the privileges of their own account")
    cluster = {name: user.implies(_known(CLUSTER, name, version)) for name in body.get("cluster", [])}
    index = {
        pattern: {name: user.implies_on(pattern, _known(INDEX, name, version)) for name in as_list(entry["privileges"])}
        for entry in as_list(body.get("index", []))
        for pattern in as_list(entry["names"])
    }
    application = {
        entry["application"]: {
            resource: {
                name: user.allows_application(entry["application"], name, resource) for name in entry["privileges"]
            }
            for resource in entry["resources"]
        }
        for entry in as_list(body.get("application", []))
    }
    answers = [*cluster.values(), *_leaves(index), *_leaves(application)]
    return {
        "username": user.name,
        "has_all_requested": all(answers),
        "cluster": cluster,
        "index": index,
        "application": application,
    }


def _leaves(tree: dict):
    for value in tree.values():
        yield from _leaves(value) if isinstance(value, dict) else (value,)


def _known(kind, name: str, version):
    """Raises ApiError 400."""
    privilege = named(kind, name)
    if privilege is None or not version.since(*privilege.since):
        unknown = unknown_cluster_privilege if kind is CLUSTER else unknown_index_privilege
        raise errors.illegal_argument(unknown(name, version))
    return privilege
