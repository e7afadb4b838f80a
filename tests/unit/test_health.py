# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is a problem and what isn't: rules over configurations, statistics and messages."""

import pytest

from ansible_collections.mlops.elastic.plugins.module_utils.errors import of_reply
from ansible_collections.mlops.elastic.plugins.module_utils.health import analytics, datafeeds, jobs
from ansible_collections.mlops.elastic.plugins.module_utils.health.findings import Note
from ansible_collections.mlops.elastic.plugins.module_utils.health.messages import INDICES, MOST, Notebook
from unit.scripted import ScriptedCluster

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
NOW = 1_800_000_000_000
AT = "2027-01-15T0{}:00:00Z"  # NOW is 08:00
NO_NODE = {"assignment_explanation": "no room."}
LATE = "Datafeed has missed 7 documents due to ingest latency, latest bucket with missing data is [x]. Consider more"


def notes(*entries):
    """Notes from (hours ago, level, text), newest first; those older than a day only tell since when."""
    return [Note(NOW - ago * HOUR, level, text, ago <= 24) for ago, level, text in entries]


def job(state="opened", feed=None, **stats):
    described = {"job_id": "j", "state": state, "config": {"analysis_config": {"bucket_span": "15m"}}, "stats": stats}
    return {**described, "datafeed": feed} if feed else described


def feed(state="started", config=None, **stats):
    return {"datafeed_id": "f", "state": state, "config": {"query_delay": "90s", **(config or {})}, "stats": stats}


def silent_for(milliseconds, **more):
    last = NOW - milliseconds
    return {"data_counts": {"latest_record_timestamp": last, "last_data_time": last}, "open_time": "90000s", **more}


def told(problems):
    return [(problem["kind"], problem["since"]) for problem in problems]


OPENING = (1, "info", "Opening job on node [n]")
BROKEN = (2, "error", "disk is full")
UNREADABLE = (2, "error", "Datafeed is encountering errors extracting data: no such index")
LIMIT = (3, "error", "Job memory status changed to hard_limit; job exceeded model memory limit 1mb by 1kb.")
WAITING = (2, "warning", "No node found to open job. Reasons [no room]")
HARD = {"model_size_stats": {"memory_status": "hard_limit", "log_time": NOW}}


@pytest.mark.parametrize(
    ("described", "noted", "expected"),
    [
        (job("opened"), [], []),
        (job("closed"), [], []),
        ({**job("deleting"), "stats": {}}, [BROKEN], [("audit_error", AT.format(6))]),
        (job("failed"), [], [("failed", None)]),
        (job("failed"), [BROKEN, (4, "error", "slow")], [("failed", AT.format(6))]),
        (job("failed"), [UNREADABLE, (4, "error", "slow")], [("failed", AT.format(4))]),
        (job("failed"), [(1, "warning", "No quantiles")], [("failed", None)]),
        (job("opening", node={"id": "n"}, assignment_explanation=""), [], []),
        (job("opening", node={"id": "n"}, **NO_NODE), [], []),
        (job("opening", **NO_NODE), [], [("lazily_unassigned", None)]),
        (job("opened", **NO_NODE), [WAITING], [("lazily_unassigned", AT.format(6))]),
        (job("opening", **NO_NODE), [WAITING, (5, "warning", WAITING[2])], [("lazily_unassigned", AT.format(3))]),
        (job("closed", **NO_NODE), [WAITING], []),
        (job("failed", **NO_NODE), [], [("failed", None)]),
        (job("opened", model_size_stats={"memory_status": "soft_limit"}), [], []),
        (job("opened", **HARD), [], [("hard_memory_limit", None)]),
        (job("closed", **HARD), [LIMIT], [("hard_memory_limit", AT.format(5))]),
        (job("opened"), [LIMIT], []),
        (job("opened"), [BROKEN, (4, "error", "slow")], [("audit_error", AT.format(4))]),
        (job("opened"), [OPENING, BROKEN], []),
        (job("opened"), [BROKEN, (3, *OPENING[1:])], [("audit_error", AT.format(6))]),
        (job("opened"), [UNREADABLE, (4, "warning", "slow"), (5, "info", "fine")], []),
        (job("opened"), [(30, "error", "long ago")], []),
    ],
    ids=str,
)
def test_jobs(described, noted, expected):
    assert told(jobs.problems(described, notes(*noted), NOW)) == expected


BEYOND = 90_000 + 75 * MINUTE + 15 * MINUTE
"""The query delay, ten searches each half a span, a span."""

REAL_TIME = {"running_state": {"real_time_configured": True, "real_time_running": True}}
BOUNDED = {"running_state": {"real_time_configured": False}}


@pytest.mark.parametrize(
    ("described", "stale_after", "is_stale"),
    [
        (job(feed=feed(**REAL_TIME), **silent_for(BEYOND)), None, False),
        (job(feed=feed(**REAL_TIME), **silent_for(BEYOND + 1)), None, True),
        (job(feed=feed(), **silent_for(BEYOND + 1)), None, True),
        (job(feed=feed(**BOUNDED), **silent_for(DAY)), None, False),
        (job(feed=feed("stopped"), **silent_for(DAY)), None, False),
        (job(feed=feed("starting"), **silent_for(DAY)), None, False),
        (job("closed", feed=feed(), **silent_for(DAY)), None, False),
        (job(**silent_for(DAY)), None, False),
        (job(feed=feed(), **silent_for(HOUR)), HOUR, False),
        (job(feed=feed(), **silent_for(HOUR + 1)), HOUR, True),
        (job(feed=feed(config={"frequency": "1h"}), **silent_for(10 * HOUR)), None, False),
        (job(feed=feed(config={"frequency": "1m"}), **silent_for(HOUR)), None, True),
        # a look-back of old data before 7.14, and one that was just opened: something has come, or could not yet
        (job(feed=feed(), data_counts={"latest_record_timestamp": 0, "last_data_time": NOW}), None, False),
        (job(feed=feed(), **{**silent_for(DAY), "open_time": "60s"}), None, False),
        (job(feed=feed(), data_counts={}, open_time="60s"), None, False),
        (job(feed=feed(), data_counts={}, open_time="9000s"), None, True),
        (job(feed=feed()), None, False),
    ],
    ids=str,
)
def test_stale_jobs(described, stale_after, is_stale):
    found = jobs.problems(described, [], NOW, stale_after)
    assert [problem["kind"] for problem in found] == (["stale"] if is_stale else [])


@pytest.mark.parametrize(
    ("span", "minutes"), [("1m", 12.0), ("2m", 13.0), ("10m", 61.0), ("20m", 121.0), ("1h", 161.0), ("1d", 2041.0)]
)
def test_what_is_stale_follows_from_the_default_frequency(span, minutes):
    slow = {**job(feed=feed(config={"query_delay": "1m"})), "config": {"analysis_config": {"bucket_span": span}}}
    assert jobs.longest_silence(slow) == minutes * MINUTE


STARTED = (1, "info", "Datafeed started (from: x to: real-time) with frequency [450s]")
STOPPED = (30, "info", "Datafeed stopped")
RECOVERED = (1, "info", "Datafeed has recovered data extraction and analysis")


@pytest.mark.parametrize(
    ("described", "job_state", "noted", "expected"),
    [
        (feed(), "opened", [], []),
        (feed("stopped"), "closed", [], []),
        (feed("stopped"), "failed", [], []),
        (feed("stopped"), "opening", [], []),
        (feed("stopping"), "opened", [], []),
        (feed("stopped"), "opened", [], [("datafeed_not_started", None)]),
        (feed("stopped"), "opened", [STOPPED], [("datafeed_not_started", "2027-01-14T02:00:00Z")]),
        (feed("starting", **NO_NODE), "opening", [], []),
        (feed("starting", **NO_NODE), "opened", [], [("lazily_unassigned", None)]),
        (
            feed("started", **NO_NODE),
            "opened",
            [(2, "warning", "No node found to start datafeed [f]. Reasons [x]")],
            [("lazily_unassigned", AT.format(6))],
        ),
        (feed("starting", node={"id": "n"}, **NO_NODE), "opened", [], []),
        (
            feed(),
            "opened",
            [(2, "warning", LATE), (3, "warning", LATE), (30, "warning", LATE)],
            [("delayed_data", AT.format(5))],
        ),
        (feed(), "opened", [(30, "warning", LATE)], []),
        (feed(), "opened", [STARTED, (2, "warning", LATE)], []),
        (feed(), "opened", [RECOVERED, (2, "warning", LATE)], [("delayed_data", AT.format(6))]),
        (feed(), "opened", [UNREADABLE, BROKEN], [("audit_error", AT.format(6))]),
        (feed(), "opened", [RECOVERED, UNREADABLE], []),
        (feed(), "opened", [STARTED, UNREADABLE], []),
        (feed("stopped"), "closed", [UNREADABLE], [("audit_error", AT.format(6))]),
    ],
    ids=str,
)
def test_datafeeds(described, job_state, noted, expected):
    assert told(datafeeds.problems(described, "j", job_state, notes(*noted))) == expected


GAVE_UP = (2, "info", "Updated analytics task state to [failed] with reason [no space]")


@pytest.mark.parametrize(
    ("state", "stats", "noted", "expected"),
    [
        ("stopped", {}, [], []),
        ("started", {"node": {"id": "n"}, "assignment_explanation": ""}, [], []),
        ("failed", {}, [], [("failed", None)]),
        ("failed", {}, [GAVE_UP], [("failed", AT.format(6))]),
        ("failed", {}, [GAVE_UP, (3, "error", "no space")], [("failed", AT.format(6))]),
        ("starting", NO_NODE, [], [("lazily_unassigned", None)]),
        (
            "starting",
            NO_NODE,
            [(2, "warning", "No node found to start analytics. Reasons [x]")],
            [("lazily_unassigned", AT.format(6))],
        ),
        ("stopped", NO_NODE, [], []),
        ("stopped", {"memory_usage": {"status": "ok", "timestamp": NOW}}, [], []),
        (
            "stopped",
            {"memory_usage": {"status": "hard_limit", "timestamp": NOW}},
            [],
            [("hard_memory_limit", AT.format(8))],
        ),
        ("stopped", {}, [(2, "error", "no space")], [("audit_error", AT.format(6))]),
        ("started", {}, [(1, "info", "Started analytics"), (2, "error", "no space")], []),
        ("started", {}, [(1, "info", "Starting analytics on node [n]"), (2, "error", "no space")], []),
    ],
    ids=str,
)
def test_analytics(state, stats, noted, expected):
    described = {"id": "a", "state": state, "config": {}, "stats": stats}
    assert told(analytics.problems(described, notes(*noted))) == expected


@pytest.mark.parametrize(
    ("described", "words"),
    [
        (job("opening", **NO_NODE), "waits for a node (no room)"),
        (job(feed=feed(), **silent_for(2 * HOUR)), "longer than 5490 s"),
    ],
)
def test_hints_name_what_they_are_about(described, words):
    (problem,) = jobs.problems(described, [], NOW)
    assert words in problem["hint"]


def test_a_hint_of_analytics_names_why_it_failed_and_what_it_needs():
    stats = {"failure_reason": "boom", "memory_usage": {"status": "hard_limit", "memory_reestimate_bytes": 5}}
    found = analytics.problems({"id": "a", "state": "failed", "config": {}, "stats": stats}, [])
    assert [("boom" in problem["hint"], "5 bytes" in problem["hint"]) for problem in found] == [
        (True, False),
        (False, True),
    ]


def test_a_problem_has_its_last_messages_with_their_times():
    noted = notes(*[(ago, "error", f"error {ago}") for ago in range(1, 9)])
    (problem,) = jobs.problems(job(), noted, NOW)
    assert problem == {
        "id": "j",
        "resource": "job",
        "kind": "audit_error",
        "since": AT.format(0),
        "hint": "The server has noted errors about it: read the messages.",
        "messages": [f"{AT.format(8 - ago)} error {ago}" for ago in range(1, 6)],
    }


SEARCH, ASK = f"POST /{INDICES}/_search", "POST /_security/user/_has_privileges"


def hit(job_id, text, timestamp=NOW):
    return {"_source": {"job_id": job_id, "level": "error", "message": text, "timestamp": timestamp}}


def found(*hits, shards=1):
    return {"_shards": {"total": shards}, "hits": {"hits": list(hits)}}


def refusal(status, reason):
    return of_reply("search", status, {"error": {"type": "t", "reason": reason}, "status": status}, "es")


@pytest.mark.parametrize(
    ("script", "named", "words"),
    [
        ({SEARCH: [found()]}, True, None),
        ({SEARCH: [found(shards=0)]}, False, None),
        ({SEARCH: [found(shards=0)], ASK: [{"has_all_requested": True}]}, True, None),
        ({SEARCH: [found(shards=0)], ASK: [{"has_all_requested": False}]}, True, "the user may not read"),
        ({SEARCH: [found(shards=0)], ASK: [refusal(405, "no handler found for uri")]}, True, None),
        ({SEARCH: [refusal(403, "is unauthorized for user [u]")]}, True, "is unauthorized for user"),
        ({SEARCH: [refusal(503, "all shards failed")]}, True, "all shards failed"),
        ({SEARCH: [found(*[hit("j", "x")] * MOST)]}, True, f"more than {MOST} messages"),
    ],
    ids=str,
)
def test_what_cannot_be_read_is_said(script, named, words):
    cluster = ScriptedCluster(script)
    cluster.names_itself = named
    notebook = Notebook(cluster, "anomaly_detector")
    notebook.read({"j"}, 60)
    assert bool(notebook.warnings) == bool(words)
    assert words is None or words in notebook.warnings[0]


def test_who_is_not_known_at_all_is_refused():
    cluster = ScriptedCluster({SEARCH: [refusal(401, "unable to authenticate")]})
    with pytest.raises(type(refusal(401, "unable to authenticate"))):
        Notebook(cluster, "anomaly_detector").read({"j"}, 60)


def test_messages_belong_to_their_jobs():
    cluster = ScriptedCluster({SEARCH: [found(hit("j", "x"), hit("k", "y", "2027-01-15T08:00:00Z"), hit("l", "z"))]})
    read = Notebook(cluster, "anomaly_detector").read({"j", "k"}, None)
    assert read == {"j": [Note(NOW, "error", "x", False)], "k": [Note(NOW, "error", "y", False)]}
