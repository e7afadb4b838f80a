# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`_security/role`."""

from simulator import errors
from simulator.config import parser as p
from simulator.config.parser import ObjectParser
from simulator.rest import Reply, Request
from simulator.security.roles import BUILT_IN, Role, problems
from simulator.security_api.requests import body_of, invalid, refresh

AREA = "cluster:admin/xpack/security/role/"
BODY = ObjectParser(
    "role",
    (
        p.Field("cluster", p.TEXTS),
        p.Field("indices", p.FIELD_LIST, ("index",)),
        p.Field("applications", p.FIELD_LIST),
        p.Field("run_as", p.TEXTS),
        p.Field("metadata", p.MAP),
        p.Field("global", p.MAP),
        p.Field("transient_metadata", p.MAP),
        p.Field("remote_indices", p.FIELD_LIST, releases=((8, 8), (99,))),
        p.Field("remote_cluster", p.FIELD_LIST, releases=((8, 15), (99,))),
        p.Field("description", p.TEXT, releases=((8, 15), (99,))),
    ),
)


def register(router) -> None:
    for template in ("/_security/role", "/_security/role/{name}"):
        router.add("GET", template, get)
    for method in ("PUT", "POST"):
        router.add(method, "/_security/role/{name}", put)
    router.add("DELETE", "/_security/role/{name}", delete)


async def get(request: Request) -> Reply:
    request.ready(AREA + "get")
    roles = request.security.roles
    wanted = [name for name in request.parts.get("name", "").split(",") if name]
    found = {name: roles[name].document(request.version) for name in wanted or roles if name in roles}
    return Reply(404 if wanted and not found else 200, found)


async def put(request: Request) -> dict:
    name = request.parts["name"]
    refresh(request)
    body = body_of(request, BODY)
    request.ready(AREA + "put")
    found = problems(body, request.version)
    if name in BUILT_IN:
        found.append(f"Role [{name}] is reserved and may not be used.")
    if found:
        raise invalid(*found)
    created = name not in request.security.roles
    request.security.roles[name] = Role.of(body)
    return {"role": {"created": created}}


async def delete(request: Request) -> Reply:
    name = request.parts["name"]
    refresh(request)
    request.ready(AREA + "delete")
    if name in BUILT_IN:
        raise errors.illegal_argument(f"role [{name}] is reserved and cannot be deleted")
    found = request.security.roles.pop(name, None) is not None
    return Reply(200 if found else 404, {"found": found})
