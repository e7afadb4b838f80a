# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Elastic's own Python client, unmodified, with its typed calls and media types."""

import elasticsearch
import pytest
from contract.server import running

MAJOR = elasticsearch.__version__[0]
VERSION = {8: "8.19.21", 9: "9.5.3"}[MAJOR]
JOB = {"analysis_config": {"bucket_span": "15m", "detectors": [{"function": "count"}]}}
PASSWORD = "changeme"
SETTINGS = {
    "token_service": {"enabled": True},
    "users": {"elastic": {"password": PASSWORD, "roles": ["superuser"]}},
}


@pytest.fixture(scope="module")
def server():
    with running(VERSION) as started:
        yield started


@pytest.fixture
def client(server):
    """As elastic, on an empty cluster with security."""
    server.control("reset", {})
    server.control("security", SETTINGS)
    with elasticsearch.Elasticsearch(url(server), basic_auth=("elastic", PASSWORD), max_retries=0) as client:
        yield client


def url(server) -> str:
    return "http://{}:{}".format(*server.address)


def test_root(client):
    assert client.ping() is True
    info = client.info()
    assert info["version"]["number"] == VERSION
    assert info.meta.headers["content-type"] == f"application/vnd.elasticsearch+json;compatible-with={MAJOR}"


def test_security(client):
    security = client.security
    assert security.put_role(name="lab", cluster=["monitor_ml"])["role"] == {"created": True}
    assert security.put_user(username="lab", password=PASSWORD, roles=["lab"])["created"] is True
    lab = client.options(basic_auth=("lab", PASSWORD))
    assert lab.security.authenticate()["roles"] == ["lab"]
    assert lab.security.has_privileges(cluster=["monitor_ml", "manage_ml"])["cluster"] == {
        "monitor_ml": True,
        "manage_ml": False,
    }
    with pytest.raises(elasticsearch.AuthorizationException):
        lab.ml.put_job(job_id="j", data_description={"time_field": "time"}, **JOB)
    security.disable_user(username="lab")
    with pytest.raises(elasticsearch.AuthenticationException):
        lab.security.authenticate()
    assert security.get_user(username="lab")["lab"]["enabled"] is False
    assert security.delete_user(username="lab")["found"] is True


def test_keys_and_tokens(client):
    key = client.security.create_api_key(name="k", role_descriptors={"r": {"cluster": ["monitor_ml"]}}, expiration="1d")
    with_key = client.options(api_key=key["encoded"])
    assert with_key.security.authenticate()["authentication_type"] == "api_key"
    assert with_key.ml.info()["upgrade_mode"] is False
    assert client.security.get_api_key(id=key["id"])["api_keys"][0]["name"] == "k"
    assert client.security.invalidate_api_key(ids=[key["id"]])["invalidated_api_keys"] == [key["id"]]
    token = client.security.get_token(grant_type="client_credentials")
    assert client.options(bearer_auth=token["access_token"]).security.authenticate()["username"] == "elastic"
    assert client.security.invalidate_token(token=token["access_token"])["invalidated_tokens"] == 1
    made = client.security.create_service_token(namespace="elastic", service="fleet-server", name="t")
    service = client.options(bearer_auth=made["token"]["value"])
    assert service.security.authenticate()["username"] == "elastic/fleet-server"


def test_machine_learning(client):
    ml = client.ml
    assert ml.put_job(job_id="j", data_description={"time_field": "time"}, **JOB)["job_id"] == "j"
    assert ml.open_job(job_id="j")["opened"] is True
    posted = ml.post_data(job_id="j", data=[{"time": 1514764800000}, {"time": 1514764860000}])
    assert posted["processed_record_count"] == 2
    assert ml.flush_job(job_id="j")["flushed"] is True
    assert ml.get_job_stats(job_id="j")["jobs"][0]["state"] == "opened"
    assert ml.close_job(job_id="j", force=True)["closed"] is True
    assert ml.get_jobs(allow_no_match=True)["count"] == 1
    assert ml.delete_job(job_id="j", wait_for_completion=True)["acknowledged"] is True
    with pytest.raises(elasticsearch.NotFoundError, match="No known job with id 'j'"):
        ml.get_jobs(job_id="j")


def test_without_credentials(server, client):
    with elasticsearch.Elasticsearch(url(server), max_retries=0) as nobody:
        assert nobody.ping() is False
        with pytest.raises(elasticsearch.AuthenticationException, match="missing authentication credentials"):
            nobody.info()


@pytest.mark.parametrize("compression", [True, False])
def test_compressed_bodies(server, client, compression):
    options = {"basic_auth": ("elastic", PASSWORD), "http_compress": compression}
    with elasticsearch.Elasticsearch(url(server), **options) as compressing:
        analyzed = compressing.indices.analyze(text="Several words " * 20)
    assert [token["token"] for token in analyzed["tokens"][:2]] == ["several", "words"]
