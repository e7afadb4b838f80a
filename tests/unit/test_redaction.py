# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which texts must not be shown though no secret option holds them."""

import base64

import pytest

from ansible_collections.mlops.elastic.plugins.module_utils.redaction import secrets_in


def cloud_id(content):
    return base64.b64encode(content.encode()).decode()


PEM = "-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    ("params", "secrets"),
    [
        ({}, set()),
        ({"hosts": None, "cloud_id": None, "client_key": None}, set()),
        ({"hosts": ["http://a:9200"]}, set()),
        ({"hosts": ["https://u:secret@a:9200", "http://b"]}, {"secret"}),
        ({"hosts": ["https://u:sec/r@et@a:9200"]}, {"sec/r@et"}),
        ({"hosts": ["u:secret@a"]}, {"secret"}),
        ({"hosts": ["https://u@a"]}, set()),
        ({"hosts": ["http://u:secret@[broken"]}, {"secret"}),
        ({"hosts": "http://u:secret@a"}, {"secret"}),
        ({"hosts": "http://u:sec,ret@a"}, {"sec,ret", "sec", "ret"}),
        ({"hosts": "http://a:1,http://u:secret@b"}, {"secret"}),
        ({"hosts": {"u:secret@a": ["u:other@a"]}}, {"secret", "other"}),
        ({"hosts": 3}, set()),
        ({"cloud_id": f"name:{cloud_id('a.example$id$')}"}, set()),
        ({"cloud_id": "nonsense"}, set()),
        ({"cloud_id": "name:u:secret@a"}, {"u:secret"}),
        ({"cloud_id": cloud_id("u:secret@a$id$")}, {"secret", cloud_id("u:secret@a$id$")}),
        ({"client_key": "/etc/key.pem"}, set()),
        ({"client_key": PEM}, set(PEM.splitlines())),
    ],
)
def test_secrets_in_options_that_are_none(params, secrets):
    assert secrets_in(params) == secrets
