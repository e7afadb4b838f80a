# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`_security/user`: native users, their passwords, and whether they may log in."""

import re

from simulator import errors
from simulator.rest import Reply, Request
from simulator.security.principals import CHANGE_PASSWORD, RESERVED_USERS, User
from simulator.security_api import fields
from simulator.security_api.requests import invalid, refresh, unfit

AREA = "cluster:admin/xpack/security/user/"
NAME = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,505}[\x21-\x7e])?")
NAME_RULE = (
    "User names must be at least 1 and no more than 507 characters. They can contain alphanumeric characters (a-z, "
    "A-Z, 0-9), spaces, punctuation, and printable symbols in the Basic Latin (ASCII) block. Leading or trailing "
    "whitespace is not allowed."
)
SHORTEST_PASSWORD = 6
BODY = {
    "username": fields.STRING_FIELD,
    "password": fields.STRING_FIELD,
    "password_hash": fields.STRING_FIELD,
    "roles": fields.TEXTS_OR_LIST,
    "full_name": fields.NULLABLE_STRING,
    "email": fields.NULLABLE_STRING,
    "metadata": fields.OBJECT,
    "enabled": fields.TRUTH,
}
PASSWORD = {"password": fields.STRING_FIELD, "password_hash": fields.STRING_FIELD}
HASHES = ("$2a$", "$2b$", "$2y$", "{PBKDF2}", "{PBKDF2_STRETCH}")
ALGORITHMS = (
    *("bcrypt", *(f"bcrypt{rounds}" for rounds in range(4, 15))),
    *("pbkdf2", *(f"pbkdf2_{rounds}" for rounds in (1000, 10000, 50000, 100000, 500000, 1000000))),
    *("pbkdf2_stretch", *(f"pbkdf2_stretch_{rounds}" for rounds in (1000, 10000, 50000, 100000, 500000, 1000000))),
)
NOT_A_HASH = (
    "The provided password hash is not a hash or it could not be resolved to a supported hash algorithm. "
    f"The supported password hash algorithms are [{', '.join(ALGORITHMS)}]"
)


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
    body = fields.read(request, "add user request", BODY)
    if body.get("username", name) != name:
        raise errors.illegal_argument(f"[username] in source does not match the username provided [{name}]")
    require_password(body)
    if "roles" not in body:
        raise invalid("roles are missing")
    request.ready(AREA + "put")
    if name in RESERVED_USERS:
        raise invalid(f"user [{name}] is reserved and only the password can be changed")
    if not NAME.fullmatch(name):
        raise invalid(NAME_RULE)
    users = request.security.users
    known = users.get(name)
    if known is None and "password" not in body and "password_hash" not in body:
        raise unfit("password must be specified unless you are updating an existing user")
    users[name] = User(
        name,
        body.get("password", known.password if known else None),
        body["roles"],
        body.get("full_name"),
        body.get("email"),
        body.get("metadata", {}),
        body.get("enabled", True),
    )
    return {"created": known is None}


def require_password(body: dict) -> None:
    """Raises ApiError 400 for a password that is too short, or a hash that is none."""
    if len(body.get("password", "x" * SHORTEST_PASSWORD)) < SHORTEST_PASSWORD:
        raise unfit(f"passwords must be at least [{SHORTEST_PASSWORD}] characters long")
    if not body.get("password_hash", HASHES[0]).startswith(HASHES):
        raise errors.illegal_argument(NOT_A_HASH)


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
    body = fields.read(request, "change password request", PASSWORD)
    require_password(body)
    request.check_parameters()
    if not body:
        raise invalid("password is missing")
    if name != request.user.name:
        request.authorize(CHANGE_PASSWORD)
    _existing(request, name, "user must exist in order to change password").password = body.get("password")
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
    state = "enabled" if enabled else "disabled"
    _existing(request, name, f"only existing users can be {state}").enabled = enabled
    return {}


def _existing(request: Request, name: str, otherwise: str) -> User:
    user = request.security.users.get(name)
    if user is None:
        raise unfit(otherwise)
    return user
