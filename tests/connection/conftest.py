# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers with TLS that all tests share: simulators of each version, and genuine nodes where a JDK and Maven are."""

import json
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
import trustme
from ansible.module_utils.common import warnings
from contract.server import running
from modules import conftest as of_modules
from modules.server import VERSIONS

from connection import artifacts, genuine, places

_no_connection_from_outside = of_modules._no_connection_from_outside
_no_endless_test = of_modules._no_endless_test
newest = of_modules.newest
server = of_modules.server
simulators = of_modules.simulators

COUNTS = {"simulated": 0, "genuine": 0}


@pytest.fixture(autouse=True)
def _no_warnings_of_other_tests():
    """Modules leave theirs in the process."""
    warnings._global_warnings.clear()


@pytest.fixture(scope="session")
def authority():
    """A certificate authority."""
    return trustme.CA()


@pytest.fixture(scope="session")
def ca_file(authority, tmp_path_factory):
    """The file with its certificate."""
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


@pytest.fixture(scope="session")
def secured(authority, ca_file, tmp_path_factory):
    """A simulator of each version, by its version, with people, keys and tokens."""
    folder = tmp_path_factory.mktemp("simulators")
    certificate = authority.issue_cert("127.0.0.1")
    for pem in (*certificate.cert_chain_pems, authority.cert_pem):
        pem.write_to_path(folder / "cert.pem", append=True)
    certificate.private_key_pem.write_to_path(folder / "key.pem")
    (folder / "security.yml").write_text(json.dumps(places.security_file()))
    options = (
        "--security",
        folder / "security.yml",
        "--tls-cert",
        folder / "cert.pem",
        "--tls-key",
        folder / "key.pem",
    )
    with ExitStack() as stack:
        yield {
            version: places.simulated(stack.enter_context(running(version, *map(str, options))), version, ca_file)
            for version in VERSIONS
        }


@pytest.fixture(scope="session")
def genuine_nodes(authority, ca_file, tmp_path_factory):
    """A genuine node of each version that can be had, by its version, or what is missing for that."""
    with ExitStack() as stack, ThreadPoolExecutor() as pool:

        def start(version):
            try:
                folder = tmp_path_factory.mktemp(f"node-{version}", numbered=False)
                node = stack.enter_context(genuine.running(version, folder, authority, ca_file))
                return places.GenuinePlace(node, ca_file)
            except artifacts.Missing as missing:
                return missing

        seconds_left = signal.alarm(0)  # the time is not the test's that happens to be the first
        nodes = dict(zip(genuine.VERSIONS, pool.map(start, genuine.VERSIONS), strict=True))
        signal.alarm(seconds_left)
        yield nodes


def genuine_or_not(nodes, version):
    """A genuine node; a machine without the means skips the test, CI must have them."""
    node = nodes[version]
    if isinstance(node, artifacts.Missing):
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(node))
    COUNTS["genuine"] += 1
    return node


@pytest.fixture(params=genuine.VERSIONS, ids="genuine-{}".format)
def genuine_place(request, genuine_nodes):
    """Each genuine node."""
    return genuine_or_not(genuine_nodes, request.param)


@pytest.fixture(params=[("simulated", v) for v in VERSIONS] + [("genuine", v) for v in genuine.VERSIONS], ids="-".join)
def place(request, secured):
    """Each simulator and each genuine node."""
    kind, version = request.param
    if kind == "genuine":
        return genuine_or_not(request.getfixturevalue("genuine_nodes"), version)
    COUNTS["simulated"] += 1
    return secured[version]


def pytest_terminal_summary(terminalreporter):
    counted = ", ".join(f"{number} against {kind} servers" for kind, number in COUNTS.items())
    terminalreporter.write_line(f"connection: {counted}")
