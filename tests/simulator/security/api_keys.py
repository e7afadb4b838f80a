# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API keys: their store, and logging in with one."""

import base64
import binascii
import secrets
import string
from dataclasses import dataclass, field, replace

from simulator.security.principals import API_KEYS, Permissions, Principal, User
from simulator.security.roles import Role


class BadKey(Exception):
    """Why a key isn't accepted, as `additional_unsuccessful_credentials` says it."""


@dataclass
class ApiKey:
    """A key, with its own roles (none: all that the owner may) and what its owner was allowed when it was made.

    Times are milliseconds.
    """

    id: str
    key: str
    name: str | None
    owner: User
    owner_limits: tuple[Permissions, ...]
    realm: dict
    creation: int = 0
    expiration: int | None = None
    invalidation: int | None = None
    role_descriptors: dict = field(default_factory=dict)
    metadata: dict = field(default_factory=dict)

    @property
    def encoded(self) -> str:
        return base64.b64encode(f"{self.id}:{self.key}".encode()).decode()

    def principal(self) -> Principal:
        """The key keeps working when its owner is disabled or gone (recorded)."""
        own = Permissions(tuple(Role.of(descriptor) for descriptor in self.role_descriptors.values()))
        limits = (own, *self.owner_limits) if self.role_descriptors else self.owner_limits
        shown = {"api_key": {"name": self.name, "id": self.id}}
        return Principal(self.owner, API_KEYS, limits, "api_key", api_key_id=self.id, credential=shown)

    def document(self, version) -> dict:
        """As `GET _security/api_key` shows it."""
        expiration = {"expiration": self.expiration} if self.expiration is not None else {}
        invalidation = {"invalidation": self.invalidation} if self.invalidation is not None else {}
        shown = {"id": self.id, "name": self.name}
        if version.since(8, 10):
            shown["type"] = "rest"
        shown |= {"creation": self.creation, **expiration, "invalidated": self.invalidation is not None}
        if version.since(8, 12):
            shown |= invalidation
        shown |= {"username": self.owner.name, "realm": self.realm["name"]}
        if version.since(8, 14):
            shown["realm_type"] = self.realm["type"]
        if version.since(7, 13):
            shown["metadata"] = self.metadata
        if version.since(8, 5):
            descriptors = self.role_descriptors.items()
            shown["role_descriptors"] = {name: Role.of(one).document(version) for name, one in descriptors}
        return shown


class ApiKeys:
    """The keys of a cluster by id."""

    def __init__(self):
        self.by_id: dict[str, ApiKey] = {}

    def create(self, owner: Principal, now: int, name: str | None, **more) -> ApiKey:
        secret = secrets.token_urlsafe(16)
        key = ApiKey(new_id(), secret, name, replace(owner.user), owner.limits, owner.realm, now, **more)
        self.by_id[key.id] = key
        return key

    def authenticate(self, credentials: str, now: int) -> Principal:
        """Raises BadKey."""
        try:
            decoded = base64.b64decode(credentials, validate=True)
        except binascii.Error:
            raise BadKey(illegal_character(credentials)) from None
        key_id, colon, secret = decoded.decode("utf-8", "replace").partition(":")
        if not colon:
            raise BadKey("invalid ApiKey value")
        key = self.by_id.get(key_id)
        if key is None:
            raise BadKey(f"unable to find apikey with id {key_id}")
        if key.invalidation is not None:
            raise BadKey(f"api key [{key_id}] has been invalidated")
        if key.key != secret:
            raise BadKey(f"invalid credentials for API key [{key_id}]")
        if key.expiration is not None and key.expiration <= now:
            raise BadKey("api key is expired")
        return key.principal()


def new_id() -> str:
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _position in range(20))


def illegal_character(text: str) -> str:
    character = next((f"{ord(letter):x}" for letter in text if not (letter.isalnum() or letter in "+/=")), None)
    return f"Illegal base64 character {character}" if character else "Last unit does not have enough valid bits"
