# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who asks, and what they may do: users, roles, API keys, bearer tokens."""

import base64
import binascii
from dataclasses import dataclass

from simulator.errors import ApiError
from simulator.index_privileges import EVERYTHING

BUILT_IN_ROLES = {
    "superuser": ["all"],
    "machine_learning_admin": ["manage_ml"],
    "machine_learning_user": ["monitor_ml"],
}
ML_READ = ("monitor_ml", "manage_ml", "monitor", "manage", "all")
ML_WRITE = ("manage_ml", "manage", "all")
MONITOR = ("monitor", "manage", "all")
MANAGE = ("manage", "all")
GRANTED_BY = (
    ("cluster:monitor/xpack/ml/", ML_READ),
    ("cluster:admin/xpack/ml/", ML_WRITE),
    ("cluster:monitor/", MONITOR),
    ("cluster:admin/", MANAGE),
)
REFUSED_CREDENTIALS = (
    "unable to authenticate with provided credentials and anonymous access is not allowed for this request"
)


@dataclass(frozen=True)
class Principal:
    """Somebody authenticated; `api_key_id` where an API key did it."""

    name: str
    privileges: frozenset[str]
    roles: tuple[str, ...] = ()
    unknown_roles: tuple[str, ...] = ()
    api_key_id: str | None = None
    indices: tuple[dict, ...] = ()

    def require(self, action: str, version) -> None:
        """Raises ApiError 403 unless a privilege grants the action."""
        granting = next((privileges for prefix, privileges in GRANTED_BY if action.startswith(prefix)), None)
        if granting is None or self.privileges.intersection(granting):
            return
        reason = f"action [{action}] is unauthorized for {self.described(version)}"
        if version.since(7, 11):
            reason += f", this action is granted by the cluster privileges [{','.join(granting)}]"
        raise ApiError(403, "security_exception", reason)

    def described(self, version) -> str:
        if self.api_key_id is not None:
            return f"API key id [{self.api_key_id}] of user [{self.name}]"
        if not version.since(7, 14):
            return f"user [{self.name}]"
        kind = "effective roles" if version.since(8) else "roles"
        missing = f" (assigned roles [{','.join(self.unknown_roles)}] were not found)" if self.unknown_roles else ""
        return f"user [{self.name}] with {kind} [{','.join(self.roles)}]{missing}"


class Security:
    """The users, roles, API keys and tokens of a security file."""

    def __init__(self, settings: dict):
        self.users = settings.get("users", {})
        roles = {name: role.get("cluster", []) for name, role in settings.get("roles", {}).items()}
        self.roles = {**BUILT_IN_ROLES, **roles}
        self.indices = {name: tuple(role.get("indices", ())) for name, role in settings.get("roles", {}).items()}
        self.indices["superuser"] = EVERYTHING
        self.api_keys = {key["id"]: key for key in settings.get("api_keys", [])}
        tokens = settings.get("tokens", [])
        self.tokens = {token["token"]: token for token in tokens}

    def authenticate(self, authorization: str | None, uri: str, version) -> Principal:
        """Raises ApiError 401."""
        scheme, _blank, credentials = (authorization or "").strip().partition(" ")
        authenticators = {"basic": self._basic, "apikey": self._api_key, "bearer": self._bearer}
        if scheme.lower() not in authenticators or not credentials.strip():
            raise self.refused(version, f"missing authentication credentials for REST request [{uri}]")
        return authenticators[scheme.lower()](credentials.strip(), uri, version)

    def _basic(self, credentials: str, uri: str, version) -> Principal:
        try:
            decoded = base64.b64decode(credentials, validate=True).decode("utf-8", "replace")
        except binascii.Error:
            cause = {"type": "illegal_argument_exception", "reason": illegal_character(credentials)}
            raise self.refused(version, "invalid basic authentication header encoding", caused_by=cause) from None
        name, colon, password = decoded.partition(":")
        if not colon:
            raise self.refused(version, "invalid basic authentication header value")
        user = self.users.get(name)
        if user is None or str(user["password"]) != password or user.get("enabled") is False:
            raise self.refused(version, f"unable to authenticate user [{name}] for REST request [{uri}]")
        return self.principal(name)

    def _api_key(self, credentials: str, uri: str, version) -> Principal:
        try:
            decoded = base64.b64decode(credentials, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise self.refused_key(version, illegal_character(credentials)) from None
        key_id, colon, secret = decoded.partition(":")
        if not colon:
            raise self.refused_key(version, "invalid ApiKey value")
        key = self.api_keys.get(key_id)
        if key is None:
            raise self.refused_key(version, f"unable to find apikey with id {key_id}")
        if key.get("invalidated"):
            raise self.refused_key(version, f"api key [{key_id}] has been invalidated")
        if str(key["key"]) != secret:
            raise self.refused_key(version, f"invalid credentials for API key [{key_id}]")
        if key.get("expired"):
            raise self.refused_key(version, "api key is expired")
        owner = self.principal(key["user"])
        limited_to = key.get("privileges")
        privileges = owner.privileges if limited_to is None else frozenset(limited_to)
        return Principal(owner.name, privileges, api_key_id=key_id, indices=owner.indices)

    def _bearer(self, credentials: str, uri: str, version) -> Principal:
        token = self.tokens.get(credentials)
        if token is None:
            extra = "oauth2 token: invalid token"
            raise self.refused(version, REFUSED_CREDENTIALS, additional_unsuccessful_credentials=extra)
        if token.get("expired"):
            challenge = 'Bearer realm="security", error="invalid_token", error_description="The access token expired"'
            raise unauthenticated("token expired", [challenge])
        return self.principal(token["user"])

    def principal(self, name: str) -> Principal:
        assigned = self.users.get(name, {}).get("roles", [])
        known = [role for role in assigned if role in self.roles]
        privileges = frozenset(privilege for role in known for privilege in self.roles[role])
        unknown = tuple(role for role in assigned if role not in self.roles)
        indices = tuple(entry for role in known for entry in self.indices.get(role, ()))
        return Principal(name, privileges, tuple(known), unknown, indices=indices)

    def refused_key(self, version, problem: str) -> ApiError:
        extra = {"additional_unsuccessful_credentials": f"API key: {problem}"} if version.since(7, 11) else {}
        return self.refused(version, REFUSED_CREDENTIALS, **extra)

    def refused(self, version, reason: str, **extra) -> ApiError:
        if not version.since(8):
            return unauthenticated(reason, ['Basic realm="security" charset="UTF-8"'], **extra)
        bearer = ['Bearer realm="security"'] if self.tokens else []
        return unauthenticated(reason, ['Basic realm="security", charset="UTF-8"', *bearer, "ApiKey"], **extra)


def illegal_character(text: str) -> str:
    character = next((f"{ord(letter):x}" for letter in text if not (letter.isalnum() or letter in "+/=")), None)
    return f"Illegal base64 character {character}" if character else "Last unit does not have enough valid bits"


def unauthenticated(reason: str, challenges: list[str], **extra) -> ApiError:
    shown = challenges[0] if len(challenges) == 1 else challenges
    headers = {"WWW-Authenticate": challenges}
    return ApiError(401, "security_exception", reason, headers=headers, **extra, header={"WWW-Authenticate": shown})
