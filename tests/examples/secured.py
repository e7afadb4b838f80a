# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster that asks for credentials over TLS, and another one behind a proxy that asks for a certificate."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme
from connection.fronts import server_context, standing
from contract.server import Server, running

PASSWORD = secrets.token_urlsafe()
SECURITY = {
    "users": {"elastic": {"password": PASSWORD, "roles": ["superuser"]}},
    "api_keys": [
        {
            "id": "vault",
            "key": "a-key-of-the-vault",
            "user": "elastic",
            "role_descriptors": {"ml": {"cluster": ["manage_ml"]}},
        }
    ],
    "token_service": {"enabled": True},
}


@dataclass(frozen=True)
class Secured:
    """What a page's reader knows of these clusters. `values` are put in the place of what examples write."""

    server: Server
    authority: trustme.CA
    values: dict[str, str]

    def give(self, folder: Path) -> None:
        """The files that examples name."""
        client = self.authority.issue_cert("ansible@example.com", common_name="ansible")
        self.authority.cert_pem.write_to_path(folder / "http_ca.crt")
        client.cert_chain_pems[0].write_to_path(folder / "ansible.crt")
        client.private_key_pem.write_to_path(folder / "ansible.key")


@contextmanager
def secured(place: Path, unsecured: Server):
    """Start one.

    :arg unsecured: what is behind the proxy that asks for a certificate
    """
    file = place / "security.json"
    file.write_text(json.dumps(SECURITY))
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1", "localhost")
    with (
        running("9.5.3", "--security", str(file)) as server,
        standing(server.address, server_context(certificate, authority)) as front,
        standing(unsecured.address, server_context(certificate, authority, asks_client=True)) as pki,
    ):
        parts = f"1:{front.port}$127.0.0$".encode()  # the client joins them: https://127.0.0.1:PORT
        values = {
            "endpoint": front.url,
            "pki": pki.url,
            "cloud_id": f"ml:{base64.b64encode(parts).decode()}",
            "fingerprint": fingerprint(authority.cert_pem.bytes()),
        }
        yield Secured(server, authority, values)


def fingerprint(pem: bytes) -> str:
    lines = pem.decode().strip().splitlines()[1:-1]
    return hashlib.sha256(base64.b64decode("".join(lines))).hexdigest()
