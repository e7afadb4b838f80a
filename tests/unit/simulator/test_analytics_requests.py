# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data frame analytics: what is refused, and how many are shown at once."""

import pytest
from unit.analytics_jobs import EVERY_VERSION, ROOT, SOURCE, config, reason


@pytest.mark.parametrize(
    ("version", "body", "expected"),
    [
        ("7.3.0", {**config(), "source": {"index": "none"}}, "No index matches source index [none]"),
        ("9.5.3", {**config(), "source": {"index": "none"}}, "Validation Failed: 1: no such index [none];"),
        ("7.3.0", config("source"), "Destination index [source] must not be included in source index [source]"),
        (
            "9.5.3",
            {**config("source-2"), "source": {"index": "sour*"}},
            "Validation Failed: 1: Destination index [source-2] is included in source expression [sour*];",
        ),
        (
            "9.5.3",
            {**config(), "source": {"index": "far:source"}},
            "Validation Failed: 1: remote source indices are not supported;",
        ),
        *(
            (
                "9.5.3",
                {
                    **config(),
                    "source": {"index": "source", "_source": filtering},
                    "analyzed_fields": {"includes": ["kept.*", "a.b"]},
                },
                "Validation Failed: 1: field [a.b] is included in [analyzed_fields] but not in [source._source];",
            )
            for filtering in ({"excludes": ["a"]}, {"excludes": ["a.*"]}, {"includes": ["kept"]}, ["k*"])
        ),
        (
            "9.5.3",
            {**config(), "id": "b"},
            "Inconsistent id; 'b' specified in the body differs from 'a' specified as a URL argument",
        ),
    ],
)
def test_put_refuses(cluster, version, body, expected):
    assert reason(cluster(version)("PUT", ROOT + "/a", body)) == (400, expected)


@pytest.mark.parametrize(("version", "status"), [("7.3.0", 400), ("7.10.0", 200), ("9.5.3", 200)])
def test_a_pattern_may_stand_for_nothing_yet(cluster, version, status):
    assert cluster(version)("PUT", ROOT + "/a", {**config(), "source": {"index": "none*"}}).status_code == status


@pytest.mark.parametrize(
    ("target", "count", "shown"),
    [
        ("", 120, 100),
        ("?size=5", 120, 5),
        ("?from=115", 120, 5),
        ("/j00*", 10, 10),
        ("/j001,j002", 2, 2),
        ("/j001,j002?size=1", 404, "[j002]"),
        ("/" + ",".join(f"j{number:03}" for number in range(110)), 404, "[j100,j101"),
        ("/x*", 0, 0),
        ("/x*?allow_no_match=false", 404, "[x*]"),
        ("?size=-1", 400, "Parameter [size] cannot be < 0"),
    ],
)
def test_pages(cluster, target, count, shown):
    server = cluster(**{f"j{number:03}": "stopped" for number in range(120)})
    path, question, query = target.partition("?")
    for suffix in ("", "/_stats"):
        reply = server("GET", ROOT + path + suffix + question + query)
        if reply.status_code == 200:
            found = reply.json()
            assert (found["count"], len(found["data_frame_analytics"])) == (count, shown)
        else:
            assert reply.status_code == count
            assert shown in reason(reply)[1]


def test_upgrade_mode(cluster):
    for version in EVERY_VERSION:
        server = cluster(version, a="stopped")
        server("POST", "/_ml/set_upgrade_mode?enabled=true")
        status, text = reason(server("POST", ROOT + "/a/_start"))
        assert status == 429
        assert "upgrade mode is enabled" in text


def test_put_and_start_need_a_licence(cluster):
    server = cluster(a="stopped")
    server.control("license", {"type": "expired"})
    for reply in (server("PUT", ROOT + "/b", config()), server("POST", ROOT + "/a/_start")):
        assert reason(reply) == (403, "current license is non-compliant for [ml]")
    assert server("POST", ROOT + "/a/_stop").status_code == 200


@pytest.mark.parametrize(
    ("roles", "refused"),
    [
        ([], '{"dest":{"read":false,"create_index":false,"index":false},"source":{"read":false}}'),
        ([{"names": ["sou*"], "privileges": ["read"]}], '{"dest":{"read":false,"create_index":false,"index":false},'),
        ([{"names": ["*"], "privileges": ["all"]}], None),
    ],
)
def test_put_needs_index_privileges(api, roles, refused):
    security = {
        "users": {"ada": {"password": "p", "roles": ["ml"]}},
        "roles": {"ml": {"cluster": ["manage_ml"], "indices": roles}},
    }
    server = api("9.5.3")
    server.control("seed", {"indices": [SOURCE]})
    server.control("security", security)
    reply = server("PUT", ROOT + "/a", config(), auth=("ada", "p"))
    if refused is None:
        assert reply.status_code == 200
    else:
        assert reply.status_code == 403
        prefix = "Cannot create data frame analytics [a] because user ada lacks permissions on the indices: "
        assert reason(reply)[1].startswith(prefix + refused)
