# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service accounts and their tokens."""

import base64
import binascii
import secrets
from dataclasses import dataclass, field

from simulator.security.principals import SERVICE_ACCOUNTS, Permissions, Principal, User
from simulator.security.roles import Role

PREFIX = b"\x00\x01\x00\x01"
ACCOUNTS = {
    "elastic/auto-ops": Role(("monitor", "read_ilm", "read_slm")),
    "elastic/fleet-server-remote": Role(("monitor", "manage_own_api_key")),
    "elastic/fleet-server": Role(("monitor", "manage_own_api_key", "read_fleet_secrets")),
    "elastic/kibana": Role(("monitor", "manage_own_api_key", "monitor_ml")),
    "elastic/enterprise-search-server": Role(("manage", "manage_security", "read_connector_secrets")),
}


class BadServiceToken(Exception):
    """A token that names a service account and isn't good."""


@dataclass
class ServiceAccounts:
    """The tokens of service accounts: values by (account, token name)."""

    tokens: dict[tuple[str, str], str] = field(default_factory=dict)

    def create(self, account: str, name: str) -> str:
        """The new token, which is shown only now."""
        secret = secrets.token_urlsafe(16)
        value = base64.b64encode(PREFIX + f"{account}/{name}:{secret}".encode()).decode().rstrip("=")
        self.tokens[account, name] = value
        return value

    def authenticate(self, value: str) -> Principal | None:
        """None where the value isn't a service token at all. Raises BadServiceToken."""
        parsed = _parsed(value)
        if parsed is None:
            return None
        account, name = parsed
        if self.tokens.get(parsed) != value:
            raise BadServiceToken(f"failed to authenticate service account [{account}] with token name [{name}]")
        user = User(account, full_name=f"Service account - {account}", metadata={"_elastic_service_account": True})
        shown = {"token": {"name": name, "type": "_service_account_index"}}
        limits = (Permissions((ACCOUNTS[account],)),)
        return Principal(user, SERVICE_ACCOUNTS, limits, "token", credential=shown)


def _parsed(value: str) -> tuple[str, str] | None:
    """(account, token name)."""
    padding = "=" * (-len(value) % 4)
    try:
        decoded = base64.b64decode(value + padding, validate=True)
    except binascii.Error:
        return None
    qualified, colon, _secret = decoded.removeprefix(PREFIX).decode("utf-8", "replace").partition(":")
    if not decoded.startswith(PREFIX) or not colon or qualified.count("/") != 2:
        return None
    account, _slash, name = qualified.rpartition("/")
    return account, name
