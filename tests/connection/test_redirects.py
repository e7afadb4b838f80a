# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing at the address, and no id, takes a request where it was not meant to go."""

import json

import pytest

from ansible_collections.mlops.elastic.plugins.module_utils import actions
from ansible_collections.mlops.elastic.plugins.module_utils.cluster import escaped
from ansible_collections.mlops.elastic.plugins.module_utils.collection import ANALYTICS, DATAFEEDS, JOBS
from connection.fronts import standing
from connection.places import run

SECRET = "s3cret-w0rd"
CREDENTIALS = [
    {"username": "ann", "password": SECRET},
    {"api_key": f"id:{SECRET}"},
    {"bearer_token": SECRET},
    {"headers": {"Authorization": f"Bearer {SECRET}", "X-Tenant": SECRET}},
]
STATUSES = (301, 302, 303, 307, 308)
EMPTY = json.dumps({"count": 0, "jobs": []}).encode()


@pytest.mark.parametrize("credentials", CREDENTIALS)
@pytest.mark.parametrize("status", STATUSES)
def test_a_redirect_to_another_host(status, credentials):
    """Not even where its body would do."""
    with standing(answer=lambda method, path: (200, {"content-type": "application/json"}, EMPTY)) as other:
        location = f"http://user:word@localhost:{other.port}/_ml/anomaly_detectors/_all"
        answer = (status, {"content-type": "application/json", "location": location}, EMPTY)
        with standing(answer=lambda method, path: answer) as front:
            outcome = run("ml_job_info", hosts=[front.url], max_retries=0, **credentials)
            assert other.seen == []
            assert len(front.seen) == 1
    assert outcome.failed
    assert (
        f"answered {status} and sends the request on to http://localhost:{other.port}; that is not followed"
        in outcome.msg
    )
    assert "Write the cluster's own address in hosts" in outcome.msg
    assert SECRET not in outcome.stdout
    assert "user:word" not in outcome.msg


@pytest.mark.parametrize("location", ["/elsewhere", "", "//evil.example/x", "http://["])
def test_a_redirect_to_another_path(location):
    answer = (307, {"content-type": "text/html", "location": location}, b"<html></html>")
    with standing(answer=lambda method, path: answer) as front:
        outcome = run("ml_job_info", hosts=[front.url], max_retries=0)
        assert len(front.seen) == 1
    assert "and sends the request on to" in outcome.msg


def test_a_redirect_of_a_change(newest):
    newest.reset(jobs=[{"job_id": "j", "state": "opened"}])
    with standing() as other:
        moved = (307, {"location": f"{other.url}/_ml/anomaly_detectors/j/_close"}, b"")
        front_options = {"answer": lambda method, path: moved if method == "POST" else None}
        with standing(newest.process.address, **front_options) as front:
            outcome = run("ml_job", hosts=[front.url], job_id="j", state="closed", api_key=f"id:{SECRET}")
            assert other.seen == []
            assert [method for method, _path, _headers in front.seen].count("POST") == 1
    assert "answered 307 and sends the request on to" in outcome.msg
    assert outcome.changed is False


NASTY = [
    "../../_security/user/elastic",
    "..",
    ".",
    "a/../../_cluster/settings",
    "a/_open",
    "a%2f..%2f_tasks",
    "%2e%2e",
    "a%00b",
    "a?force=true",
    "a#fragment",
    "a&b=c",
    "a;b",
    "a b",
    "a\tb",
    "a\nb",
    "a\r\nX-Injected: 1",
    "a\0",
    "a\\b",
    "a:b@c",
    "-a",
    "_security",
    "_all,_cluster",
    "a,b",
    "a,",
    ",",
    "",
    " ",
    "A",
    "\u00e9",
    "\uff0e\uff0e\uff0f",
    "\u202e",
    "a+b",
    "<job>",
    "[a]",
    "{a}",
    '"a"',
    "a'b",
    "*/../x",
    "*?x=y",
    "*%2f*",
    "..*/",
]
MODULES = {
    "ml_job": ("job_id", {"state": "absent", "force": True}),
    "ml_datafeed": ("datafeed_id", {"state": "absent", "force": True}),
    "ml_analytics": ("id", {"state": "absent", "force": True}),
    "ml_job_info": ("job_id", {}),
    "ml_datafeed_info": ("datafeed_id", {}),
    "ml_analytics_info": ("id", {}),
}


@pytest.mark.parametrize("id", NASTY, ids=ascii)
@pytest.mark.parametrize("module", MODULES)
def test_an_id_that_is_none(newest, module, id):
    """It is refused before anything is sent, in either list."""
    option, more = MODULES[module]
    for options in ({option: [id]}, {option: ["a", id]}, {option: ["a"], "exclude": [id]}):
        outcome = newest.run(module, **options, **more)
        assert outcome.failed
        assert outcome.error["type"] == "bad_option", options
        assert outcome.journal == []


@pytest.mark.parametrize("id", NASTY, ids=ascii)
def test_an_id_that_only_a_server_could_name(id):
    """Ids of replies are not checked, so a path holds whatever it is in one part."""
    (request,) = _closing().requests([id], {}) if id else [None]
    paths = [request.target] if request else []
    paths += [collection._request(escaped(id), False, True).target.partition("?")[0] for collection in COLLECTIONS]
    for path in paths:
        assert path.count("/") == path.replace(escaped(id), "").count("/")
        assert not set(path) & set("?#; \\\r\n\t\0<>\"'")
        assert path.isascii()


COLLECTIONS = (JOBS, DATAFEEDS, ANALYTICS)


def _closing():
    return actions.Action(
        "close", look=None, done=frozenset(), method="POST", path="/_ml/anomaly_detectors/%s/_close", bulk=True
    )
