# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`_security/oauth2/token`, and service accounts and their tokens."""

import re

from simulator import errors
from simulator.config import parser as p
from simulator.config.faults import illegal_argument
from simulator.config.parser import ObjectParser
from simulator.rest import Reply, Request
from simulator.security.api_keys import new_id
from simulator.security.principals import User
from simulator.security.service_accounts import ACCOUNTS
from simulator.security_api.requests import body_of, invalid, refresh, validation_failed

TOKEN = "cluster:admin/xpack/security/token/"
SERVICE = "cluster:admin/xpack/security/service_account/"
GRANTS = ("password", "_kerberos", "refresh_token", "client_credentials")
TOKEN_NAME = re.compile(r"[A-Za-z0-9-][A-Za-z0-9_-]{0,255}")
TOKEN_NAME_RULE = (
    "service account token name must have at least 1 character and at most 256 characters that are alphanumeric (A-Z, "
    "a-z, 0-9) or hyphen (-) or underscore (_). It must not begin with an underscore (_)."
)
CREATION = ObjectParser(
    "token_request",
    (
        p.Field("grant_type", p.TEXT),
        p.Field("username", p.TEXT),
        p.Field("password", p.TEXT),
        p.Field("kerberos_ticket", p.TEXT),
        p.Field("scope", p.TEXT),
        p.Field("refresh_token", p.TEXT),
    ),
)


def _one_token(_version, body: dict) -> dict:
    """Raises Fault."""
    if "token" in body and "refresh_token" in body:
        raise illegal_argument("only one of [token, refresh_token] may be sent per request")
    return body


INVALIDATION = ObjectParser(
    "invalidate_token",
    tuple(p.Field(name, p.TEXT, argument=True) for name in ("token", "refresh_token", "realm_name", "username")),
    build=_one_token,
)


def register(router) -> None:
    router.add("POST", "/_security/oauth2/token", create)
    router.add("DELETE", "/_security/oauth2/token", invalidate)
    for template in ("", "/{namespace}", "/{namespace}/{service}"):
        router.add("GET", f"/_security/service{template}", get_accounts, since=(7, 13))
    credentials = "/_security/service/{namespace}/{service}/credential"
    router.add("GET", credentials, get_credentials, since=(7, 13))
    router.add("POST", f"{credentials}/token", create_service_token, since=(7, 13))
    for method in ("PUT", "POST"):
        router.add(method, f"{credentials}/token/{{name}}", create_service_token, since=(7, 13))
    router.add("DELETE", f"{credentials}/token/{{name}}", delete_service_token, since=(7, 13))


async def create(request: Request) -> Reply:
    require_service(request)
    body = body_of(request, CREATION)
    grant = body.get("grant_type")
    if problem := grant_problem(body, grant):
        is_unsupported = grant not in GRANTS or "not supported" in problem
        return oauth_error("unsupported_grant_type" if is_unsupported else "invalid_request", problem)
    request.ready(TOKEN + ("refresh" if grant == "refresh_token" else "create"))
    tokens, now = request.security.tokens, request.cluster.now()
    if grant == "refresh_token":
        token = tokens.refresh(body["refresh_token"], now)
        if token is None:
            return oauth_error("invalid_grant", "could not refresh the requested token")
        principal = request.security.user_principal(token.user, "token", {"token": {}})
    else:
        principal = request.security.user_principal(grantee(request, body, grant))
        token = tokens.create(principal.user, now, refreshable=grant != "client_credentials")
    refreshable = {"refresh_token": token.refresh} if token.refresh else {}
    authentication = {"authentication": principal.document(request.version)} if request.version.since(7, 11) else {}
    return Reply(
        200,
        {
            "access_token": token.access,
            "type": "Bearer",
            "expires_in": tokens.timeout // 1000,
            **({"scope": "full"} if body.get("scope") else {}),
            **refreshable,
            **authentication,
        },
    )


def require_service(request: Request) -> None:
    """Raises ApiError 403 on a basic licence, 400 where the token service is off."""
    if request.cluster.licence.kind == "basic":
        reason = "current license is non-compliant for [security tokens]"
        raise errors.ApiError(403, "security_exception", reason, **{"license.expired.feature": "security tokens"})
    if not request.security.tokens.enabled:
        reason = "security tokens are not enabled"
        raise errors.ApiError(400, "feature_not_enabled_exception", reason, **{"disabled.feature": "security_tokens"})


def grant_problem(body: dict, grant: str | None) -> str | None:
    needed = {"password": ("username", "password"), "refresh_token": ("refresh_token",)}
    if grant not in GRANTS:
        return validation_failed(f"grant_type only supports the values: [{', '.join(GRANTS)}]")
    missing = [name for name in needed.get(grant, ()) if not body.get(name)]
    extra = [
        name for name in ("username", "password", "refresh_token") if name in body and name not in needed.get(grant, ())
    ]
    problems = [f"{name} is missing" for name in missing]
    problems += [f"{name} is not supported with the {grant} grant_type" for name in extra]
    return validation_failed(*problems) if problems else None


def grantee(request: Request, body: dict, grant: str, action: str = TOKEN + "create") -> User:
    """Raises ApiError 401."""
    if grant != "password":
        return request.user.user
    name = body["username"]
    if not request.security.is_password(name, body["password"]):
        reason = f"unable to authenticate user [{name}] for action [{action}]"
        raise request.security.refused(request.version, reason)
    return request.security.users[name]


def oauth_error(error: str, description: str) -> Reply:
    return Reply(400, {"error": error, "error_description": description})


async def invalidate(request: Request) -> Reply:
    require_service(request)
    body = body_of(request, INVALIDATION)
    request.check_parameters()
    if not any(body.values()):
        raise invalid("token string must be provided when not specifying a realm name or a username")
    request.authorize(TOKEN + "invalidate")
    tokens = request.security.tokens
    counts = tokens.invalidate(
        [
            token
            for token in tokens.by_access.values()
            if body.get("token") in (None, token.access)
            and body.get("refresh_token") in (None, token.refresh)
            and body.get("username") in (None, token.user.name)
            and body.get("realm_name") in (None, token.user.realm["name"])
        ]
    )
    is_missing = ("token" in body or "refresh_token" in body) and not any(counts.values())
    return Reply(404 if is_missing else 200, counts)


def account_of(request: Request) -> str:
    return f"{request.parts['namespace']}/{request.parts['service']}"


async def get_accounts(request: Request) -> dict:
    request.ready(SERVICE + "get")
    prefix = "/".join(request.parts[name] for name in ("namespace", "service") if name in request.parts)
    found = {name: role for name, role in ACCOUNTS.items() if f"{name}/".startswith(f"{prefix}/" if prefix else "")}
    return {name: {"role_descriptor": role.document(request.version)} for name, role in found.items()}


async def create_service_token(request: Request) -> dict:
    refresh(request)
    request.ready(SERVICE + "token/create")
    account, service_accounts = account_of(request), request.security.service_accounts
    name = request.parts.get("name") or f"token_{new_id()}"
    if not TOKEN_NAME.fullmatch(name):
        raise invalid(f"invalid service token name [{name}]. {TOKEN_NAME_RULE}")
    if account not in ACCOUNTS:
        raise errors.illegal_argument(f"service account [{account}] does not exist")
    if (account, name) in service_accounts.tokens:
        reason = (
            f"[service_account_token-{account}/{name}]: version conflict, document already exists (current version [1])"
        )
        where = {"index_uuid": request.cluster.uuid, "shard": "0", "index": ".security-7"}
        raise errors.ApiError(409, "version_conflict_engine_exception", reason, **where)
    return {"created": True, "token": {"name": name, "value": service_accounts.create(account, name)}}


async def get_credentials(request: Request) -> dict:
    request.ready(SERVICE + "credential/get[n]")
    account = account_of(request)
    names = [name for owner, name in request.security.service_accounts.tokens if owner == account]
    files = {"nodes_credentials": {"_nodes": {"total": 1, "successful": 1, "failed": 0}, "file_tokens": {}}}
    return {"service_account": account, "count": len(names), "tokens": {name: {} for name in names}, **files}


async def delete_service_token(request: Request) -> Reply:
    refresh(request)
    request.ready(SERVICE + "token/delete")
    key = (account_of(request), request.parts["name"])
    found = request.security.service_accounts.tokens.pop(key, None) is not None
    return Reply(200 if found else 404, {"found": found})
