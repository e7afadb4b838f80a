# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a cluster allows whom: credentials, privileges, licence, upgrade mode, machine learning at all."""

import base64

import pytest

from modules.server import NEWEST

PASSWORD = "Pa55-w0rd-0f-ann"
SECURITY = {
    "users": {
        "ann": {"password": PASSWORD, "roles": ["machine_learning_admin"]},
        "rea": {"password": PASSWORD, "roles": ["machine_learning_user"]},
        "nil": {"password": PASSWORD, "roles": []},
        "root": {"password": PASSWORD, "roles": ["superuser"]},
    },
    "api_keys": [
        {"id": "key-1", "key": "k3y-0f-ann", "name": "n", "user": "ann"},
        {"id": "key-2", "key": "0ld-k3y", "name": "o", "user": "ann", "expired": True},
        {"id": "key-3", "key": "r3ading", "name": "r", "user": "ann", "privileges": ["monitor_ml"]},
    ],
    "tokens": [{"token": "t0ken-0f-ann", "user": "ann"}, {"token": "0ld-t0ken", "user": "ann", "expired": True}],
}
ENCODED_KEY = base64.b64encode(b"key-1:k3y-0f-ann").decode()


def as_user(name, password=PASSWORD):
    return {"username": name, "password": password}


@pytest.fixture
def secured(server):
    server.reset(
        indices=["source"],
        jobs=[{"job_id": "j", "state": "opened", "datafeed": {"datafeed_id": "f", "state": "started"}}],
        analytics=[{"id": "a", "state": "started"}],
    )
    server.control("security", SECURITY)
    return server


@pytest.mark.parametrize(
    ("credentials", "user"),
    [
        (as_user("ann"), "ann"),
        ({"api_key": "key-1:k3y-0f-ann"}, "ann"),
        ({"api_key": ENCODED_KEY}, "ann"),
        ({"bearer_token": "t0ken-0f-ann"}, "ann"),
        ({"headers": {"Authorization": f"ApiKey {ENCODED_KEY}"}}, "ann"),
        (as_user("root"), "root"),
    ],
)
def test_credentials_that_do(secured, credentials, user):
    """machine_learning_admin is enough for everything, with what the server does not do itself as well."""
    outcome = secured.run("ml_job", job_id="j", state="absent", **credentials)
    assert not outcome.failed, outcome.msg
    assert {entry["user"] for entry in outcome.journal} == {user}
    assert secured.run("ml_analytics", id="a", state="absent", **credentials).changed


@pytest.mark.parametrize(
    "credentials",
    [
        {},
        as_user("ann", "wr0ng-passw0rd"),
        as_user("bob"),
        {"api_key": "key-1:wr0ng-k3y"},
        {"api_key": "key-2:0ld-k3y"},
        {"bearer_token": "wr0ng-t0ken"},
        {"bearer_token": "0ld-t0ken"},
    ],
)
def test_credentials_that_do_not(secured, credentials):
    outcome = secured.run("ml_job", job_id="j", state="closed", **credentials)
    assert outcome.failed
    assert "could not read job j: the server answered 401 security_exception" in outcome.msg
    assert "Check username and password, api_key or bearer_token" in outcome.msg
    assert "ELASTICSEARCH_" in outcome.msg
    assert outcome.error["status"] == 401
    assert len(outcome.lines) == 1
    assert outcome.writes == []
    for secret in credentials.values():
        assert secret not in outcome.stdout or secret in ("ann", "bob")


@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("ml_job", {"job_id": "j", "state": "closed"}),
        ("ml_job", {"job_id": "j", "state": "absent", "force": True}),
        ("ml_job", {"job_id": "j", "state": "flushed", "calc_interim": True}),
        ("ml_analytics", {"id": "a", "state": "stopped"}),
        ("ml_datafeed", {"datafeed_id": "f", "state": "stopped"}),
    ],
)
@pytest.mark.parametrize("credentials", [as_user("rea"), {"api_key": "key-3:r3ading"}])
def test_a_missing_privilege_is_named(secured, module, options, credentials):
    outcome = secured.run(module, **options, **credentials)
    assert outcome.failed
    assert "403 security_exception" in outcome.msg
    assert "is unauthorized for" in outcome.msg
    assert "cluster privilege manage_ml (built in: machine_learning_admin)" in outcome.msg
    assert outcome.error["status"] == 403
    refused = [entry["status"] for entry in outcome.journal if entry["writing"]]
    assert set(refused) <= {403, 200}, "only an asynchronous deletion hides its refusal"
    assert outcome.changed is False
    assert secured.run("ml_job_info", job_id="j", **credentials).jobs[0]["state"] == "opened"


@pytest.mark.parametrize("module", ["ml_job_info", "ml_analytics_info", "ml_datafeed_info"])
def test_reading_needs_a_privilege_too(secured, module):
    assert not secured.run(module, **as_user("rea")).failed
    outcome = secured.run(module, **as_user("nil"))
    assert outcome.failed
    assert "cluster privilege monitor_ml (built in: machine_learning_user)" in outcome.msg


def test_somebody_without_monitor_closes_and_deletes_with_datafeeds(secured):
    """Neither GET / nor _tasks is open to machine_learning_admin."""
    assert secured.run("ml_job", job_id="j", state="closed", **as_user("ann")).changed
    deleted = secured.run("ml_job", job_id="j", state="absent", wait_for_completion=False, **as_user("ann"))
    assert (deleted.failed, deleted.changed) == (False, True)


def test_an_expired_licence(server):
    server.reset(indices=["source"], jobs=[{"job_id": "j"}, {"job_id": "o", "state": "opened"}])
    server.control("license", {"type": "expired"})
    outcome = server.run("ml_job", job_id="j", state="opened")
    assert outcome.failed
    assert "could not open job j: the server answered 403 security_exception: current license" in outcome.msg
    assert "Machine learning needs a trial, platinum or enterprise licence" in outcome.msg
    assert outcome.jobs[0]["state"] == "closed"
    assert not server.run("ml_job", job_id="o", state="closed").failed


@pytest.mark.parametrize(
    ("state", "job"), [("opened", "shut"), ("closed", "open"), ("absent", "shut"), ("reset", "full")]
)
def test_upgrade_mode(server, state, job):
    server.reset(
        jobs=[
            {"job_id": "shut"},
            {"job_id": "open", "state": "opened"},
            {"job_id": "full", "records": 12},
        ]
    )
    server.api("POST", "/_ml/set_upgrade_mode?enabled=true")
    outcome = server.run("ml_job", job_id=job, state=state)
    lenient = (state in ("closed", "absent") and server.release < (7, 10)) or (
        state == "reset" and server.release < (7, 14)
    )
    if lenient:
        assert "upgrade mode" not in outcome.msg
        return
    assert outcome.failed
    assert "Machine learning is in upgrade mode" in outcome.msg
    assert "POST _ml/set_upgrade_mode?enabled=false" in outcome.msg
    assert outcome.changed is False
    server.api("POST", "/_ml/set_upgrade_mode?enabled=false")
    assert server.run("ml_job", job_id=job, state=state).changed


@pytest.mark.parametrize("module", ["ml_job_info", "ml_analytics_info", "ml_datafeed_info"])
def test_a_server_without_machine_learning(simulators, module):
    server = simulators(NEWEST, "--no-ml")
    server.reset()
    outcome = server.run(module)
    assert outcome.failed
    assert "no handler found" in outcome.msg
    assert "ML is not part of this distribution, is disabled (xpack.ml.enabled: false)" in outcome.msg


@pytest.mark.parametrize(("state", "job"), [("closed", "j"), ("reset", "_all"), ("absent", "j")])
def test_jobs_on_a_server_without_machine_learning(simulators, state, job):
    server = simulators(NEWEST, "--no-ml")
    server.reset()
    outcome = server.run("ml_job", job_id=job, state=state)
    assert outcome.failed
    assert "ML is not part of this distribution" in outcome.msg
    assert outcome.writes == []
