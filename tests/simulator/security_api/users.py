# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`_security/user`: native users, their passwords, and whether they may log in."""

import re

from simulator import errors
from simulator.config import parser as p
from simulator.config.parser import ObjectParser
from simulator.rest import Reply, Request
from simulator.security.principals import CHANGE_PASSWORD, RESERVED_USERS, User
from simulator.security_api.requests import body_of, invalid, refresh

AREA = "cluster:admin/xpack/security/user/"
NAME = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,505}[\x21-\x7e])?")
NAME_RULE = (
    "User names must be at least 1 and no more than 507 characters. They can contain alphanumeric characters (a-z, "
    "A-Z, 0-9), spaces, punctuation, and printable symbols in the Basic Latin (ASCII) block. Leading or trailing "
    "whitespace is not allowed."
)
SHORTEST_PASSWORD = 6
BODY = ObjectParser(
    "user",
    (
        p.Field("username", p.TEXT),
        p.Field("password", p.TEXT),
        p.Field("password_hash", p.TEXT),
        p.Field("roles", p.TEXTS),
        p.Field("full_name", p.TEXT_OR_NULL),
        p.Field("email", p.TEXT_OR_NULL),
        p.Field("metadata", p.MAP),
        p.Field("enabled", p.TRUTH),
    ),
)
PASSWORD = ObjectParser("change_password", (p.Field("password", p.TEXT), p.Field("password_hash", p.TEXT)))


def register(router) -> None:
    for template in ("/_security/user", "/_security/user/{username}"):
        router.add("GET", template, get)
    for method in ("PUT", "POST"):
        router.add(method, "/_security/user/{username}", put)
        router.add(method, "/_security/user/_password", change_password)
        router.add(method, "/_security/user/{username}/_password", change_password)
        router.add(method, "/_security/user/{username}/_enable", enable)
        router.add(method, "/_security/user/{username}/_disable", disable)
    router.add("DELETE", "/_security/user/{username}", delete)


async def get(request: Request) -> Reply:
    request.flag("with_profile_uid", False)
    request.ready(AREA + "get")
    users = request.security.users
    wanted = [name for name in request.parts.get("username", "").split(",") if name]
    found = {name: users[name].document() for name in wanted or users if name in users}
    return Reply(404 if wanted and not found else 200, found)


async def put(request: Request) -> dict:
    name = request.parts["username"]
    refresh(request)
    body = body_of(request, BODY)
    request.ready(AREA + "put")
    users = request.security.users
    problems = [problem for problem in (_name_problem(name), _password_problem(body)) if problem]
    if not NAME.fullmatch(name):
        problems[0:1] = [NAME_RULE]
    if "roles" not in body:
        problems.append("roles are missing")
    if problems:
        raise invalid(*problems)
    created = name not in users
    if created and "password" not in body and "password_hash" not in body:
        raise errors.ApiError(
            400,
            "validation_exception",
            "Validation Failed: 1: password must be specified unless you are updating an existing user;",
        )
    known = users.get(name)
    users[name] = User(
        name,
        body.get("password", known.password if known else None),
        body["roles"],
        body.get("full_name"),
        body.get("email"),
        body.get("metadata", {}),
        body.get("enabled", True),
    )
    return {"created": created}


def _name_problem(name: str) -> str | None:
    return f"user [{name}] is reserved and only the password can be changed" if name in RESERVED_USERS else None


def _password_problem(body: dict) -> str | None:
    if len(body.get("password", "x" * SHORTEST_PASSWORD)) < SHORTEST_PASSWORD:
        return f"passwords must be at least [{SHORTEST_PASSWORD}] characters long"
    return None


async def delete(request: Request) -> Reply:
    name = request.parts["username"]
    refresh(request)
    request.ready(AREA + "delete")
    if name in RESERVED_USERS:
        raise errors.illegal_argument(f"user [{name}] is reserved and cannot be deleted")
    found = request.security.users.pop(name, None) is not None
    return Reply(200 if found else 404, {"found": found})


async def change_password(request: Request) -> dict:
    name = request.parts.get("username") or request.user.name
    refresh(request)
    body = body_of(request, PASSWORD)
    request.check_parameters()
    if name != request.user.name:
        request.authorize(CHANGE_PASSWORD)
    if problem := _password_problem(body):
        raise invalid(problem)
    _existing(request, name).password = body.get("password")
    return {}


async def enable(request: Request) -> dict:
    return _set_enabled(request, True)


async def disable(request: Request) -> dict:
    return _set_enabled(request, False)


def _set_enabled(request: Request, enabled: bool) -> dict:
    name = request.parts["username"]
    refresh(request)
    request.ready(AREA + "set_enabled")
    if name == request.user.name:
        raise errors.illegal_argument("users may not update the enabled status of their own account")
    _existing(request, name).enabled = enabled
    return {}


def _existing(request: Request, name: str) -> User:
    user = request.security.users.get(name)
    if user is None:
        raise errors.ApiError(
            400, "validation_exception", "Validation Failed: 1: user must exist in order to change password;"
        )
    return user
