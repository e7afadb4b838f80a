# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The servers of the suite, simulated and genuine, with the same people, keys and tokens in them."""

import base64
from dataclasses import dataclass

from modules import harness

from ansible_collections.mlops.elastic.plugins.module_utils.connection import CONNECTION_SPEC

PASSWORD = "Pa55-w0rd"
ROLES = {
    "only_monitor_ml": ["monitor_ml"],
    "only_manage_ml": ["manage_ml"],
    "only_monitor": ["monitor"],
    "nothing": [],
}
USERS = {
    **{name: {"password": PASSWORD, "roles": [name]} for name in ROLES},
    "ann": {"password": PASSWORD, "roles": ["only_manage_ml"]},
    "gone": {"password": PASSWORD, "roles": ["only_manage_ml"], "enabled": False},
}
ACCOUNT = "elastic/fleet-server"


@dataclass(frozen=True)
class Key:
    """An API key as its maker gave it."""

    id: str
    secret: str

    @property
    def pair(self) -> str:
        return f"{self.id}:{self.secret}"

    @property
    def encoded(self) -> str:
        return base64.b64encode(self.pair.encode()).decode()


class Place:
    """A server behind TLS.

    :ivar has_ml: whether it can answer what modules ask; a genuine one can't
    :ivar keys: by what became of them: valid, expired, invalidated
    :ivar tokens: the same of bearer tokens, and that of a service account
    """

    def __init__(self, url: str, version: str, ca_file, has_ml: bool):
        self.url = url
        self.version = version
        self.release = tuple(int(part) for part in version.split("."))
        self.ca_file = str(ca_file)
        self.has_ml = has_ml
        self.keys = {}
        self.tokens = {}

    def options(self, **more) -> dict:
        return {"hosts": [self.url], "ca_cert": self.ca_file, "max_retries": 0, **more}

    def run(self, **options) -> harness.Outcome:
        """Read jobs with these options of the connection."""
        return run("ml_job_info", **self.options(**options))

    def lets_in(self, outcome: harness.Outcome) -> bool:
        """Credentials are looked at before the path, so that a server without ML may still let somebody in."""
        if self.has_ml:
            return not outcome.failed
        return "ML is not part of this distribution" in outcome.msg


def run(module: str, **options) -> harness.Outcome:
    stdout, status = harness.call(module, options)
    return harness.Outcome(stdout, status, [])


def complete(options: dict) -> dict:
    """Options of the connection with the defaults that a module would add."""
    return {**{name: spec.get("default") for name, spec in CONNECTION_SPEC.items()}, **options}


def simulated(simulator, version: str, ca_file) -> Place:
    """Fill a simulator that listens with TLS."""
    place = Place(f"https://127.0.0.1:{simulator.address[1]}", version, ca_file, has_ml=True)
    place.keys = {state: Key(f"key-{state}", f"s3cret-{state}") for state in ("valid", "expired", "invalidated")}
    place.tokens = {state: f"t0ken-{state}" for state in ("valid", "expired", "service")}
    return place


def security_file() -> dict:
    """What a simulator is told of the people, keys and tokens."""
    return {
        "users": USERS | {ACCOUNT: {"password": PASSWORD, "roles": ["only_monitor_ml"]}},
        "roles": {name: {"cluster": privileges} for name, privileges in ROLES.items()},
        "api_keys": [
            {"id": f"key-{state}", "key": f"s3cret-{state}", "user": "ann", "name": state, state: True}
            for state in ("valid", "expired", "invalidated")
        ],
        "tokens": [
            {"token": "t0ken-valid", "user": "ann"},
            {"token": "t0ken-expired", "user": "ann", "expired": True},
            {"token": "t0ken-service", "user": ACCOUNT},
        ],
    }


class GenuinePlace(Place):
    """A genuine node; users, keys and tokens are made by its own APIs."""

    def __init__(self, node, ca_file):
        super().__init__(node.url, node.version, ca_file, has_ml=False)
        self.node = node
        for name, privileges in ROLES.items():
            node.api("PUT", f"/_security/role/{name}", {"cluster": privileges})
        for name, user in USERS.items():
            node.api("PUT", f"/_security/user/{name}", user)
        self.keys = {state: self._key(state, **more) for state, more in _KEYS.items()}
        node.api("DELETE", "/_security/api_key", {"ids": [self.keys["invalidated"].id]})
        account = node.api("POST", f"/_security/service/{ACCOUNT}/credential/token/made-here")
        expired = self.token()
        node.api("DELETE", "/_security/oauth2/token", {"token": expired})
        self.tokens = {"service": account["token"]["value"], "expired": expired, "valid": self.token()}

    def _key(self, name: str, **more) -> Key:
        made = self.node.api("POST", "/_security/api_key", {"name": name, **more})
        key = Key(made["id"], made["api_key"])
        assert key.encoded == made["encoded"]
        return key

    def token(self) -> str:
        """A bearer token of ann's, valid for a few seconds."""
        grant = {"grant_type": "password", "username": "ann", "password": PASSWORD}
        return self.node.api("POST", "/_security/oauth2/token", grant)["access_token"]


_KEYS = {"valid": {}, "expired": {"expiration": "1ms"}, "invalidated": {}}
