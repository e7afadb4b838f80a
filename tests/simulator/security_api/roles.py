# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`_security/role`."""

import re

from simulator import errors
from simulator.config import parser as p
from simulator.config.parser import ObjectParser
from simulator.rest import Reply, Request
from simulator.security.roles import BUILT_IN, Role, problems
from simulator.security_api import fields
from simulator.security_api.requests import body_of, invalid, refresh, unfit

AREA = "cluster:admin/xpack/security/role/"
NAME = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,1022}[\x21-\x7e])?")
NAME_RULE = (
    "Role names must be at least 1 and no more than 1024 characters. They can contain alphanumeric characters (a-z, "
    "A-Z, 0-9), spaces, punctuation, and printable symbols in the Basic Latin (ASCII) block. Leading or trailing "
    "whitespace is not allowed."
)
BODY = {
    "cluster": fields.TEXTS,
    "indices": fields.OBJECTS,
    "index": fields.OBJECTS,
    "applications": fields.OBJECTS,
    "run_as": fields.TEXTS_OR_LIST,
    "metadata": fields.OBJECT,
    "global": fields.OBJECT,
    "transient_metadata": fields.OBJECT,
}
SINCE_8 = {
    "remote_indices": fields.OBJECTS,
    "remote_cluster": fields.OBJECTS,
    "description": fields.STRING_FIELD,
}
MANY = ObjectParser("bulk_update_roles_request_payload", (p.Field("roles", p.MAP, argument=True, required=True),))
NAMES = ObjectParser("bulk_delete_roles_request", (p.Field("names", p.TEXTS, argument=True, required=True),))


def register(router) -> None:
    for template in ("/_security/role", "/_security/role/{name}"):
        router.add("GET", template, get)
    for method in ("PUT", "POST"):
        router.add(method, "/_security/role/{name}", put)
    router.add("DELETE", "/_security/role/{name}", delete)
    router.add("POST", "/_security/role", put_many, since=(8, 15))
    router.add("DELETE", "/_security/role", delete_many, since=(8, 15))


async def get(request: Request) -> Reply:
    request.ready(AREA + "get")
    roles = request.security.roles
    wanted = [name for name in request.parts.get("name", "").split(",") if name]
    found = {name: roles[name].document(request.version) for name in wanted or roles if name in roles}
    return Reply(404 if wanted and not found else 200, found)


async def put(request: Request) -> dict:
    name = request.parts["name"]
    refresh(request)
    body = fields.read(request, f"role [{name}]", BODY | SINCE_8 if request.version.since(8) else BODY)
    fields.require_members(body.get("indices", body.get("index", [])), name, "indices", "names", "privileges")
    request.ready(AREA + "put")
    if not NAME.fullmatch(name):
        raise unfit(NAME_RULE)
    if wrong := found_wrong(name, body, request.version):
        raise invalid(*wrong)
    created = name not in request.security.roles
    request.security.roles[name] = Role.of(body)
    return {"role": {"created": created}}


async def put_many(request: Request) -> dict:
    refresh(request)
    body = body_of(request, MANY)
    request.ready(AREA + "bulk_put")
    known, outcome, failed = request.security.roles, {"created": [], "updated": [], "noop": []}, {}
    for name, descriptor in body["roles"].items():
        role, wrong = Role.of(descriptor), found_wrong(name, descriptor, request.version)
        if wrong:
            failed[name] = failure(invalid(*wrong))
            continue
        verdict = "created" if name not in known else "noop" if known[name] == role else "updated"
        outcome[verdict].append(name)
        known[name] = role
    return bulk_reply(outcome, failed)


async def delete_many(request: Request) -> dict:
    refresh(request)
    body = body_of(request, NAMES)
    request.ready(AREA + "bulk_delete")
    known, outcome, failed = request.security.roles, {"deleted": [], "not_found": []}, {}
    for name in body["names"]:
        if name in BUILT_IN:
            failed[name] = failure(reserved(name))
        else:
            outcome["deleted" if known.pop(name, None) else "not_found"].append(name)
    return bulk_reply(outcome, failed)


def failure(error: errors.ApiError) -> dict:
    return {"type": error.type, "reason": error.reason}


def bulk_reply(outcome: dict[str, list[str]], failed: dict) -> dict:
    errors_of = {"errors": {"count": len(failed), "details": failed}} if failed else {}
    return {**{verdict: names for verdict, names in outcome.items() if names}, **errors_of}


async def delete(request: Request) -> Reply:
    name = request.parts["name"]
    refresh(request)
    request.ready(AREA + "delete")
    if name in BUILT_IN:
        raise reserved(name)
    found = request.security.roles.pop(name, None) is not None
    return Reply(200 if found else 404, {"found": found})


def found_wrong(name: str, descriptor: dict, version) -> list[str]:
    taken = [f"Role [{name}] is reserved and may not be used."] if name in BUILT_IN else []
    return [*problems(descriptor, version), *taken]


def reserved(name: str) -> errors.ApiError:
    return errors.illegal_argument(f"role [{name}] is reserved and cannot be deleted")
