# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways to a cluster: several nodes, some of them dead, a cloud id, a path prefix, IPv6, the environment, headers."""

import base64
import socket

import pytest
from modules.server import NEWEST

from connection.fronts import server_context, standing
from connection.places import PASSWORD, run

JOBS = [f"job-{number}" for number in range(12)]


@pytest.fixture
def dead():
    """The address of a port that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{free.getsockname()[1]}"


def seeded(newest, state="closed"):
    newest.reset(jobs=[{"job_id": job, "state": state} for job in JOBS])
    return newest


def states(newest) -> set[str]:
    return {job["state"] for job in newest.api("GET", "/_ml/anomaly_detectors/_all/_stats").body["jobs"]}


@pytest.mark.parametrize("order", [1, -1])
def test_one_of_two_nodes_is_dead(newest, dead, order):
    outcome = run("ml_job", hosts=[dead, seeded(newest).url][::order], job_id=JOBS, state="opened")
    assert (outcome.failed, outcome.changed) == (False, True)
    assert states(newest) == {"opened"}
    assert len(outcome.requests) == len({str(request) for request in outcome.requests}), "one entry for each request"


@pytest.mark.parametrize(
    ("module", "options", "began", "ends"),
    [
        ("ml_job", {"state": "opened"}, "closed", "opened"),
        ("ml_job", {"state": "closed"}, "opened", "closed"),
        ("ml_job", {"state": "flushed", "calc_interim": True}, "opened", "opened"),
    ],
)
def test_a_node_that_dies_in_mid_run(newest, module, options, began, ends):
    """It dies as soon as it is asked to change something, before it passes that on."""
    seeded(newest, began)
    for _round in range(20):  # the client shuffles its nodes
        with standing(newest.process.address, lethal=lambda method, path: method == "POST") as front:
            outcome = run(module, hosts=[front.url, newest.url], job_id=JOBS, max_retries=3, **options)
            assert not outcome.failed, outcome.msg
            assert states(newest) == {ends}
            if front.dead.is_set():
                return
        seeded(newest, began)
    raise AssertionError("the dying node was never asked")


def test_all_nodes_are_dead(dead):
    outcome = run("ml_job_info", hosts=[dead, "http://127.0.0.1:9"], max_retries=1)
    assert f"no answer from {dead}, http://127.0.0.1:9" in outcome.msg
    assert "Check hosts, and whether the server runs" in outcome.msg


def cloud_id(port: int) -> str:
    """One whose deployment is 127 in the domain 0.0.1, so that its name needs nobody to resolve it."""
    return "name:" + base64.b64encode(f"0.0.1:{port}$127$kibana".encode()).decode()


@pytest.mark.parametrize("trust", ["ca_cert", "validate_certs"])
def test_a_cloud_id(newest, authority, ca_file, trust):
    options = {"ca_cert": str(ca_file)} if trust == "ca_cert" else {"validate_certs": False}
    with standing(newest.process.address, server_context(authority.issue_cert("127.0.0.1"), authority)) as front:
        outcome = run("ml_job", cloud_id=cloud_id(front.port), job_id=JOBS[:1], state="opened", **options)
        assert "no known job" in outcome.msg
        assert front.seen[0][1].startswith("/_ml/anomaly_detectors/job-0")


def test_a_cloud_id_and_a_fingerprint(newest, authority, ca_file):
    with standing(newest.process.address, server_context(authority.issue_cert("127.0.0.1"), authority)) as front:
        outcome = run("ml_job_info", cloud_id=cloud_id(front.port), ca_fingerprint="00" * 32)
        assert "The certificate is not the one that ca_fingerprint names" in outcome.msg
        assert front.seen == []


@pytest.mark.parametrize("value", ["nonsense", "name:####", "name:" + base64.b64encode(b"only.a.domain").decode(), ""])
def test_what_is_no_cloud_id(newest, value, dead):
    outcome = run("ml_job_info", cloud_id=value, hosts=[dead], max_retries=0)
    assert outcome.failed
    assert ("the connection options cannot be used" if value else f"no answer from {dead}") in outcome.msg


@pytest.mark.parametrize("ending", ["", "/"])
@pytest.mark.parametrize("prefix", ["/es", "/a/path%20of/several-parts"])
def test_a_path_prefix(newest, prefix, ending):
    seeded(newest)
    with standing(newest.process.address, prefix=prefix) as front:
        outcome = run("ml_job", hosts=[front.url + ending], job_id=JOBS, state="opened")
        assert outcome.changed
        assert all(path.startswith(f"{prefix}/_ml/") for _method, path, _headers in front.seen)
        assert run("ml_job_info", hosts=[front.url.removesuffix(prefix)], max_retries=0).error["status"] == 404


def test_ipv6(newest):
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    with standing(newest.process.address, family=socket.AF_INET6) as front:
        assert not run("ml_job_info", hosts=[front.url]).failed
        assert front.seen


def test_ipv6_and_tls(newest, authority, ca_file):
    context = server_context(authority.issue_cert("::1"), authority)
    with standing(newest.process.address, context, family=socket.AF_INET6) as front:
        assert not run("ml_job_info", hosts=[front.url], ca_cert=str(ca_file)).failed


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("localhost:9200", "it is not an http or https address"),
        ("ftp://localhost", "it is not an http or https address"),
        ("http://", "it is not an http or https address"),
        ("http://localhost:0", "it is not an http or https address"),
        ("http://localhost:99999", "it is not an http or https address"),
        ("http://[::1", "it is not an http or https address"),
        ("http://localhost:9200/?pretty", "it is not an http or https address"),
        ("http://localhost:9200/#top", "it is not an http or https address"),
        ("http://localhost:9200\r\nX-Injected: 1", "it is not an http or https address"),
        ("https://a:9200, http://b:9200", "http and https are mixed"),
        ("http://local host:9200", "it is not an http or https address"),
    ],
)
def test_what_is_no_address(host, words):
    outcome = run("ml_job_info", hosts=host.split(", "))
    assert words in outcome.msg
    assert outcome.error["type"] == "bad_option"


ENVIRONMENT = {
    "an API key": lambda place: {"API_KEY": place.keys["valid"].pair},
    "a password": lambda place: {"USERNAME": "ann", "PASSWORD": PASSWORD},
    "a bearer token": lambda place: {"BEARER_TOKEN": place.tokens["service"]},
}


@pytest.mark.parametrize("credentials", ENVIRONMENT)
def test_the_environment(secured, monkeypatch, dead, credentials):
    place = secured[NEWEST]
    variables = {"ENDPOINTS": f"{place.url},{dead.replace('http:', 'https:')}", "CA_CERT": place.ca_file}
    for name, value in {**variables, **ENVIRONMENT[credentials](place)}.items():
        monkeypatch.setenv(f"ELASTICSEARCH_{name}", value)
    outcome = run("ml_job_info")
    assert not outcome.failed, outcome.msg
    assert "two kinds of credentials" in run("ml_job_info", headers={"X-A": "1"}, **_another(credentials)).msg
    monkeypatch.setenv("ELASTICSEARCH_ENDPOINTS", dead)
    assert not run("ml_job_info", hosts=[place.url]).failed, "an option goes before its variable"


def _another(credentials):
    return {"bearer_token": SECRET} if credentials != "a bearer token" else {"api_key": SECRET}


def test_a_cloud_id_from_the_environment(newest, authority, ca_file, monkeypatch):
    with standing(newest.process.address, server_context(authority.issue_cert("127.0.0.1"), authority)) as front:
        monkeypatch.setenv("ELASTICSEARCH_CLOUD_ID", cloud_id(front.port))
        monkeypatch.setenv("ELASTICSEARCH_CA_CERT", str(ca_file))
        assert not run("ml_job_info").failed
        assert front.seen


def test_headers_and_opaque_id(newest):
    with standing(newest.process.address) as front:
        assert not run("ml_job_info", hosts=[front.url], headers={"X-Tenant": "blue", "Accept-Language": 7}).failed
        own = run("ml_job_info", hosts=[front.url], opaque_id="deploy 17", headers={"x-tenant": "green"})
        overriding = run("ml_job_info", hosts=[front.url], headers={"X-Opaque-Id": "last word"})
        assert not own.failed
        assert not overriding.failed
    seen = [{name.lower(): value for name, value in headers.items()} for _method, _path, headers in front.seen]
    assert [(h.get("x-tenant"), h.get("accept-language"), h["x-opaque-id"]) for h in seen] == [
        *[("blue", "7", "mlops.elastic.ml_job_info")] * 2,
        *[("green", None, "deploy 17")] * 2,
        *[(None, None, "last word")] * 2,
    ]
    assert {headers["accept"] for headers in seen} == {"application/json"}


SECRET = "s3cret-w0rd"


@pytest.mark.parametrize(
    "options",
    [
        {"api_key": f"{SECRET}\n"},
        {"api_key": f" {SECRET}"},
        {"bearer_token": f"{SECRET}\r\nX-Injected: 1"},
        {"bearer_token": f"{SECRET}\u20ac"},
        {"bearer_token": f"{SECRET}\0"},
        {"headers": {"Authorization": f"Bearer {SECRET}\n"}},
        {"headers": {"X-Tenant: a\r\nX-Injected": SECRET}},
        {"headers": {"X-Tenant": f"{SECRET}\n"}},
        {"opaque_id": "a\nb"},
        {"username": f"a:{SECRET}", "password": SECRET},
    ],
)
def test_values_that_no_header_may_have(newest, options):
    """The standard library would repeat such a value in its error, where it no longer equals the secret."""
    outcome = newest.run("ml_job_info", max_retries=0, **options)
    assert outcome.failed
    assert outcome.error["type"] == "bad_option"
    assert SECRET not in outcome.stdout
    assert outcome.journal == []


@pytest.mark.parametrize("password", ["p\u00e4ss\u20acword", "with:colon", " blanks ", "line\nbreak", "\U0001f511"])
def test_any_password_may_be_sent(newest, password):
    newest.control("security", {"users": {"ann": {"password": password, "roles": ["machine_learning_user"]}}})
    assert not newest.run("ml_job_info", username="ann", password=password).failed
