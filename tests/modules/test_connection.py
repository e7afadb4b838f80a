# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands between a task and a cluster: silence, TLS, and other programs at the address."""

import hashlib
import http.server
import socket
import ssl
import threading
from contextlib import contextmanager

import pytest
import trustme

from modules import harness
from modules.server import NEWEST


def close(url, **options):
    """Close a job at an address that is no simulator's; return the module's result."""
    stdout, _status = harness.call("ml_job", {"hosts": [url], "job_id": "j", "state": "closed", **options})
    outcome = harness.Outcome(stdout, _status, [])
    assert outcome.failed
    return outcome


def test_nobody_listens():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        outcome = close(url)
    assert f"could not read job j: no answer from {url}" in outcome.msg
    assert "refused" in outcome.msg
    assert "Check hosts, and whether the server runs" in outcome.msg
    assert outcome.error["type"] == "ConnectionError"


def test_a_name_that_nobody_knows():
    outcome = close("http://no-such-host.invalid:9200", max_retries=0)
    assert "no answer from http://no-such-host.invalid:9200" in outcome.msg
    assert "Check hosts" in outcome.msg


def test_a_server_that_is_too_slow(newest):
    newest.reset(jobs=[{"job_id": "j", "state": "opened"}])
    newest.control("faults", [{"delay": "5s", "times": 10}])
    outcome = newest.run("ml_job", job_id="j", state="closed", request_timeout=0.2, max_retries=0)
    newest.control("clock", {"advance": "1m"})
    assert outcome.failed
    assert "Raise request_timeout, or look for a slow proxy" in outcome.msg


@contextmanager
def stranger(status, content_type, body):
    """Another program that speaks HTTP."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self):
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            written.append(self.command)

        do_GET = do_POST = do_DELETE = answer

        def log_message(self, *_args):
            """Stay silent."""

    written = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
    assert set(written) <= {"GET"}


HTML = b"<html><title>Sign in</title></html>"


@pytest.mark.parametrize(
    ("status", "content_type", "body", "words"),
    [
        (200, "text/html", HTML, "answered 200, but not as Elasticsearch does"),
        (200, "application/json", b'{"hello": "world"}', "answered 200, but not as Elasticsearch does"),
        (200, "application/json", b"[]", "not as Elasticsearch does"),
        (200, "application/octet-stream", b"\0\1", "not as Elasticsearch does"),
        (200, "text/plain", b"", "not as Elasticsearch does"),
        (401, "text/html", HTML, "answered 401, but not as Elasticsearch does"),
        (403, "text/html", HTML, "answered 403, but not as Elasticsearch does"),
        (404, "text/html", HTML, "answered 404, but not as Elasticsearch does"),
        (404, "application/json", b'{"message": "no route"}', "answered 404, but not as Elasticsearch does"),
        (500, "text/html", HTML, "answered 500, but not as Elasticsearch does"),
        (502, "text/html", HTML, "a proxy or load balancer at {url} answered 502"),
        (503, "text/plain", b"no backend", "a proxy or load balancer at {url} answered 503"),
    ],
)
def test_somebody_else_answers(status, content_type, body, words):
    with stranger(status, content_type, body) as url:
        outcome = close(url, max_retries=0)
    assert words.format(url=url) in outcome.msg
    assert "could not read job j" in outcome.msg
    if status not in (502, 503):
        assert "Check hosts: is there a proxy, a login page or another product" in outcome.msg
        assert outcome.error["type"] == "not_elasticsearch"


def test_an_answer_that_is_cut_off():
    with stranger(200, "application/json", b'{"count": 1, "jo') as url:
        outcome = close(url, max_retries=0)
    assert f"could not read job j: the answer of {url} was cut off" in outcome.msg
    assert outcome.error["type"] == "incomplete"


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def encrypted(simulators, authority, tmp_path_factory):
    """A simulator behind TLS; `files` are those of its certificate authority and the fingerprint of its certificate."""
    folder = tmp_path_factory.mktemp("tls")
    certificate = authority.issue_cert("127.0.0.1")
    certificate.cert_chain_pems[0].write_to_path(str(folder / "cert.pem"))
    certificate.private_key_pem.write_to_path(str(folder / "key.pem"))
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    trustme.CA().cert_pem.write_to_path(str(folder / "other-ca.pem"))
    options = ("--tls-cert", str(folder / "cert.pem"), "--tls-key", str(folder / "key.pem"))
    server = simulators(NEWEST, *options, scheme="https")
    der = ssl.PEM_cert_to_DER_cert(certificate.cert_chain_pems[0].bytes().decode())
    server.files = {
        "ca": str(folder / "ca.pem"),
        "other": str(folder / "other-ca.pem"),
        "fingerprint": hashlib.sha256(der).hexdigest(),
    }
    return server


@pytest.mark.parametrize("trust", ["ca", "fingerprint", "blind"])
def test_tls(encrypted, trust):
    options = {
        "ca": {"ca_cert": encrypted.files["ca"]},
        "fingerprint": {"ca_fingerprint": encrypted.files["fingerprint"]},
        "blind": {"validate_certs": False},
    }[trust]
    stdout, status = harness.call("ml_job", {"hosts": [encrypted.url], "job_id": "x-*", "state": "closed", **options})
    outcome = harness.Outcome(stdout, status, [])
    assert not outcome.failed
    assert "no job matches x-*" in outcome.msg


def test_an_unknown_certificate(encrypted):
    for options in ({}, {"ca_cert": encrypted.files["other"]}):
        outcome = close(encrypted.url, max_retries=0, **options)
        assert "certificate" in outcome.msg.lower()
        assert "name its authority in ca_cert, or its fingerprint in ca_fingerprint" in outcome.msg
        assert outcome.error["type"] == "TlsError"


def test_another_fingerprint(encrypted):
    outcome = close(encrypted.url, max_retries=0, ca_fingerprint="00" * 32)
    assert "The certificate is not the one that ca_fingerprint names" in outcome.msg


def test_a_certificate_for_another_name(encrypted):
    url = encrypted.url.replace("127.0.0.1", "localhost")
    outcome = close(url, max_retries=0, ca_cert=encrypted.files["ca"])
    assert "The certificate is for another name: use that name in hosts" in outcome.msg


def test_a_file_that_is_no_certificate(encrypted):
    outcome = close(encrypted.url, max_retries=0, ca_cert=__file__)
    assert "ca_cert" in outcome.msg


def test_tls_to_a_plain_port(newest):
    outcome = close(newest.url.replace("http:", "https:"), max_retries=0)
    assert "The port does not speak TLS: write http:// in hosts" in outcome.msg
    assert newest.journal() == []


def test_plain_to_a_tls_port(encrypted):
    outcome = close(encrypted.url.replace("https:", "http:"), max_retries=0)
    assert "write https://" in outcome.msg
