# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets stay out of everything that a module prints."""

import pytest

from modules import harness

PASSWORD = "Pa55-w0rd-0f-ann"
API_KEY = "key-1:k3y-0f-ann"
TOKEN = "t0ken-0f-ann"
SECURITY = {
    "users": {"ann": {"password": PASSWORD, "roles": ["machine_learning_admin"]}},
    "api_keys": [{"id": "key-1", "key": "k3y-0f-ann", "name": "n", "user": "ann"}],
    "tokens": [{"token": TOKEN, "user": "ann"}],
}
CREDENTIALS = [
    ({"username": "ann", "password": PASSWORD}, PASSWORD),
    ({"api_key": API_KEY}, "k3y-0f-ann"),
    ({"bearer_token": TOKEN}, TOKEN),
    ({"headers": {"Authorization": f"Bearer {TOKEN}"}}, TOKEN),
]


@pytest.fixture
def secured(newest):
    newest.reset(jobs=[{"job_id": "j", "state": "opened"}])
    newest.control("security", SECURITY)
    return newest


@pytest.mark.parametrize(("credentials", "secret"), CREDENTIALS)
@pytest.mark.parametrize("mode", [{}, {"check": True}, {"diff": True}, {"_ansible_verbosity": 4}])
def test_of_a_run_that_does(secured, credentials, secret, mode):
    outcome = secured.run("ml_job", job_id="j", state="closed", **credentials, **mode)
    assert outcome.changed
    assert secret not in outcome.stdout
    assert "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" in str(outcome.invocation)


@pytest.mark.parametrize(("credentials", "secret"), CREDENTIALS)
@pytest.mark.parametrize("module", ["ml_job_info", "ml_analytics_info", "ml_datafeed_info"])
def test_of_a_reading_run(secured, credentials, secret, module):
    outcome = secured.run(module, **credentials)
    assert not outcome.failed
    assert secret not in outcome.stdout


@pytest.mark.parametrize(
    "credentials",
    [
        {"username": "ann", "password": "wr0ng-secret"},
        {"api_key": "key-1:wr0ng-secret"},
        {"bearer_token": "wr0ng-secret"},
        {"headers": {"Authorization": "Bearer wr0ng-secret"}},
        {"headers": {"Authorization": "Bearer wr0ng-secret", "X-Tenant": "also-secret"}},
        {"api_key": "wr0ng-secret", "bearer_token": "also-secret"},
        {"password": "wr0ng-secret"},
        {"headers": {"authorization": "wr0ng-secret"}, "api_key": "also-secret"},
    ],
)
def test_of_a_run_that_fails(secured, credentials):
    outcome = secured.run("ml_job", job_id="j", state="closed", **credentials)
    assert outcome.failed
    assert "secret" not in outcome.stdout


@pytest.mark.parametrize(
    "host",
    [
        "http://ann:wr0ng-secret@127.0.0.1:9200",
        "https://ann:wr0ng/secret@127.0.0.1:9200",
        "ann:wr0ng-secret@127.0.0.1:9200",
        "http://ann:wr0ng-secret@[::1",
    ],
)
def test_in_an_address(host):
    stdout, _status = harness.call("ml_job", {"hosts": [host], "job_id": "j", "state": "closed"})
    assert "the address carries credentials" in stdout
    assert "Use username and password, or api_key" in stdout
    assert "secret" not in stdout


@pytest.mark.parametrize(("variable", "value"), [("API_KEY", API_KEY), ("BEARER_TOKEN", TOKEN), ("PASSWORD", PASSWORD)])
def test_from_the_environment(secured, monkeypatch, variable, value):
    monkeypatch.setenv(f"ELASTICSEARCH_{variable}", value)
    if variable == "PASSWORD":
        monkeypatch.setenv("ELASTICSEARCH_USERNAME", "ann")
    outcome = secured.run("ml_job", job_id="j", state="closed")
    assert outcome.changed
    assert value not in outcome.stdout


def test_the_address_comes_from_the_environment(secured, monkeypatch):
    monkeypatch.setenv("ELASTICSEARCH_ENDPOINTS", f"{secured.url},http://127.0.0.1:9")
    monkeypatch.setenv("ELASTICSEARCH_API_KEY", API_KEY)
    stdout, status = harness.call("ml_job", {"job_id": "j", "state": "closed"})
    assert harness.Outcome(stdout, status, []).changed


@pytest.mark.parametrize(
    ("module", "options", "sent"),
    [
        ("ml_job", {"job_id": "j", "state": "closed"}, "mlops.elastic.ml_job"),
        ("ml_job_info", {}, "mlops.elastic.ml_job_info"),
        ("ml_analytics", {"id": "*", "state": "stopped"}, "mlops.elastic.ml_analytics"),
        ("ml_datafeed_info", {"opaque_id": "deploy-17"}, "deploy-17"),
    ],
)
def test_the_server_learns_who_asks(newest, module, options, sent):
    newest.reset(jobs=[{"job_id": "j"}])
    assert {entry["opaque_id"] for entry in newest.run(module, **options).journal} == {sent}
