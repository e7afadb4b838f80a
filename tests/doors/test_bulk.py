# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A thousand resources in one task: what is sent, how much at once, and what comes back."""

import threading
from collections import Counter

import pytest

from ansible_collections.mlops.elastic.plugins.module_utils.cluster import Cluster

MANY = 1000
LONGEST_LINE = 4095
PARALLEL = 8
JOBS = "/_ml/anomaly_detectors"
FEEDS = "/_ml/datafeeds"
IDS = [f"load-{number:03}" for number in range(MANY)]
BUSY = {"error": {"type": "es_rejected_execution_exception", "reason": "the queue is full"}, "status": 429}

EXPRESSION = ["load-*"]
EVERY_ID = frozenset(IDS)

CASES = {
    # module, wanted state, options, state before, who is named, API, what stands in the place of the id
    "close": ("ml_job", "closed", {}, "opened", EXPRESSION, f"POST {JOBS}/{{id}}/_close", EXPRESSION),
    "close by force": (
        "ml_job",
        "closed",
        {"force": True},
        "opened",
        EXPRESSION,
        f"POST {JOBS}/{{id}}/_close",
        EXPRESSION,
    ),
    "close by id": ("ml_job", "closed", {}, "opened", IDS, f"POST {JOBS}/{{id}}/_close", IDS),
    "close all but some": (
        "ml_job",
        "closed",
        {"exclude": "load-99*"},
        "opened",
        EXPRESSION,
        f"POST {JOBS}/{{id}}/_close",
        IDS[:-10],
    ),
    "open": ("ml_job", "opened", {}, "closed", EXPRESSION, f"POST {JOBS}/{{id}}/_open", EVERY_ID),
    "flush": (
        "ml_job",
        "flushed",
        {"calc_interim": True},
        "opened",
        EXPRESSION,
        f"POST {JOBS}/{{id}}/_flush",
        EVERY_ID,
    ),
    "reset": ("ml_job", "reset", {}, "closed", EXPRESSION, f"POST {JOBS}/{{id}}/_reset", EVERY_ID),
    "delete": ("ml_job", "absent", {}, "closed", EXPRESSION, f"DELETE {JOBS}/{{id}}", EVERY_ID),
    "start": ("ml_datafeed", "started", {}, "stopped", EXPRESSION, f"POST {FEEDS}/{{id}}/_start", EVERY_ID),
    "stop": ("ml_datafeed", "stopped", {}, "started", EXPRESSION, f"POST {FEEDS}/{{id}}/_stop", EXPRESSION),
}


@pytest.fixture
def server(simulators):
    """An empty simulated cluster."""
    simulators[0].reset()
    return simulators[0]


@pytest.fixture
def in_flight(monkeypatch):
    """How many requests were under way each time that one began."""
    counts, lock, now = [], threading.Lock(), Counter()
    exchange = Cluster._exchange

    def counted(cluster, request, seconds):
        with lock:
            now["requests"] += 1
            counts.append(now["requests"])
        try:
            return exchange(cluster, request, seconds)
        finally:
            with lock:
                now["requests"] -= 1

    monkeypatch.setattr(Cluster, "_exchange", counted)
    return counts


def seed(server, module, state, **more):
    job = {"state": "opened" if module == "ml_datafeed" else state, "records": 3}
    feed = {"state": state}
    jobs = [
        {"job_id": id, **job, **({"datafeed": {"datafeed_id": id, **feed}} if module == "ml_datafeed" else {})}
        for id in IDS
    ]
    server.reset(jobs=jobs, **more)


def run(server, module, ids, state, **options):
    return server.run(module, **{"job_id" if module == "ml_job" else "datafeed_id": ids}, state=state, **options)


@pytest.mark.parametrize("case", CASES)
def test_requests(server, in_flight, case):
    module, state, options, before, named, api, acted_on = CASES[case]
    seed(server, module, before)
    done = run(server, module, named, state, **options)
    assert not done.failed, done.msg
    assert done.summary["changed"] == len(EVERY_ID if acted_on == EXPRESSION else acted_on)
    assert max(len(f"{line} HTTP/1.1") for line in done.lines) <= LONGEST_LINE
    paths = [line.partition("?")[0] for line in done.writes]
    head, tail = api.split("{id}")
    assert all(path.startswith(head) and path.endswith(tail) for path in paths)
    places = [path.removeprefix(head).removesuffix(tail) for path in paths]
    if isinstance(acted_on, frozenset):
        assert sorted(places) == sorted(acted_on)
        assert max(in_flight) == PARALLEL
    else:
        assert sorted(",".join(places).split(",")) == acted_on
        assert len(places) <= 1 + len(",".join(acted_on)) // (LONGEST_LINE - 100)
    again = run(server, module, named, state, **options, return_items="none")
    assert again.writes == [] or state == "flushed"


@pytest.mark.parametrize("parallel", [1, 3])
def test_the_bound_is_the_users(server, in_flight, parallel):
    server.reset(many={"jobs": 20})
    run(server, "ml_job", EXPRESSION, "opened", parallel=parallel)
    assert max(in_flight) == parallel


def test_deletions_are_awaited_together(server):
    seed(server, "ml_job", "closed", durations={"deleting": "1s"})
    done = run(server, "ml_job", EXPRESSION, "absent")
    assert done.summary["changed"] == MANY
    assert all("wait_for_completion=false" in line for line in done.writes)
    assert not [line for line in done.lines if "_tasks" in line]
    assert len([line for line in done.lines if line.startswith("GET")]) < MANY / 20


@pytest.mark.parametrize(
    ("state", "before", "fault"),
    [
        ("opened", "closed", {"method": "POST", "path": "*/_open", "times": 60}),
        ("closed", "opened", {"method": "POST", "path": "*/_close", "times": 2}),
        ("absent", "closed", {"method": "DELETE", "path": f"{JOBS}/*", "times": 60}),
        ("opened", "closed", {"method": "GET", "path": f"{JOBS}/*", "times": 3}),
        ("opened", "closed", {"method": "POST", "path": f"{JOBS}/load-17/_open", "times": 5}),
    ],
)
def test_full_queues(server, monkeypatch, state, before, fault):
    monkeypatch.setattr("ansible_collections.mlops.elastic.plugins.module_utils.cluster._PAUSE", 0.02)
    server.reset(many={"jobs": 100, "state": before})
    server.control("faults", [dict(fault, status=429, body=BUSY)])
    done = run(server, "ml_job", EXPRESSION, state)
    assert not done.failed, done.msg
    assert done.summary["changed"] == 100
    assert [entry["status"] for entry in done.journal].count(429) == fault["times"]


def test_a_queue_that_stays_full(server):
    server.reset(many={"jobs": 3})
    server.control("faults", [{"path": "*/load-1/_open", "times": 999, "status": 429, "body": BUSY}])
    done = run(server, "ml_job", EXPRESSION, "opened", timeout="3s")
    assert done.failed
    assert done.summary == {"matched": 3, "changed": 2, "unchanged": 0, "failed": 1}
    assert "the queue is full" in done.msg
    assert len(done.writes) < 20


RETURNED = {
    "all": ["load-0", "load-1", "load-2", "load-3"],
    "changed": ["load-1", "load-2", "load-3"],
    "none": ["load-3"],
}


@pytest.mark.parametrize("return_items", RETURNED)
def test_returned_items(server, return_items):
    jobs = [{"job_id": f"load-{n}", "state": "closed" if n else "opened"} for n in range(4)]
    server.reset(jobs=jobs)
    refusal = {"error": {"type": "status_exception", "reason": "cannot open"}, "status": 400}
    server.control("faults", [{"path": "*/load-3/_open", "times": 99, "status": 400, "body": refusal}])
    done = run(server, "ml_job", EXPRESSION, "opened", return_items=return_items)
    assert sorted(job["job_id"] for job in done.jobs) == RETURNED[return_items]
    assert done.summary == {"matched": 4, "changed": 2, "unchanged": 1, "failed": 1}


def test_a_result_that_does_not_grow(server):
    sizes = []
    for jobs in (100, 1000):
        server.reset(many={"jobs": jobs})
        sizes.append(len(run(server, "ml_job", EXPRESSION, "opened", return_items="none").stdout))
    assert sizes[1] - sizes[0] < 20
