# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What surrounds the ML APIs: the journal, faults, security, licence, paths, headers and limits."""

import base64

import httpx
import pytest

JOBS = "/_ml/anomaly_detectors"
MANAGE = "[manage_ml,manage,all]"
SECURITY = {
    "users": {
        "admin": {"password": "secret", "roles": ["machine_learning_admin"]},
        "reader": {"password": "secret", "roles": ["machine_learning_user"]},
        "ghost": {"password": "secret", "roles": ["gone"]},
    },
    "api_keys": [
        {"id": "full", "key": "k", "user": "admin"},
        {"id": "weak", "key": "k", "user": "admin", "privileges": ["monitor_ml"]},
        {"id": "old", "key": "k", "user": "admin", "expired": True},
    ],
    "tokens": [{"token": "good", "user": "admin"}],
}


class Header(httpx.Auth):
    """Sends what a test wants in `Authorization`."""

    def __init__(self, value: str):
        self.value = value

    def auth_flow(self, request):
        request.headers["Authorization"] = self.value
        yield request


def api_key(name: str) -> Header:
    return Header("ApiKey " + base64.b64encode(name.encode()).decode())


def reason(reply) -> str:
    error = reply.json()["error"]
    return error if isinstance(error, str) else error["reason"]


@pytest.fixture
def server(api):
    server = api("9.5.3")
    server.control("seed", {"jobs": [{"job_id": "j", "state": "opened"}]})
    return server


@pytest.mark.parametrize(
    ("method", "target", "writing"),
    [
        ("GET", JOBS, False),
        ("POST", f"{JOBS}/j/_close", True),
        ("POST", f"{JOBS}/_validate", False),
        ("POST", f"{JOBS}/j/results/buckets", False),
        ("DELETE", f"{JOBS}/j", True),
        ("PUT", f"{JOBS}/k", True),
        ("POST", "/_ml/data_frame/analytics/_explain", False),
        ("POST", "/_ml/set_upgrade_mode?enabled=true", True),
    ],
)
def test_journal_says_what_writes(server, method, target, writing):
    server(method, target)
    (entry,) = server("GET", "/_simulator/journal").json()["requests"]
    assert (entry["method"], entry["path"], entry["writing"]) == (method, target.partition("?")[0], writing)
    assert entry["status"] is not None
    assert server("DELETE", "/_simulator/journal").json() == {"requests": []}


@pytest.mark.parametrize(
    ("fault", "statuses", "state"),
    [
        ({"status": 502, "body": "<html>", "content_type": "text/html"}, [502, 200], "opened"),
        ({"status": 429, "times": 2}, [429, 429], "opened"),
        ({"status": 500, "after": True}, [500, 200], "closed"),
        ({"status": 503, "method": "GET"}, [200, 200], "closed"),
        ({"status": 503, "path": "*/other/*"}, [200, 200], "closed"),
    ],
)
def test_faults(server, fault, statuses, state):
    server("POST", "/_simulator/faults", [fault])
    first = server("POST", f"{JOBS}/j/_close")
    server("DELETE", "/_simulator/journal")
    seen = server.server.cluster.jobs["j"].state
    assert [first.status_code, server("POST", f"{JOBS}/j/_close").status_code] == statuses
    assert seen == state


@pytest.mark.parametrize("after", [False, True])
def test_dropped_connection(server, after):
    server("POST", "/_simulator/faults", [{"drop": True, "after": after}])
    with pytest.raises(ConnectionResetError):
        server("POST", f"{JOBS}/j/_close")
    assert server.server.cluster.jobs["j"].state == ("closed" if after else "opened")


@pytest.mark.parametrize(
    ("version", "longest"), [("7.3.0", 4095), ("7.10.0", 4095), ("7.17.29", 4096), ("9.5.3", 4096)]
)
@pytest.mark.parametrize("more", [0, 1])
def test_request_line(api, version, longest, more):
    server = api(version)
    padding = "a" * (longest + more - len(f"GET {JOBS}/ HTTP/1.1"))
    reply = server("GET", f"{JOBS}/{padding}")
    assert reply.status_code == (400 if more else 404)
    if more:
        assert reason(reply) == "An HTTP line is larger than 4096 bytes."


@pytest.mark.parametrize(
    ("version", "target", "status"),
    [
        ("7.17.29", f"{JOBS}//_close", 200),
        ("7.17.29", f"{JOBS}/,/_close", 200),
        ("9.5.3", f"{JOBS}//_close", 200),
        ("9.5.3", f"{JOBS}/,/_close", 200),
        ("7.17.29", "/_xpack/ml/anomaly_detectors/j/_close", 200),
        ("8.19.21", "/_xpack/ml/anomaly_detectors/j/_close", 400),
        ("9.5.3", f"{JOBS}/j/_close/", 200),
        ("9.5.3", f"{JOBS}/%6A/_close", 200),
        ("9.5.3", f"{JOBS}/j%2Cj/_close", 200),
        ("9.5.3", f"{JOBS}/j/_close?allow_no_jobs=true", 400),
        ("7.17.29", f"{JOBS}/j/_close?allow_no_jobs=true", 200),
        ("7.3.0", f"{JOBS}/j/_close?allow_no_match=true", 400),
        ("9.5.3", f"{JOBS}/j/_close?timeout=30", 400),
    ],
)
def test_paths_and_names_by_version(api, version, target, status):
    server = api(version)
    server.control("seed", {"jobs": [{"job_id": "j", "state": "opened"}]})
    assert server("POST", target).status_code == status
    assert server.server.cluster.jobs["j"].state == ("closed" if status == 200 else "opened")


@pytest.mark.parametrize(
    ("auth", "target", "status", "words"),
    [
        (None, JOBS, 401, f"missing authentication credentials for REST request [{JOBS}]"),
        (("admin", "wrong"), JOBS, 401, f"unable to authenticate user [admin] for REST request [{JOBS}]"),
        (("reader", "secret"), JOBS, 200, ""),
        (
            ("reader", "secret"),
            f"POST {JOBS}/j/_close",
            403,
            f"[machine_learning_user], this action is granted by the cluster privileges {MANAGE}",
        ),
        (("ghost", "secret"), JOBS, 403, "with effective roles [] (assigned roles [gone] were not found)"),
        (("admin", "secret"), f"POST {JOBS}/j/_close", 200, ""),
        (("admin", "secret"), "/", 403, "action [cluster:monitor/main] is unauthorized for user [admin]"),
        (("reader", "secret"), f"POST {JOBS}/j/_close?bogus=1", 400, "unrecognized parameter: [bogus]"),
        (api_key("full:k"), f"POST {JOBS}/j/_close", 200, ""),
        (api_key("weak:k"), f"POST {JOBS}/j/_close", 403, "unauthorized for API key id [weak] of user [admin]"),
        (api_key("old:k"), JOBS, 401, "unable to authenticate with provided credentials"),
        (api_key("full:x"), JOBS, 401, "unable to authenticate with provided credentials"),
        (Header("Bearer good"), JOBS, 200, ""),
        (Header("Bearer bad"), JOBS, 401, "unable to authenticate with provided credentials"),
    ],
)
def test_security(server, auth, target, status, words):
    server.control("security", SECURITY)
    method, _blank, path = target.rpartition(" ")
    reply = server(method or "GET", path, auth=auth)
    assert reply.status_code == status
    assert not words or words in reason(reply)
    assert ("X-elastic-product" in reply.headers) is (status not in (401, 403))
    assert ("WWW-Authenticate" in reply.headers) is (status == 401)


def test_journal_names_the_user(server):
    server.control("security", SECURITY)
    server("GET", JOBS, auth=("reader", "secret"))
    assert server("GET", "/_simulator/journal").json()["requests"][-1]["user"] == "reader"


def test_without_ml(api):
    reply = api("9.5.3", has_ml=False)("GET", "/_ml/info?human")
    assert (reply.status_code, reply.json()) == (
        400,
        {"error": "no handler found for uri [/_ml/info?human] and method [GET]"},
    )


@pytest.mark.parametrize(
    ("pattern", "kept"),
    [
        ("count", {"count": 1}),
        ("jobs.job_id", {"jobs": [{"job_id": "j"}]}),
        ("jobs.*_id,count", {"count": 1, "jobs": [{"job_id": "j"}]}),
        ("nothing", {}),
    ],
)
def test_filter_path(server, pattern, kept):
    assert server("GET", f"{JOBS}/j?filter_path={pattern}").json() == kept


@pytest.mark.parametrize("version", ["7.3.0", "9.5.3"])
def test_changing_the_version_starts_afresh(server, version):
    server.control("version", {"version": version})
    assert server("GET", "/").json()["version"]["number"] == version
    assert server("GET", JOBS).json() == {"count": 0, "jobs": []}
