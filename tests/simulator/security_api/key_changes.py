# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Granting API keys to others, and changing keys."""

from simulator import errors
from simulator.config import parser as p
from simulator.config.parser import ObjectParser
from simulator.rest import Request
from simulator.security.api_keys import ApiKey
from simulator.security.principals import Principal
from simulator.security_api.api_keys import AREA, CREATION, created, make, read_expiration
from simulator.security_api.requests import body_of, invalid, refresh
from simulator.security_api.tokens import grantee

GRANT = ObjectParser(
    "grant_api_key_request",
    (
        p.Field("api_key", p.one(CREATION)),
        p.Field("grant_type", p.TEXT),
        p.Field("username", p.TEXT),
        p.Field("password", p.TEXT),
        p.Field("access_token", p.TEXT),
        p.Field("run_as", p.TEXT, releases=((8, 0), (99,))),
    ),
)
CHANGES = (
    p.Field("role_descriptors", p.MAP, argument=True),
    p.Field("metadata", p.MAP, argument=True),
    p.Field("expiration", p.TEXT, argument=True, releases=((8, 12), (99,))),
)
UPDATE = ObjectParser("update_api_key_request", CHANGES, build=read_expiration)
BULK_UPDATE = ObjectParser(
    "bulk_update_api_key_request",
    (p.Field("ids", p.TEXTS, argument=True, required=True), *CHANGES),
    build=read_expiration,
)


def register(router) -> None:
    router.add("POST", "/_security/api_key/grant", grant, since=(7, 7))
    router.add("PUT", "/_security/api_key/{id}", update, since=(8, 4))
    router.add("POST", "/_security/api_key/_bulk_update", bulk_update, since=(8, 5))


async def grant(request: Request) -> dict:
    refresh(request)
    body = body_of(request, GRANT)
    request.ready(AREA + "grant")
    if problems := grant_problems(body):
        raise invalid(*problems)
    try:
        owner = grantor(request, body)
    except errors.ApiError as error:
        cause = {"type": error.type, "reason": error.reason, **error.extra}
        reason = "Failed to authenticate api key grant"
        raise errors.ApiError(403, "security_exception", reason, caused_by=cause, root_cause=cause) from None
    return created(make(request, owner, body["api_key"]), request.version)


def grant_problems(body: dict) -> list[str]:
    needed = {"password": ("username", "password"), "access_token": ("access_token",)}
    kind = body.get("grant_type")
    problems = [] if "api_key" in body else ["api key name is required"]
    if kind is None:
        return [*problems, "[grant_type] is required"]
    if kind not in needed:
        return [*problems, f"grant_type [{kind}] is not supported"]
    return problems + [f"[{name}] is required for grant_type [{kind}]" for name in needed[kind] if name not in body]


def grantor(request: Request, body: dict) -> Principal:
    """Who gets the key. Raises ApiError 401."""
    if body["grant_type"] == "access_token":
        bearer = f"Bearer {body['access_token']}"
        return request.security.login(bearer, request.uri, request.version, request.cluster.now())
    return request.security.user_principal(grantee(request, body, "password", AREA + "grant"))


async def update(request: Request) -> dict:
    body = body_of(request, UPDATE) if request.raw_body else {}
    request.ready(AREA + "update")
    key = owned(request, request.parts["id"])
    if isinstance(key, errors.ApiError):
        raise key
    return {"updated": change(request, key, body)}


async def bulk_update(request: Request) -> dict:
    body = body_of(request, BULK_UPDATE)
    if not body["ids"]:
        raise invalid("Field [ids] cannot be empty")
    request.ready(AREA + "bulk_update")
    outcome = {"updated": [], "noops": []}
    failed = {}
    for key_id in body["ids"]:
        key = owned(request, key_id)
        if isinstance(key, errors.ApiError):
            failed[key_id] = {"type": key.type, "reason": key.reason}
        else:
            outcome["updated" if change(request, key, body) else "noops"].append(key_id)
    return {**outcome, **({"errors": {"count": len(failed), "details": failed}} if failed else {})}


def owned(request: Request, key_id: str) -> ApiKey | errors.ApiError:
    """The key, if it is the user's own and still good."""
    key = request.security.api_keys.by_id.get(key_id)
    if key is None or key.owner.name != request.user.name:
        return errors.not_found(f"no API key owned by requesting user found for ID [{key_id}]")
    if key.invalidation is not None:
        return errors.illegal_argument(f"cannot update invalidated API key [{key_id}]")
    if key.expiration is not None and key.expiration <= request.cluster.now():
        return errors.illegal_argument(f"cannot update expired API key [{key_id}]")
    return key


def change(request: Request, key: ApiKey, body: dict) -> bool:
    """Whether anything changed; the owner's privileges are taken anew in any case."""
    before = (key.role_descriptors, key.metadata, key.expiration)
    key.owner_limits = request.user.limits
    key.role_descriptors = body.get("role_descriptors", key.role_descriptors)
    key.metadata = body.get("metadata", key.metadata)
    if "expiration" in body:
        key.expiration = request.cluster.now() + body["expiration"]
    return before != (key.role_descriptors, key.metadata, key.expiration)
