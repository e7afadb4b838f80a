# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way to log in, and to be refused: the same on simulators and on genuine servers."""

import base64
import time

import pytest

from ansible_collections.mlops.elastic.plugins.module_utils.cluster import Cluster, Request
from ansible_collections.mlops.elastic.plugins.module_utils.errors import Fatal
from ansible_collections.mlops.elastic.plugins.module_utils.waiting import Budget
from connection import places
from connection.places import PASSWORD

PATIENCE_SECONDS = 20
GENERIC = "unable to authenticate with provided credentials and anonymous access is not allowed for this request"


def as_user(name, password=PASSWORD):
    return {"username": name, "password": password}


def fresh(place):
    """A bearer token that is valid now."""
    return place.tokens["valid"] if place.has_ml else place.token()


def basic(name):
    return "Basic " + base64.b64encode(f"{name}:{PASSWORD}".encode()).decode()


LET_IN = {
    "a password": lambda place: as_user("ann"),
    "an encoded API key": lambda place: {"api_key": place.keys["valid"].encoded},
    "an API key as a pair": lambda place: {"api_key": place.keys["valid"].pair},
    "a bearer token": lambda place: {"bearer_token": fresh(place)},
    "a service token": lambda place: {"bearer_token": place.tokens["service"]},
    "a header with a password": lambda place: {"headers": {"Authorization": basic("ann")}},
    "a header with an API key": lambda place: {"headers": {"authorization": f"ApiKey {place.keys['valid'].encoded}"}},
}
REFUSED = {
    "nothing": (lambda place: {}, "missing authentication credentials for REST request [/_ml/anomaly_detectors"),
    "a wrong password": (lambda place: as_user("ann", "wr0ng-secret"), "unable to authenticate user [ann] for REST"),
    "an unknown user": (lambda place: as_user("bob"), "unable to authenticate user [bob] for REST request"),
    "a disabled user": (lambda place: as_user("gone"), "unable to authenticate user [gone] for REST request"),
    "a wrong API key": (lambda place: {"api_key": f"{place.keys['valid'].id}:wr0ng-secret"}, GENERIC),
    "an unknown API key": (lambda place: {"api_key": "nobody:wr0ng-secret"}, GENERIC),
    "an expired API key": (lambda place: {"api_key": place.keys["expired"].encoded}, GENERIC),
    "an invalidated API key": (lambda place: {"api_key": place.keys["invalidated"].pair}, GENERIC),
    "half an API key": (lambda place: {"api_key": "wr0ng-secret"}, GENERIC),
    "a wrong bearer token": (lambda place: {"bearer_token": "wr0ng-secret"}, GENERIC),
    "an expired bearer token": (lambda place: {"bearer_token": place.tokens["expired"]}, "token expired"),
    "an unknown scheme": (lambda place: {"headers": {"Authorization": "Digest wr0ng-secret"}}, "missing authentic"),
}
EXPLAINED = {
    "a wrong API key": "API key: invalid credentials for API key [{valid}]",
    "an unknown API key": "API key: unable to find apikey with id nobody",
    "an expired API key": "API key: api key is expired",
    "an invalidated API key": "API key: api key [{invalidated}] has been invalidated",
}
SINCE_EXPLAINED = (7, 11)
"""Servers say since 7.11 what is wrong with an API key."""


@pytest.mark.parametrize("way", LET_IN)
def test_let_in(place, way):
    outcome = place.run(**LET_IN[way](place))
    assert place.lets_in(outcome), outcome.stdout


@pytest.mark.parametrize("way", REFUSED)
def test_refused(place, way):
    credentials, words = REFUSED[way]
    outcome = place.run(**credentials(place))
    assert outcome.failed
    assert f"could not read job _all: the server answered 401 security_exception: {words}" in outcome.msg
    assert "Check username and password, api_key or bearer_token" in outcome.msg
    assert (outcome.error["status"], outcome.error["type"]) == (401, "security_exception")
    assert "secret" not in outcome.stdout
    assert PASSWORD not in outcome.stdout
    if way in EXPLAINED and place.release >= SINCE_EXPLAINED:
        assert EXPLAINED[way].format(**{state: key.id for state, key in place.keys.items()}) in outcome.msg


def test_a_bearer_token_that_expires(genuine_place):
    token = genuine_place.token()
    authorization = f"Bearer {token}"
    assert genuine_place.node.status("/_security/_authenticate", authorization) == 200
    deadline = time.monotonic() + PATIENCE_SECONDS
    while genuine_place.node.status("/_security/_authenticate", authorization) == 200:
        assert time.monotonic() < deadline, "it never expired"
        time.sleep(0.1)
    outcome = genuine_place.run(bearer_token=token)
    assert "401 security_exception: token expired" in outcome.msg


def test_a_wrong_service_token(genuine_place):
    forged = base64.b64encode(b"\0\1\0\1elastic/fleet-server/made-here:wr0ng-secret-0123456789").decode().rstrip("=")
    outcome = genuine_place.run(bearer_token=forged)
    assert "failed to authenticate service account [elastic/fleet-server] with token name [made-here]" in outcome.msg
    assert "Check username and password, api_key or bearer_token" in outcome.msg
    assert forged not in outcome.stdout


@pytest.mark.parametrize(
    ("credentials", "name"),
    [(as_user("ann"), "ann"), (as_user("nothing"), "nothing"), ("service", places.ACCOUNT), ("valid", "elastic")],
)
def test_the_server_knows_who_it_is(genuine_place, credentials, name):
    if credentials == "service":
        credentials = {"bearer_token": genuine_place.tokens["service"]}
    elif credentials == "valid":
        credentials = {"api_key": genuine_place.keys["valid"].pair}
    assert sent(genuine_place, "/_security/_authenticate", credentials)["username"] == name


def sent(place, path, credentials):
    cluster = Cluster(places.complete(place.options(**credentials)), "connection-tests", Budget(PATIENCE_SECONDS))
    try:
        return cluster.send(Request("GET", path))
    finally:
        cluster.close()


@pytest.mark.parametrize("role", ["only_monitor_ml", "only_manage_ml", "nothing"])
def test_a_missing_privilege(place, role):
    """403 and 401 are told apart; what ML's privileges don't cover is refused with the same words everywhere."""
    with pytest.raises(Fatal) as raised:
        sent(place, "/_license", as_user(role))
    assert raised.value.status == 403
    words = f"action [cluster:monitor/xpack/license/get] is unauthorized for user [{role}]"
    if place.release >= (7, 14):
        words += f" with {'effective ' if place.release >= (8,) else ''}roles [{role}]"
    if place.release >= (7, 11):
        words += ", this action is granted by the cluster privileges [monitor,manage,all]"
    assert raised.value.reason == words


def test_a_server_without_ml(genuine_place):
    """What somebody reads who meets a distribution without machine learning."""
    for module in ("ml_job_info", "ml_analytics_info", "ml_datafeed_info"):
        outcome = places.run(module, **genuine_place.options(**as_user("ann")))
        assert outcome.failed
        assert outcome.error["status"] in (400, 405)
        assert "This server does not offer that API: ML is not part of this distribution" in outcome.msg
        assert len(outcome.requests) == 1
