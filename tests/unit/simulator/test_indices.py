# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Indices, documents, bulk requests and searches."""

import json

import pytest

EVERY_VERSION = ("7.3.0", "7.10.0", "7.17.29", "8.19.21", "9.5.3")
TYPED = ("7.3.0", "7.17.29")
MAPPING = {
    "properties": {
        "time": {"type": "date"},
        "host": {"type": "keyword"},
        "load": {"type": "double"},
        "text": {"type": "text"},
    }
}
DOCUMENTS = {
    "1": {"time": "2026-01-01T00:00:00Z", "host": "a", "load": 1, "text": "Disk is full"},
    "2": {"time": 1767225660000, "host": "b", "load": 2.5, "text": "disk ok", "up": True},
    "3": {"time": "2026-01-02", "host": ["a", "c"], "deep": {"inner": 7}},
    "4": {"host": "d", "load": -1},
}
NOT_FOUND = {"resource.type": "index_or_alias", "resource.id": "none", "index_uuid": "_na_", "index": "none"}


def outcome(reply):
    error = reply.json()["error"]
    return reply.status_code, error if isinstance(error, str) else (error["type"], error["reason"])


def ids(reply):
    assert reply.status_code == 200, reply.text
    return [hit["_id"] for hit in reply.json()["hits"]["hits"]]


def lines(*entries):
    return "".join(json.dumps(entry) + "\n" for entry in entries)


@pytest.fixture
def filled(api):
    """A server with four documents in `logs`, and another index."""

    def of(version="9.5.3"):
        server = api(version)
        server("PUT", "/logs", {"mappings": MAPPING, "settings": {"number_of_replicas": 0}})
        entries = [entry for name, source in DOCUMENTS.items() for entry in ({"index": {"_id": name}}, source)]
        assert server("POST", "/logs/_bulk?refresh=true", lines(*entries)).json()["errors"] is False
        server("PUT", "/logs-old")
        return server

    return of


@pytest.mark.parametrize("version", EVERY_VERSION)
@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("Logs", "must be lowercase"),
        ("_logs", "must not start with '_', '-', or '+'"),
        ("-logs", "must not start with '_', '-', or '+'"),
        ("lo%23gs", "must not contain '#'"),
        ("lo:gs", "must not contain ':'"),
        ("..", "must not be '.' or '..'"),
        ("x" * 256, "index name is too long, (256 > 255)"),
    ],
)
def test_names_that_cannot_be(api, version, name, problem):
    shown = name.replace("%23", "#")
    reply = api(version)("PUT", f"/{name.replace('..', '%2E%2E')}")
    assert outcome(reply) == (400, ("invalid_index_name_exception", f"Invalid index name [{shown}], {problem}"))


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_an_index_from_creation_to_deletion(api, version):
    server = api(version)
    body = {"mappings": MAPPING, "settings": {"index": {"number_of_replicas": 0, "mapping.coerce": False}}}
    created = server("PUT", "/logs", body)
    assert created.json() == {"acknowledged": True, "shards_acknowledged": True, "index": "logs"}
    again = server("PUT", "/logs")
    assert outcome(again)[1][0] == "resource_already_exists_exception"
    shown = server("GET", "/logs").json()["logs"]
    assert (shown["mappings"], shown["aliases"]) == (MAPPING, {})
    assert shown["settings"]["index"]["number_of_replicas"] == "0"
    assert shown["settings"]["index"]["mapping"] == {"coerce": "false"}
    assert server("HEAD", "/logs").status_code == 200
    assert server("DELETE", "/logs").json() == {"acknowledged": True}
    assert server("HEAD", "/logs").status_code == 404


@pytest.mark.parametrize("version", EVERY_VERSION)
@pytest.mark.parametrize(
    "request_line",
    ["GET /none", "DELETE /none", "GET /none/_mapping", "GET /none/_search", "POST /none/_refresh", "GET /logs,none"],
)
def test_a_missing_index(filled, version, request_line):
    reply = filled(version)(*request_line.split(" "))
    assert outcome(reply) == (404, ("index_not_found_exception", "no such index [none]"))
    assert {name: reply.json()["error"][name] for name in NOT_FOUND} == NOT_FOUND
    method, path = request_line.split(" ")
    assert filled(version)(method, f"{path}?ignore_unavailable=true").status_code == 200


@pytest.mark.parametrize(
    ("version", "name", "allowed"), [("7.17.29", "logs*", True), ("8.19.21", "logs*", False), ("9.5.3", "_all", False)]
)
def test_deletion_by_wildcard_until_8(filled, version, name, allowed):
    server = filled(version)
    reply = server("DELETE", f"/{name}")
    assert (reply.status_code, server("HEAD", "/logs").status_code) == ((200, 404) if allowed else (400, 200))


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_types_are_of_7(api, version):
    server = api(version)
    body = {"mappings": {"_doc": MAPPING}}
    with_type = server("PUT", "/typed?include_type_name=true", body)
    assert with_type.status_code == (200 if version in TYPED else 400)
    assert with_type.headers.get_list("Warning") != [] if version in TYPED else True
    assert outcome(server("PUT", "/untyped", body))[1][0] == "illegal_argument_exception"
    written = server("POST", "/plain/_doc", {"a": 1}).json()
    assert ("_type" in written) == (version in TYPED)


@pytest.mark.parametrize(
    ("version", "method", "path", "status"),
    [
        ("7.3.0", "GET", "/_ml/nosuch", 405),
        ("7.10.0", "GET", "/_ml/nosuch", 400),
        ("8.19.21", "GET", "/_nope/x", 405),
        ("9.5.3", "GET", "/_nope/x", 400),
        ("7.17.29", "GET", "/_nope/x/y", 404),
        ("8.19.21", "GET", "/_nope/x/y", 400),
        ("9.5.3", "GET", "/_nope", 400),
        ("9.5.3", "POST", "/_nope", 405),
    ],
)
def test_paths_that_read_as_an_index(api, version, method, path, status):
    assert api(version)(method, path).status_code == status


@pytest.mark.parametrize("version", EVERY_VERSION)
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"match_all": {}}, "1234"),
        ({"match_none": {}}, ""),
        ({"ids": {"values": ["2", "9"]}}, "2"),
        ({"term": {"host": "a"}}, "13"),
        ({"term": {"host": {"value": "b", "boost": 2}}}, "2"),
        ({"terms": {"host": ["b", "d"]}}, "24"),
        ({"term": {"up": True}}, "2"),
        ({"exists": {"field": "load"}}, "124"),
        ({"exists": {"field": "deep.inner"}}, "3"),
        ({"term": {"deep.inner": "7"}}, "3"),
        ({"range": {"load": {"gte": 1, "lt": 2.5}}}, "1"),
        ({"range": {"time": {"gt": "2026-01-01T00:00:30Z"}}}, "23"),
        ({"range": {"time": {"lte": 1767225600000}}}, "1"),
        ({"range": {"time": {"gte": "2026-01-01||+1d"}}}, "3"),
        ({"match": {"text": "disk"}}, "12"),
        ({"prefix": {"host": "d"}}, "4"),
        ({"wildcard": {"host": "*"}}, "1234"),
        ({"constant_score": {"filter": {"term": {"host": "c"}}}}, "3"),
        ({"bool": {"must": [{"exists": {"field": "load"}}], "must_not": {"term": {"host": "a"}}}}, "24"),
        ({"bool": {"should": [{"term": {"host": "b"}}, {"term": {"host": "c"}}]}}, "23"),
        ({"bool": {"filter": {"term": {"host": "a"}}, "should": {"term": {"host": "c"}}}}, "13"),
        ({"bool": {"should": [{"term": {"host": "a"}}, {"term": {"host": "c"}}], "minimum_should_match": 2}}, "3"),
    ],
)
def test_queries(filled, version, query, expected):
    server = filled(version)
    assert "".join(ids(server("POST", "/logs/_search", {"query": query}))) == expected
    assert server("GET", "/logs/_count", {"query": query}).json()["count"] == len(expected)


@pytest.mark.parametrize(
    ("parameters", "body", "expected"),
    [
        ("sort=load:desc", None, "2143"),
        ("sort=load", None, "4123"),
        ("size=2&from=1&sort=load", None, "12"),
        ("", {"sort": [{"host": {"order": "desc"}}], "size": 1}, "4"),
        ("", {"sort": ["host", {"load": "desc"}]}, "1324"),
        ("size=0", None, ""),
    ],
)
def test_order_and_pages(filled, parameters, body, expected):
    reply = filled()("POST", f"/logs/_search?{parameters}", body)
    assert "".join(ids(reply)) == expected
    hits = reply.json()["hits"]
    assert hits["total"] == {"value": 4, "relation": "eq"}
    assert ("sort" in str(hits["hits"])) == ("sort" in f"{parameters}{body}")


@pytest.mark.parametrize(
    ("parameters", "total"),
    [
        ("", {"value": 4, "relation": "eq"}),
        ("track_total_hits=3", {"value": 3, "relation": "gte"}),
        ("track_total_hits=false", None),
        ("rest_total_hits_as_int=true", 4),
    ],
)
def test_totals(filled, parameters, total):
    assert filled()("GET", f"/logs/_search?{parameters}").json()["hits"].get("total") == total


@pytest.mark.parametrize(
    ("path", "body", "kind"),
    [
        ("/logs/_search", {"query": {"nope": {}}}, "parsing_exception"),
        ("/logs/_search", {"nope": 1}, "parsing_exception"),
        ("/logs/_search?size=10001", None, "search_phase_execution_exception"),
        ("/logs/_search?sort=nope", None, "search_phase_execution_exception"),
        ("/logs/_search?nope=1", None, "illegal_argument_exception"),
    ],
)
def test_searches_that_are_refused(filled, path, body, kind):
    status, (found, _reason) = outcome(filled()("POST", path, body))
    assert (status, found) == (400, kind)


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_a_document_from_first_to_last_write(api, version):
    server = api(version)
    first = server("PUT", "/logs/_doc/1?refresh=true", {"a": 1})
    assert (first.status_code, first.json()["result"], first.json()["_version"]) == (201, "created", 1)
    assert first.json()["forced_refresh"] is True
    second = server("PUT", "/logs/_doc/1", {"a": 2})
    assert (second.status_code, second.json()["result"], second.json()["_version"]) == (200, "updated", 2)
    status, (kind, _reason) = outcome(server("PUT", "/logs/_create/1", {"a": 3}))
    assert (status, kind) == (409, "version_conflict_engine_exception")
    assert server("GET", "/logs/_doc/1").json()["_source"] == {"a": 2}
    assert server("DELETE", "/logs/_doc/1").json()["result"] == "deleted"
    assert server("DELETE", "/logs/_doc/1").status_code == 404
    assert server("GET", "/logs/_doc/1").json()["found"] is False


def test_what_values_add_to_a_mapping(api):
    server = api("9.5.3")
    values = {"when": "2026-01-01", "count": 1, "share": 0.5, "up": False, "name": "x", "deep": {"list": [1, 2]}}
    server("POST", "/logs/_doc", {**values, "nothing": None})
    keyword = {"type": "keyword", "ignore_above": 256}
    assert server("GET", "/logs/_mapping").json()["logs"]["mappings"] == {
        "properties": {
            "when": {"type": "date"},
            "count": {"type": "long"},
            "share": {"type": "float"},
            "up": {"type": "boolean"},
            "name": {"type": "text", "fields": {"keyword": keyword}},
            "deep": {"properties": {"list": {"type": "long"}}},
        }
    }
    refused = server("PUT", "/logs/_mapping", {"properties": {"count": {"type": "keyword"}}})
    assert outcome(refused)[1][1] == "mapper [count] cannot be changed from type [long] to [keyword]"


def test_bulk_does_what_it_can(filled):
    server = filled()
    reply = server(
        "POST",
        "/_bulk",
        lines(
            {"create": {"_index": "logs", "_id": "1"}},
            {"a": 1},
            {"create": {"_index": "fresh", "_id": "1"}},
            {"a": 1},
            {"update": {"_index": "logs", "_id": "4"}},
            {"doc": {"load": 9}},
            {"update": {"_index": "logs", "_id": "4"}},
            {"doc": {"load": 9}},
            {"update": {"_index": "logs", "_id": "none"}},
            {"doc": {"load": 9}},
            {"delete": {"_index": "logs", "_id": "2"}},
            {"delete": {"_index": "logs", "_id": "2"}},
        ),
    ).json()
    results = [next(iter(item.values())) for item in reply["items"]]
    assert reply["errors"] is True
    assert [result["status"] for result in results] == [409, 201, 200, 200, 404, 200, 404]
    assert [result.get("result", "error") for result in results] == [
        "error",
        "created",
        "updated",
        "noop",
        "error",
        "deleted",
        "not_found",
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"index":{"_index":"a"}}\n{}', "The bulk request must be terminated by a newline [\\n]"),
        ('{"nope":{"_index":"a"}}\n{}\n', "field [create], [delete], [index] or [update] but found [nope]"),
        ('{"index":"a"}\n{}\n', "Malformed action/metadata line [1], expected START_OBJECT but found [VALUE_STRING]"),
        ('{"index":{"nope":1}}\n{}\n', "Action/metadata line [1] contains an unknown parameter [nope]"),
        ('{"index":{}}\n{}\n', "Validation Failed: 1: index is missing;"),
    ],
)
def test_bulk_requests_that_are_refused(api, text, reason):
    status, (_kind, found) = outcome(api("9.5.3")("POST", "/_bulk", text))
    assert status == 400
    assert reason in found


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_hidden_indices_are_found_by_their_dot(api, version):
    server = api(version)
    server.control("seed", {"jobs": [{"job_id": "j", "state": "closed"}]})
    found = server("GET", "/.ml-config*/_search").json()["hits"]["hits"]
    assert [hit["_id"] for hit in found] == ["anomaly_detector-j"]
    everything = server("GET", "/_search").json()["hits"]["hits"]
    assert len(everything) == (2 if version == "7.3.0" else 0)


def test_index_privileges(api):
    users = {"reader": {"password": "p", "roles": ["reads"]}}
    roles = {"reads": {"cluster": [], "indices": [{"names": ["logs*"], "privileges": ["read"]}]}}
    server = api("9.5.3", security={"users": users, "roles": roles})
    server.control("seed", {"indices": ["logs-1", "other"]})
    reader = ("reader", "p")
    assert server("GET", "/logs-1/_search", auth=reader).status_code == 200
    refused = server("GET", "/other/_search", auth=reader)
    assert refused.status_code == 403
    assert "on indices [other], this action is granted by the index privileges [read" in refused.text
    assert server("PUT", "/logs-2", auth=reader).status_code == 403
