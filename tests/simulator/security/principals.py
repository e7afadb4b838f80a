# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who asks: users as they are stored, and a principal as it acts in one request."""

from dataclasses import dataclass, field

from simulator.security import privileges
from simulator.security.privileges import CLUSTER, INDEX, Privilege
from simulator.security.roles import Role
from simulator.security.texts import unauthorized

CHANGE_PASSWORD = "cluster:admin/xpack/security/user/change_password"
NATIVE = {"name": "default_native", "type": "native"}
RESERVED = {"name": "reserved", "type": "reserved"}
API_KEYS = {"name": "_es_api_key", "type": "_es_api_key"}
SERVICE_ACCOUNTS = {"name": "_service_account", "type": "_service_account"}
RESERVED_USERS = {
    "elastic": "superuser",
    "kibana": "kibana_system",
    "kibana_system": "kibana_system",
    "logstash_system": "logstash_system",
    "beats_system": "beats_system",
    "apm_system": "apm_system",
    "remote_monitoring_user": "remote_monitoring_agent",
}


@dataclass
class User:
    """A user of the native or the reserved realm; without a password nobody can log in as that user."""

    name: str
    password: str | None = None
    roles: list[str] = field(default_factory=list)
    full_name: str | None = None
    email: str | None = None
    metadata: dict = field(default_factory=dict)
    enabled: bool = True

    @property
    def is_reserved(self) -> bool:
        return self.name in RESERVED_USERS

    @property
    def realm(self) -> dict:
        return RESERVED if self.is_reserved else NATIVE

    def document(self) -> dict:
        """As the user API shows it."""
        return {
            "username": self.name,
            "roles": self.roles,
            "full_name": self.full_name,
            "email": self.email,
            "metadata": {"_reserved": True} if self.is_reserved else self.metadata,
            "enabled": self.enabled,
        }


@dataclass(frozen=True)
class Permissions:
    """What some roles grant together."""

    roles: tuple[Role, ...] = ()

    def allows(self, action: str) -> bool:
        return any(role.allows(action) for role in self.roles)

    def implies(self, wanted: Privilege) -> bool:
        return any(role.implies(wanted) for role in self.roles)

    def allows_on(self, index: str, action: str) -> bool:
        return any(role.allows_on(index, action) for role in self.roles)

    def allows_somewhere(self, action: str) -> bool:
        return any(role.allows_somewhere(action) for role in self.roles)

    def implies_on(self, index: str, wanted: Privilege) -> bool:
        return any(role.implies_on(index, wanted) for role in self.roles)

    def allows_application(self, application: str, privilege: str, resource: str) -> bool:
        return any(role.allows_application(application, privilege, resource) for role in self.roles)


@dataclass(frozen=True)
class Principal:
    """Somebody authenticated. An action needs the consent of all `limits` (of a key: its own and its owner's roles).

    `run_by` is who authenticated when the principal is impersonated; `credential` what an authenticate reply adds.
    """

    user: User
    realm: dict
    limits: tuple[Permissions, ...]
    authentication_type: str = "realm"
    roles: tuple[str, ...] = ()
    unknown_roles: tuple[str, ...] = ()
    api_key_id: str | None = None
    credential: dict = field(default_factory=dict)
    lookup_realm: dict | None = None
    run_by: "Principal | None" = None

    @property
    def name(self) -> str:
        return self.user.name

    def require(self, action: str, version, indices: list[str] | None = None, *, on_themselves: bool = True) -> None:
        """Raises ApiError 403 unless a privilege grants the action, on all of the indices if it is about indices."""
        if self._refused_run_as():
            raise unauthorized(
                f"action [{action}] is unauthorized for {self.run_by.described(version)}, "
                f"because user [{self.run_by.name}] is unauthorized to run as [{self.name}]"
            )
        if on_themselves and action in privileges.EVERYBODY_ON_THEMSELVES:
            return
        if action.startswith("indices:"):
            refused = [name for name in indices or [] if not self.allows_on(name, action)]
            if refused:
                where = f" on indices [{','.join(refused)}]"
                raise unauthorized(self._refusal(action, version, where, "index", INDEX))
        elif not self.allows(action):
            raise unauthorized(self._refusal(action, version, "", "cluster", CLUSTER))

    def may_beyond_own_keys(self, action: str) -> bool:
        """`manage_own_api_key` alone grants actions on one's own keys only."""
        return any(self.implies(privilege) for privilege in privileges.beyond_own_keys(action))

    def require_beyond_own_keys(self, action: str, version, *, is_own: bool) -> None:
        """Raises ApiError 403."""
        if not is_own and not self.may_beyond_own_keys(action):
            granting = tuple(privileges.beyond_own_keys(action))
            raise unauthorized(self._refusal(action, version, "", "cluster", granting))

    def _refusal(self, action: str, version, where: str, kind: str, table) -> str:
        reason = f"action [{action}] is unauthorized for {self.described(version)}{where}"
        if not version.since(7, 11):
            return reason
        names = ",".join(privileges.granting(table, action, version))
        return f"{reason}, this action is granted by the {kind} privileges [{names}]"

    def _refused_run_as(self) -> bool:
        return self.run_by is not None and not (self.lookup_realm and self.run_by.may_run_as(self.name))

    def may_run_as(self, user: str) -> bool:
        return all(any(role.may_run_as(user) for role in limit.roles) for limit in self.limits)

    def allows(self, action: str) -> bool:
        return all(limit.allows(action) for limit in self.limits)

    def implies(self, wanted: Privilege) -> bool:
        return all(limit.implies(wanted) for limit in self.limits)

    def allows_on(self, index: str, action: str) -> bool:
        return all(limit.allows_on(index, action) for limit in self.limits)

    def allows_somewhere(self, action: str) -> bool:
        return all(limit.allows_somewhere(action) for limit in self.limits)

    def implies_on(self, index: str, wanted: Privilege) -> bool:
        return all(limit.implies_on(index, wanted) for limit in self.limits)

    def allows_application(self, application: str, privilege: str, resource: str) -> bool:
        return all(limit.allows_application(application, privilege, resource) for limit in self.limits)

    def described(self, version) -> str:
        if self.api_key_id is not None:
            return f"API key id [{self.api_key_id}] of user [{self.name}]"
        if self.realm is SERVICE_ACCOUNTS:
            return f"service account [{self.name}]"
        who = f"user [{self.run_by.name}] run as [{self.name}]" if self.run_by else f"user [{self.name}]"
        if not version.since(7, 14):
            return who
        kind, shown = ("effective roles", sorted(self.roles)) if version.since(8) else ("roles", self.roles)
        missing = f" (assigned roles [{','.join(self.unknown_roles)}] were not found)" if self.unknown_roles else ""
        return f"{who} with {kind} [{','.join(shown)}]{missing}"

    def document(self, version) -> dict:
        """The reply of `_security/_authenticate`."""
        shown = self.user.document()
        if self.api_key_id is not None or self.realm is SERVICE_ACCOUNTS:
            shown["roles"] = []
        if version.since(7, 11) and (added := self._credential(version)):
            shown |= added
        realm = self.run_by.realm if self.run_by else self.realm
        shown["authentication_realm"] = realm
        shown["lookup_realm"] = self.lookup_realm or self.realm
        if version.since(7):
            shown["authentication_type"] = self.run_by.authentication_type if self.run_by else self.authentication_type
        return shown

    def _credential(self, version) -> dict:
        """`api_key` or `token`; since 9.1 with who manages it, and only then for plain tokens."""
        managed = {"managed_by": "elasticsearch"} if version.since(9, 1) else {}
        filled = {name: {**members, **managed} for name, members in self.credential.items()}
        return {name: members for name, members in filled.items() if members}
