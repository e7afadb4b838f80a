# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of the _cat APIs: rules from Elasticsearch's sources and specification that no recorded reply shows."""

import httpx
import pytest

from simulator import cat_table
from simulator.config import instants
from simulator.config.values import ByteSize, TimeValue

JOBS, FEEDS, ANALYTICS, MODELS = (
    f"/_cat/ml/{name}" for name in ("anomaly_detectors", "datafeeds", "data_frame/analytics", "trained_models")
)
WITH_TABLES = ("7.10.0", "7.17.29", "8.19.21", "9.5.3")
SEED = {
    "jobs": [
        {"job_id": "busy", "groups": ["g"], "state": "opened", "records": 10, "datafeed": {"state": "started"}},
        {"job_id": "idle", "groups": ["g"]},
        {"job_id": "bad", "state": "failed"},
    ],
    "analytics": [{"id": "one", "progress": 100, "description": "d"}, {"id": "two"}],
}
UNKNOWN = "request [{}] contains unrecognized parameter: {}"
TEXT = "text/plain; charset=UTF-8"
JOBS_OF_A_KIND = {"7.10.0": "7.10.0", "7.17.29": "7.17.29", "8.19.21": "12.0.0", "9.5.3": "12.0.0"}


@pytest.fixture
def cluster(api):
    def seeded(version):
        server = api(version)
        server.control("clock", {"freeze": True})
        server.control("seed", SEED)
        return server

    return seeded


def lines(reply):
    """The lines of a table, or the status and reason of a refusal."""
    if reply.status_code != 200:
        error = reply.json()["error"]
        return reply.status_code, error if isinstance(error, str) else error["reason"]
    assert reply.headers["content-type"] == TEXT
    return reply.text.splitlines()


@pytest.mark.parametrize("version", WITH_TABLES)
@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (JOBS, ["bad  failed 0  0b ok 0 0", "busy opened 10 0b ok 0 3", "idle closed 0  0b ok 0 0"]),
        (f"{JOBS}/idle,b*?h=id", ["bad", "busy", "idle"]),
        (f"{JOBS}/g?h=id,s&v", ["id        s", "busy opened", "idle closed"]),
        (f"{JOBS}/nope*?v&h=id,dpr", ["id dpr"]),
        (f"{JOBS}/nope*", []),
        (f"{JOBS}/nope*?allow_no_match=false", (404, "No known job with id 'nope*'")),
        (f"{JOBS}/nope", (404, "No known job with id 'nope'")),
        (f"{JOBS}/busy?h=nothing,id,unknown", ["busy"]),
        (f"{JOBS}/busy?h=id,id", ["busy"]),
        (f"{JOBS}/busy?h=nothing", [""]),
        (f"{JOBS}/busy?h=id,dpr,dataProcessedRecords&v", ["id   dpr dataProcessedRecords", "busy 10  10"]),
        (f"{JOBS}/busy?h=dpr,*processed_rec*&v", ["dpr data.processed_records", "10  10"]),
        (f"{JOBS}/busy?h=state,id&v", [" state id", "opened busy"]),
        (f"{JOBS}/busy?h=ni", ["{node}"]),
        (f"{JOBS}/idle?h=ni,ot,id&v", ["ni ot id", "      idle"]),
        (f"{JOBS}?h=id&s=dpr:desc,id:desc", ["busy", "idle", "bad"]),
        (f"{JOBS}?h=id&s=state:asc", ["idle", "bad", "busy"]),
        (f"{JOBS}?h=id&s=ni,id", ["bad", "idle", "busy"]),
        (f"{JOBS}/busy?h=der", ["Mon Jan 01 00:00:00 UTC 2018"]),
        (f"{JOBS}/busy?bogus=1", (400, UNKNOWN.format(f"{JOBS}/busy", "[bogus]"))),
        (f"{JOBS}?tim=1&v=x", (400, UNKNOWN.format(JOBS, "[tim] -> did you mean [time]?"))),
        (f"{JOBS}?v=x", (400, "Failed to parse value [x] as only [true] or [false] are allowed.")),
        (FEEDS, ["datafeed-busy started 0 0"]),
        (f"{FEEDS}/d*?h=id,st,sba,seah&time=ms&v", ["id            st sba seah", "datafeed-busy 0  0.0 0.0"]),
        (f"{FEEDS}/nope", (404, "No datafeed with id [nope] exists")),
        (f"{ANALYTICS}?h=id,t,s,d", ["one outlier_detection stopped d", "two outlier_detection stopped "]),
        (f"{ANALYTICS}/one?h=p", ["reindexing:100,loading_data:100,computing_outliers:100,writing_results:100"]),
        (f"{ANALYTICS}/two?h=p", ["reindexing:0,loading_data:0,computing_outliers:0,writing_results:0"]),
        (f"{ANALYTICS}/one?h=si,di,mml,createTimes", ["source one-results 1gb"]),
        (f"{ANALYTICS}/one?h=mml&bytes=mb", ["1024"]),
        (f"{ANALYTICS}/one?h=mml&bytes=z", ["1gb"]),
        (f"{MODELS}?h=id,license,dfid,ip", ["lang_ident_model_1 basic __none__ 0"]),
        (f"{MODELS}/lang*?h=id,hs,o,ct", ["lang_ident_model_1 1mb 39629 2019-12-05T12:28:34.594Z"]),
        (f"{MODELS}?size=0", []),
        (f"{MODELS}/x", (404, "No known trained model with model_id [x]")),
        (f"{ANALYTICS}/no*?allow_no_match=false", (404, "No known data frame analytics with id [no*]")),
    ],
)  # fmt: skip
def test_rows_and_columns(cluster, version, target, expected):
    server = cluster(version)
    found = lines(server("GET", target))
    assert found == ([server.server.cluster.node] if expected == ["{node}"] else expected)


@pytest.mark.parametrize("version", WITH_TABLES)
def test_times_and_versions_of_analytics(cluster, version):
    server = cluster(version)
    now = instants.text_of(server.server.cluster.now())
    assert lines(server("GET", f"{ANALYTICS}/one?h=ct,version")) == [f"{now} {JOBS_OF_A_KIND[version]}"]


@pytest.mark.parametrize(("version", "columns"), [("7.17.29", 6), ("9.5.3", 7)])
def test_models_made_by_analytics_name_them(cluster, version, columns):
    server = cluster(version)
    server.control("seed", {"analytics": [{"id": "prepackaged"}]})
    assert lines(server("GET", f"{MODELS}?h=dfid,dfa,dfsi")) == ["prepackaged outlier_detection source"]
    assert len(server("GET", f"{MODELS}?format=json").json()[0]) == columns


@pytest.mark.parametrize("version", WITH_TABLES)
@pytest.mark.parametrize(
    ("passed", "query", "expected"),
    [("0s", "", "0s"), ("90500ms", "", "1.5m"), ("90500ms", "&time=ms", "90000"), ("2h", "&time=d", "0")],
)
def test_for_how_long_a_job_has_been_open(cluster, version, passed, query, expected):
    server = cluster(version)
    server.control("clock", {"advance": passed})
    assert lines(server("GET", f"{JOBS}/busy?h=ot{query}")) == [expected]


@pytest.mark.parametrize("version", WITH_TABLES)
def test_help(cluster, version):
    server = cluster(version)
    described = lines(server("GET", f"{FEEDS}?help&v&h=id"))
    assert described[:2] == [
        "id                     |                       | the datafeed_id                                           ",
        "state                  | s                     | the datafeed state                                        ",
    ]
    assert len(described) == 12
    names = [line.split(" |")[0].rstrip() for line in lines(server("GET", f"{JOBS}?help"))]
    assert len(names) == (60 if version in WITH_TABLES[:2] else 61)
    assert len(set(names)) == len(names)
    assert lines(server("GET", f"{JOBS}/busy?help&allow_no_match=true")) == (
        400,
        "request [/_cat/ml/anomaly_detectors/busy] contains unrecognized parameters: [allow_no_match], [job_id]",
    )


@pytest.mark.parametrize(
    ("version", "status", "kind"),
    [("7.17.29", 500, "unsupported_operation_exception"), ("9.5.3", 400, "illegal_argument_exception")],
)
def test_an_unknown_sort_key(cluster, version, status, kind):
    reply = cluster(version)("GET", f"{JOBS}?s=id,nope:desc")
    error = reply.json()["error"]
    assert (reply.status_code, error["type"]) == (status, kind)
    assert error["reason"] == "Unable to sort by unknown sort key `nope`"


class Accepting(httpx.Auth):
    """Sends what a test wants in `Accept`."""

    def __init__(self, value: str):
        self.value = value

    def auth_flow(self, request):
        request.headers["Accept"] = self.value
        yield request


@pytest.mark.parametrize(
    ("version", "query", "accept", "content_type"),
    [
        ("7.17.29", "&format=json", "*/*", "application/json; charset=UTF-8"),
        ("9.5.3", "&format=json", "text/plain", "application/json"),
        ("9.5.3", "", "application/json", "application/json"),
        ("8.19.21", "", "application/vnd.elasticsearch+json;compatible-with=8", None),
        ("9.5.3", "", "text/plain", TEXT),
        ("9.5.3", "", "text/plain,application/json", TEXT),
        ("9.5.3", "&format=txt", "application/json", TEXT),
        ("9.5.3", "&format=application/json", "*/*", TEXT),
        ("8.19.21", "&format=JSON", "*/*", "application/json"),
        ("9.5.3", "", "*/*", TEXT),
    ],
)
def test_text_or_objects(cluster, version, query, accept, content_type):
    reply = cluster(version)("GET", f"{JOBS}/busy?h=id,ot,mbe{query}", auth=Accepting(accept))
    assert reply.headers["content-type"] == (content_type or accept)
    if content_type == TEXT:
        assert reply.text == "busy 0s \n"
    else:
        assert reply.json() == [{"id": "busy", "ot": "0s", "mbe": None}]


@pytest.mark.parametrize("version", WITH_TABLES)
@pytest.mark.parametrize("target", [f"{JOBS}/x", f"{FEEDS}/x", ANALYTICS])
def test_no_tables_without_machine_learning(api, version, target):
    reply = api(version, has_ml=False)("GET", target)
    assert (reply.status_code, reply.json()["error"][:20]) == (400, "no handler found for")


@pytest.mark.parametrize(
    ("target", "action"),
    [
        (JOBS, "job/stats/get"),
        (FEEDS, "datafeeds/stats/get"),
        (ANALYTICS, "data_frame/analytics/get"),
        (MODELS, "inference/get"),
    ],
)
def test_privileges(cluster, target, action):
    server = cluster("9.5.3")
    users = {"nobody": [], "reader": ["machine_learning_user"]}
    server.control("security", {"users": {name: {"password": "p", "roles": roles} for name, roles in users.items()}})
    status, reason = lines(server("GET", target, auth=("nobody", "p")))
    assert (status, reason.startswith(f"action [cluster:monitor/xpack/ml/{action}]")) == (403, True)
    assert server("GET", target, auth=("reader", "p")).status_code == 200
    assert server("GET", f"{target}?help", auth=("nobody", "p")).status_code == 200


@pytest.mark.parametrize(
    ("value", "query", "expected"),
    [
        (ByteSize(1536, "b"), {}, "1.5kb"),
        (ByteSize(1536, "b"), {"bytes": "b"}, "1536"),
        (ByteSize(1536, "b"), {"bytes": "k"}, "1"),
        (ByteSize(3, "mb"), {"bytes": "kb"}, "3072"),
        (ByteSize(3, "mb"), {"bytes": "gb"}, "0"),
        (ByteSize(3, "mb"), {"bytes": "bb"}, "3mb"),
        (ByteSize(3, "mb"), {"bytes": ""}, "3mb"),
        (TimeValue(1500, "ms"), {}, "1.5s"),
        (TimeValue(1500, "ms"), {"time": "s"}, "1"),
        (TimeValue(1500, "ms"), {"time": "micros"}, "1500000"),
        (TimeValue(1500, "ms"), {"time": "w"}, "1.5s"),
        (7, {"bytes": "k", "time": "s"}, "7"),
        (0.5, {}, "0.5"),
        (None, {}, None),
    ],
)
def test_cells(value, query, expected):
    assert cat_table.text_of(value, query) == expected
