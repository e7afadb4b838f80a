# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`_security/api_key`."""

from simulator.config import parser as p
from simulator.config.parser import ObjectParser
from simulator.config.values import time_value
from simulator.rest import Reply, Request
from simulator.security import patterns
from simulator.security.api_keys import ApiKey
from simulator.security.principals import Principal
from simulator.security.roles import problems
from simulator.security_api.requests import body_of, invalid, refresh

AREA = "cluster:admin/xpack/security/api_key/"
LONGEST_NAME = 256


def read_expiration(_version, body: dict) -> dict:
    """The expiration is read when the request is built. Raises Fault."""
    if "expiration" in body:
        body["expiration"] = time_value(body["expiration"], "expiration").millis
    return body


CREATION = ObjectParser(
    "api_key_request",
    (
        p.Field("name", p.TEXT, argument=True, required=True),
        p.Field("role_descriptors", p.MAP, argument=True),
        p.Field("expiration", p.TEXT, argument=True),
        p.Field("metadata", p.MAP, argument=True, releases=((7, 13), (99,))),
        p.Field("certificate_identity", p.TEXT, argument=True, releases=((9, 3), (99,))),
    ),
    build=read_expiration,
)
INVALIDATION = ObjectParser(
    "invalidate_api_key",
    (
        p.Field("id", p.TEXT, releases=((0,), (8,))),
        p.Field("ids", p.TEXTS, releases=((7, 10), (99,))),
        p.Field("name", p.TEXT),
        p.Field("username", p.TEXT),
        p.Field("realm_name", p.TEXT),
        p.Field("owner", p.TRUTH),
    ),
)


def register(router) -> None:
    router.add("POST", "/_security/api_key", create)
    router.add("PUT", "/_security/api_key", create)
    router.add("GET", "/_security/api_key", get)
    router.add("DELETE", "/_security/api_key", invalidate)


async def create(request: Request) -> dict:
    refresh(request)
    body = body_of(request, CREATION)
    request.ready(AREA + "create")
    return created(make(request, request.user, body), request.version)


def make(request: Request, owner: Principal, body: dict) -> ApiKey:
    """Raises ApiError 400."""
    descriptors = body.get("role_descriptors", {})
    wrong = [_name_problem(body.get("name"))]
    wrong += [problem for descriptor in descriptors.values() for problem in problems(descriptor, request.version)]
    if any(key.startswith("_") for key in body.get("metadata", {})):
        wrong.append("API key metadata keys may not start with [_]")
    if any(wrong):
        raise invalid(*(problem for problem in wrong if problem))
    now, lifetime = request.cluster.now(), body.get("expiration")
    return request.security.api_keys.create(
        owner,
        now,
        body.get("name"),
        expiration=None if lifetime is None else now + lifetime,
        role_descriptors=descriptors,
        metadata=body.get("metadata", {}),
    )


def created(key: ApiKey, version) -> dict:
    """The reply that shows the key itself."""
    expiration = {} if key.expiration is None else {"expiration": key.expiration}
    encoded = {"encoded": key.encoded} if version.since(7, 16) else {}
    return {"id": key.id, "name": key.name, **expiration, "api_key": key.key, **encoded}


def _name_problem(name: str | None) -> str | None:
    if not name:
        return "api key name is required"
    if len(name) > LONGEST_NAME:
        return f"api key name may not be more than {LONGEST_NAME} characters long"
    if name != name.strip():
        return "api key name may not begin or end with whitespace"
    return "api key name may not begin with an underscore" if name.startswith("_") else None


async def get(request: Request) -> Reply:
    wanted = {name: request.text(name) for name in ("id", "name", "username", "realm_name")}
    owner = request.flag("owner", False)
    for name, since in (("with_limited_by", (8, 5)), ("active_only", (8, 10)), ("with_profile_uid", (8, 14))):
        if request.version.since(*since):
            request.flag(name, False)
    request.check_parameters()
    require_one_way(wanted, "api key id", wanted["id"], owner, "retrieving")
    ids = {wanted["id"]} if wanted["id"] else set()
    _authorize(request, AREA + "get", ids, owner)
    found = _chosen(request, ids, wanted, owner)
    if request.flag("active_only", False):
        found = [key for key in found if _is_active(key, request.cluster.now())]
    documents = [key.document(request.version) for key in found]
    return Reply(404 if wanted["id"] and not documents else 200, {"api_keys": documents})


async def invalidate(request: Request) -> dict:
    body = body_of(request, INVALIDATION)
    request.check_parameters()
    ids = set(body.get("ids", [body["id"]] if "id" in body else []))
    owner = body.get("owner", False)
    if not ids and not owner and not any(body.get(name) for name in ("name", "username", "realm_name")):
        raise invalid(
            "One of [api key id(s), api key name, username, realm name] must be specified if [owner] flag is false"
        )
    require_one_way(body, "api key id(s)", ids, owner, "invalidating")
    _authorize(request, AREA + "invalidate", ids, owner)
    now = request.cluster.now()
    found = _chosen(request, ids, body, owner)
    fresh = [key for key in found if key.invalidation is None]
    for key in fresh:
        key.invalidation = now
    return {
        "invalidated_api_keys": [key.id for key in fresh],
        "previously_invalidated_api_keys": [],
        "error_count": 0,
    }


def require_one_way(wanted: dict, called: str, ids, owner: bool, doing: str) -> None:
    """Keys are named by id, by name, by owner or as one's own. Raises ApiError 400."""
    by_owner = wanted.get("username") or wanted.get("realm_name")
    if by_owner and (ids or wanted.get("name")):
        raise invalid(f"username or realm name must not be specified when the {called} or api key name is specified")
    if by_owner and owner:
        raise invalid(f"neither username nor realm-name may be specified when {doing} owned API keys")
    if ids and wanted.get("name"):
        raise invalid(f"only one of [{called}, api key name] can be specified")


def _authorize(request: Request, action: str, ids: set[str], owner: bool) -> None:
    """Who may only manage own keys must ask for `owner`; a key may always look at itself."""
    user = request.user
    if action.endswith("get") and ids == {user.api_key_id}:
        return
    user.require_beyond_own_keys(action, request.version, is_own=owner)
    request.authorize(action)


def _chosen(request: Request, ids: set[str], wanted: dict, owner: bool) -> list[ApiKey]:
    keys = request.security.api_keys.by_id.values()
    username = request.user.name if owner else wanted.get("username")
    return [
        key
        for key in keys
        if (not ids or key.id in ids)
        and (not wanted.get("name") or patterns.matches(wanted["name"], key.name or ""))
        and (not username or key.owner.name == username)
        and (not wanted.get("realm_name") or key.realm["name"] == wanted["realm_name"])
    ]


def _is_active(key: ApiKey, now: int) -> bool:
    return key.invalidation is None and (key.expiration is None or key.expiration > now)
