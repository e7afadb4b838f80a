# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may ask: users, roles, API keys, tokens and service accounts, and how credentials become a principal.

What a security file declares and what the security APIs make are kept in the same places.
"""

import base64
import binascii

from simulator import units
from simulator.errors import ApiError
from simulator.security.api_keys import ApiKey, ApiKeys, BadKey, illegal_character, new_id
from simulator.security.principals import Permissions, Principal, User
from simulator.security.roles import BUILT_IN, Role
from simulator.security.service_accounts import BadServiceToken, ServiceAccounts
from simulator.security.texts import EXPIRED, REFUSED_CREDENTIALS, challenges, unauthenticated
from simulator.security.tokens import TWENTY_MINUTES, Token, Tokens, new_value

RUN_AS = "es-security-runas-user"
SECONDARY = "es-secondary-authorization"
FOREVER = 1 << 62


class Security:
    """The security of one server; raises ApiError 401 for credentials that aren't good."""

    def __init__(self, settings: dict):
        declared = settings.get("roles", {})
        self.roles = {**BUILT_IN, **{name: Role.of(role or {}) for name, role in declared.items()}}
        self.users = {name: User(name, **_user(user)) for name, user in settings.get("users", {}).items()}
        service = settings.get("token_service", {"enabled": bool(settings.get("tokens"))})
        timeout = units.duration(service["timeout"], "timeout") if "timeout" in service else TWENTY_MINUTES
        self.tokens = Tokens(enabled=service.get("enabled", True), timeout=timeout)
        self.api_keys = ApiKeys()
        self.service_accounts = ServiceAccounts()
        self.applications: dict[tuple[str, str], dict] = {}
        for key in settings.get("api_keys", []):
            self._add_key(**key)
        for token in settings.get("tokens", []):
            self._add_token(**token)

    def _add_key(self, id=None, key="", name=None, user=None, privileges=None, role_descriptors=None, **state) -> None:
        owner = self.user_principal(self.users[user])
        descriptors = {"limit": {"cluster": privileges}} if privileges is not None else role_descriptors or {}
        expiration = 0 if state.get("expired") else None
        invalidation = 0 if state.get("invalidated") else None
        added = ApiKey(id or new_id(), str(key), name or id, owner.user, owner.limits, owner.realm)
        added.expiration, added.invalidation, added.role_descriptors = expiration, invalidation, descriptors
        self.api_keys.by_id[added.id] = added

    def _add_token(self, token=None, user=None, expired=False) -> None:
        self.tokens.add(Token(token or new_value(), self.users[user], 0, 0 if expired else FOREVER))

    def authenticate(self, headers, uri: str, version, now: int) -> Principal:
        """The principal of a request, impersonated where it asks for that."""
        principal = self.login(headers.get("authorization"), uri, version, now)
        wanted = headers.get(RUN_AS)
        if wanted is not None:
            principal = self._run_as(principal, wanted, uri, version)
        if SECONDARY in headers:
            self._check_secondary(headers[SECONDARY], uri, version, now)
        return principal

    def login(self, authorization: str | None, uri: str, version, now: int) -> Principal:
        scheme, _blank, credentials = (authorization or "").strip().partition(" ")
        logins = {"basic": self._basic, "apikey": self._api_key, "bearer": self._bearer}
        if scheme.lower() not in logins or not credentials.strip():
            raise self.refused(version, f"missing authentication credentials for REST request [{uri}]")
        return logins[scheme.lower()](credentials.strip(), uri, version, now)

    def _basic(self, credentials: str, uri: str, version, now: int) -> Principal:
        try:
            decoded = base64.b64decode(credentials, validate=True).decode("utf-8", "replace")
        except binascii.Error:
            cause = {"type": "illegal_argument_exception", "reason": illegal_character(credentials)}
            raise self.refused(version, "invalid basic authentication header encoding", caused_by=cause) from None
        name, colon, password = decoded.partition(":")
        if not colon:
            raise self.refused(version, "invalid basic authentication header value")
        if not self.is_password(name, password):
            raise self.refused_user(name, uri, version)
        return self.user_principal(self.users[name])

    def is_password(self, name: str, password: str) -> bool:
        user = self.users.get(name)
        return user is not None and user.enabled and user.password is not None and user.password == password

    def _api_key(self, credentials: str, uri: str, version, now: int) -> Principal:
        try:
            return self.api_keys.authenticate(credentials, now)
        except BadKey as problem:
            raise self._refused_credentials(version, f"API key: {problem}") from None

    def _bearer(self, credentials: str, uri: str, version, now: int) -> Principal:
        try:
            service = self.service_accounts.authenticate(credentials) if version.since(7, 13) else None
        except BadServiceToken as problem:
            raise self.refused(version, str(problem)) from None
        token = self.tokens.by_access.get(credentials)
        if service is not None:
            return service
        if token is None:
            raise self._refused_credentials(version, "oauth2 token: invalid token")
        if token.invalidated or token.expires <= now:
            raise unauthenticated("token expired", [EXPIRED])
        return self.user_principal(token.user, "token", {"token": {}})

    def user_principal(self, user: User, kind: str = "realm", credential: dict | None = None) -> Principal:
        known = tuple(role for role in user.roles if role in self.roles)
        unknown = tuple(role for role in user.roles if role not in self.roles)
        limits = (Permissions(tuple(self.roles[role] for role in known)),)
        return Principal(user, user.realm, limits, kind, known, unknown, credential=credential or {})

    def _run_as(self, by: Principal, name: str, uri: str, version) -> Principal:
        """Whether `by` may do that is decided when an action is asked for."""
        target = self.users.get(name)
        if not name or (target is not None and by.may_run_as(name) and not target.enabled):
            raise self.refused_user(by.name, uri, version)
        if target is None:
            return Principal(User(name), by.realm, (), run_by=by)
        found = self.user_principal(target)
        return Principal(
            target,
            found.realm,
            found.limits,
            roles=found.roles,
            unknown_roles=found.unknown_roles,
            lookup_realm=target.realm,
            run_by=by,
        )

    def _check_secondary(self, authorization: str, uri: str, version, now: int) -> None:
        try:
            self.login(authorization, uri, version, now)
        except ApiError as error:
            cause = {"type": error.type, "reason": error.reason, **error.extra}
            reason = "Failed to authenticate secondary user"
            raise ApiError(401, "security_exception", reason, caused_by=cause, root_cause=cause) from None

    def refused_user(self, name: str, uri: str, version) -> ApiError:
        return self.refused(version, f"unable to authenticate user [{name}] for REST request [{uri}]")

    def _refused_credentials(self, version, problem: str) -> ApiError:
        extra = {"additional_unsuccessful_credentials": problem} if version.since(7, 11) else {}
        return self.refused(version, REFUSED_CREDENTIALS, **extra)

    def refused(self, version, reason: str, **extra) -> ApiError:
        return unauthenticated(reason, challenges(version, token_service=self.tokens.enabled), **extra)


def _user(settings: dict) -> dict:
    """The members of a user of a security file; a password may be written as a number there."""
    password = settings.get("password")
    return {**settings, "password": None if password is None else str(password)}
