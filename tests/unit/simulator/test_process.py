# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator as a process: how it starts, speaks TLS, and ends."""

import json
import os
import signal
import ssl
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import trustme

TESTS = Path(__file__).resolve().parents[2]
JOBS = "/_ml/anomaly_detectors"
SEED = {"jobs": [{"job_id": "j", "state": "opened"}]}


@contextmanager
def running(*options: str):
    """A process on a free port, and its URL."""
    command = [sys.executable, "-m", "simulator", "--port", "0", *options]
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        yield process, process.stdout.readline().split()[-1]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def seed(tmp_path):
    path = tmp_path / "seed.json"
    path.write_text(json.dumps(SEED))
    return str(path)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, None])
def test_ends_at_once_although_a_request_waits(seed, how):
    with running("--seed", seed, "--closing", "1h") as (process, url), ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(httpx.post, f"{url}{JOBS}/j/_close", timeout=30)
        while not httpx.get(f"{url}/_simulator/clock").json()["waiting"]:
            assert not waiting.done()
        if how is None:
            httpx.post(f"{url}/_simulator/stop")
        else:
            process.send_signal(how)
        assert process.wait(timeout=5) == 0
        assert isinstance(waiting.exception(), httpx.TransportError)


def test_drops_a_connection(seed):
    with running("--seed", seed) as (_process, url):
        httpx.post(f"{url}/_simulator/faults", json=[{"drop": True, "after": True}])
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.post(f"{url}{JOBS}/j/_close")
        assert httpx.get(f"{url}{JOBS}/j/_stats").json()["jobs"][0]["state"] == "closed"


def test_tls(tmp_path):
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    certificate.private_key_pem.write_to_path(tmp_path / "key.pem")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    context = ssl.create_default_context()
    authority.configure_trust(context)
    options = ("--tls-cert", str(tmp_path / "cert.pem"), "--tls-key", str(tmp_path / "key.pem"))
    with running(*options) as (_process, url):
        assert url.startswith("https://")
        assert httpx.get(url, verify=context).status_code == 200
        with pytest.raises(httpx.ConnectError):
            httpx.get(url)
        with pytest.raises(httpx.TransportError):
            httpx.get(url.replace("https", "http"))
