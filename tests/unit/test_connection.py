# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connection options: what excludes what, and what is sent as credentials."""

import base64

import pytest

from ansible_collections.mlops.elastic.plugins.module_utils import connection
from ansible_collections.mlops.elastic.plugins.module_utils.errors import BadOption, MlError


def options(**given):
    defaults = {name: spec.get("default") for name, spec in connection.CONNECTION_SPEC.items()}
    return dict(defaults, **given)


USER = {"username": "u", "password": "secret"}


@pytest.mark.parametrize(
    "given",
    [
        {},
        USER,
        {"api_key": "id:key"},
        {"bearer_token": "t"},
        {"hosts": ["https://a:9200", "https://[::1]:9200", "https://a.example.com/prefix"]},
        {"cloud_id": "x", "hosts": []},
        {"client_cert": __file__, "client_key": __file__},
        {"client_cert": __file__},
        {"ca_cert": __file__},
        {"headers": {"X-Tenant": "a"}, **USER},
        {"headers": {"Authorization": "Basic x"}},
    ],
)
def test_accepted(given):
    connection.validate(options(**given))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({**USER, "api_key": "k"}, "username and api_key.*two kinds of credentials.*ELASTICSEARCH_"),
        ({"api_key": "k", "bearer_token": "t"}, "api_key and bearer_token.*Keep one"),
        ({"username": "u"}, "username.*password is missing"),
        ({"password": "secret"}, "password.*username is missing"),
        ({"client_key": "k"}, "client_key.*client_cert is missing"),
        ({"headers": {"authorization": "x"}, "api_key": "k"}, "headers.*Authorization.*api_key is set as well"),
        ({"hosts": []}, "hosts.*empty"),
        ({"hosts": [""]}, "hosts.*not an http or https address"),
        ({"hosts": ["localhost:9200"]}, "hosts.*not an http or https address.*https://es.example.com:9200"),
        ({"hosts": ["ftp://a:9200"]}, "not an http or https address"),
        ({"hosts": ["https://u:secret@a:9200"]}, "hosts.*carries credentials.*username and password"),
        ({"hosts": ["https://u:sec/ret@a:9200"]}, "hosts.*carries credentials"),
        ({"hosts": ["u:secret@a:9200"]}, "hosts.*carries credentials"),
        ({"hosts": ["http://a:port"]}, "'http://a:port'.*not an http or https address"),
        ({"hosts": ["http://a:99999"]}, "not an http or https address"),
        ({"hosts": ["http://a:0"]}, "not an http or https address"),
        ({"ca_cert": "/no/ca.pem"}, "ca_cert: '/no/ca.pem'.*no such file where the task runs"),
        ({"client_cert": "/no/cert.pem"}, "client_cert.*no such file"),
        ({"hosts": ["http://[::1:9200"]}, "hosts.*not an http or https address"),
        ({"hosts": ["http://a:9200", "https://b:9200"]}, "http and https are mixed"),
        ({"hosts": ["https://a"], "ca_fingerprint": "abc"}, "ca_fingerprint: 'abc'.*not a SHA-256 fingerprint"),
        ({"api_key": "secret\n"}, "api_key.*a line break.*use the filter trim"),
        ({"request_timeout": 0}, "request_timeout.*not above 0"),
        ({"max_retries": -1}, "max_retries.*below 0"),
    ],
)
def test_refused(given, words):
    with pytest.raises(BadOption, match=words) as refusal:
        connection.validate(options(**given))
    assert "secret" not in refusal.value.msg


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ({}, None),
        ({"username": "u", "password": "p\N{LATIN SMALL LETTER A WITH DIAERESIS}"}, "Basic dTpww6Q="),
        ({"api_key": "id:key"}, "ApiKey " + base64.b64encode(b"id:key").decode()),
        ({"api_key": "aWQ6a2V5"}, "ApiKey aWQ6a2V5"),
        ({"bearer_token": "t"}, "Bearer t"),
    ],
)
def test_authorization(given, value):
    assert connection.authorization(options(**given)) == value


def test_options_that_the_client_refuses():
    with pytest.raises(MlError, match=r"connection options cannot be used.*cloud_id"):
        connection.build_client(options(cloud_id="nonsense"), 1)
