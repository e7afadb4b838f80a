# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated cluster with TLS and security, and a private data directory of ansible-runner."""

import json
import shutil

import pytest
import trustme
from contract.server import running
from modules.server import NEWEST

from awx import rules
from awx.places import ROOT, loaded
from awx.running import Runner

DEMO = ROOT / "tests" / "tools"
USER = "ann"
PASSWORD = 'p4ss/w0rd&"+q'
KEY = "key-of-ann:s3cret-k3y"
TOKEN = "t0ken-of-ann"
SECRETS = [PASSWORD, f"{USER}:{PASSWORD}", KEY, KEY.partition(":")[2], TOKEN]
SECURITY = {
    "users": {USER: {"password": PASSWORD, "roles": ["deployer"]}},
    "roles": {"deployer": {"cluster": ["manage_ml"], "indices": [{"names": ["*"], "privileges": ["read"]}]}},
    "api_keys": [{"id": KEY.partition(":")[0], "key": KEY.partition(":")[2], "user": USER}],
    "tokens": [{"token": TOKEN, "user": USER}],
}


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    """The fields of a credential that reach it, but who one is."""
    folder = tmp_path_factory.mktemp("cluster")
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    certificate.private_key_pem.write_to_path(folder / "key.pem")
    for pem in certificate.cert_chain_pems:
        pem.write_to_path(folder / "cert.pem", append=True)
    (folder / "security.yml").write_text(json.dumps(SECURITY))
    files = {"seed": DEMO / "demo_seed.yml", "security": folder / "security.yml"}
    files |= {"tls-cert": folder / "cert.pem", "tls-key": folder / "key.pem"}
    options = [text for name, file in files.items() for text in (f"--{name}", str(file))]
    with running(NEWEST, *options) as server:
        host, port = server.address
        yield {"endpoints": f"https://{host}:{port}", "ca_cert": authority.cert_pem.bytes().decode()}


@pytest.fixture(scope="session")
def runner(tmp_path_factory):
    made = Runner(tmp_path_factory.mktemp("runner") / "private")
    shutil.copytree(DEMO / "demo_estate", made.project / "estate")
    return made


@pytest.fixture(scope="session")
def connected(cluster, tmp_path_factory):
    """From the rest of a credential to the environment that AWX would give a job, and to what AWX shows of it."""

    def environments(**who: str) -> tuple[dict[str, str], dict[str, str]]:
        folder = tmp_path_factory.mktemp("injected")
        inputs, injectors = loaded("credential_type/inputs.yml"), loaded("credential_type/injectors.yml")
        return rules.injected(inputs, injectors, cluster | who, folder)

    return environments
