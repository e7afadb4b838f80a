# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the information modules return of clusters in which much is going on."""

from __future__ import annotations

from datetime import datetime, timezone

NOW = "2026-11-22T06:00:00Z"
NOW_MS = int(datetime(2026, 11, 22, 6, tzinfo=timezone.utc).timestamp() * 1000)
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
MB = 1 << 20
NODE = {"name": "ml-1"}
HOSTILE = (
    "<script>alert('text')</script><img src=x onerror=alert(1)>\"'><svg onload=alert(2)>"
    "</style></script>{{ 7*7 }}{% raw %} @everyone #1 | `x` [y](javascript:alert(3)) **b** \u202ereversed\x00"
)

PLACES = (
    "gate",
    "crane",
    "yard",
    "parcel",
    "customs",
    "vessel",
    "meter",
    "probe",
    "tank",
    "truck",
    "site",
    "door",
)
MEASURES = (
    ("messages", "Unusual numbers of messages by device"),
    ("latency", "Slow answers by service and region"),
    ("logons", "Rare logons of people who work elsewhere"),
    ("silence", "Devices that fall silent"),
    ("temperature", ""),
)


def job(job_id, state="opened", feed="started", used=12.0, limit=64, status="ok", behind=3 * MINUTE, **more) -> dict:
    """A job as ml_job_info returns it; memory in MB, `behind` in milliseconds, None without data."""
    counts = {"processed_record_count": more.get("records", 184_220), "bucket_count": 4_000}
    if behind is not None:
        counts["latest_record_timestamp"] = NOW_MS - behind
    told = {
        "job_id": job_id,
        "state": state,
        "config": {
            "job_id": job_id,
            "description": more.get("description", ""),
            "groups": more.get("groups", []),
            "analysis_config": {"bucket_span": "15m", "detectors": [{"function": "count"}]},
            "analysis_limits": {"model_memory_limit": f"{limit}mb"},
        },
        "stats": {
            "state": state,
            "data_counts": counts,
            "model_size_stats": {"model_bytes": int(used * MB), "memory_status": status},
            **({"node": NODE} if state == "opened" else {}),
        },
    }
    if feed:
        told["datafeed"] = {
            "datafeed_id": f"datafeed-{job_id}",
            "state": feed,
            "config": {"job_id": job_id, "indices": more.get("indices", [f"{job_id.split('-')[0]}-*"])},
            "stats": {"state": feed, "timing_stats": {"search_count": 2_114, "total_search_time_ms": 39_102.0}},
        }
    return told


def analysis(id, state="stopped", kind="outlier_detection", progress=(100, 100, 100, 100), used=210.0, **more) -> dict:
    phases = ("reindexing", "loading_data", "computing_outliers", "writing_results")
    return {
        "id": id,
        "state": state,
        "config": {
            "id": id,
            "description": more.get("description", ""),
            "analysis": {kind: {}},
            "model_memory_limit": "1gb",
        },
        "stats": {
            "state": state,
            "progress": [{"phase": phase, "progress_percent": p} for phase, p in zip(phases, progress)],
            "data_counts": {"training_docs_count": 120_400, "test_docs_count": 30_100},
            "memory_usage": {"peak_usage_bytes": int(used * MB), "timestamp": NOW_MS - 5 * HOUR, "status": "ok"},
        },
    }


def problem(resource, id, kind, hint, *messages, since="2026-11-22T02:41:07Z") -> dict:
    return {"resource": resource, "id": id, "kind": kind, "hint": hint, "messages": list(messages), "since": since}


def many(count: int) -> list[dict]:
    """Ordinary jobs, a few of them closed or behind."""
    jobs = []
    for number in range(count):
        place, (measure, description) = PLACES[number % len(PLACES)], MEASURES[number // len(PLACES) % len(MEASURES)]
        job_id = f"{place}-{measure}" + (f"-{number // 60 + 1}" if number >= 60 else "")
        closed = number % 17 == 5
        jobs.append(
            job(
                job_id,
                state="closed" if closed else "opened",
                feed="stopped" if closed else "started",
                used=2 + (number * 37 % 59) ** 1.0,
                limit=(64, 128, 256)[number % 3],
                behind=(1 + number * 7 % 23) * MINUTE * (40 if closed or number % 19 == 3 else 1),
                records=1_000 + number * 97_241 % 9_000_000,
                groups=[place],
                description=description,
            )
        )
    return jobs


def varied(count: int = 40) -> dict:
    """Everything that a report knows to tell."""
    jobs = [
        *many(count),
        job(
            "customs-duty", "failed", "stopped", 38.2, groups=["customs"], behind=4 * HOUR, description="Duty by tariff"
        ),
        job("scan-delays", used=63.9, status="hard_limit", groups=["parcel"], description="Delays between two scans"),
        job("tank-level", feed="stopped", behind=2 * DAY, groups=["tank", "site"]),
        job("vessel-traffic", "opening", "stopped", 0, 20_480, behind=None, records=0, description="Positions by type"),
        job("idle-meters", behind=9 * DAY, used=48, status="soft_limit", groups=["meter"]),
        job("imported-history", "closed", None, 7.5, behind=400 * DAY),
        {"job_id": "old-names", "state": "deleting", "config": {"job_id": "old-names"}, "stats": {}},
    ]
    analytics = [
        analysis("churn", description="Customers who are likely to leave"),
        analysis("fraud-scores", "failed", progress=(100, 100, 31, 0)),
        analysis("nightly-outliers", "analyzing", progress=(100, 100, 62, 0), used=804),
        analysis("price-model", "reindexing", "regression", progress=(18, 0, 0, 0), used=0),
        analysis("never-run", progress=(0, 0, 0, 0), used=0),
    ]
    problems = [
        problem(
            "job",
            "customs-duty",
            "failed",
            "It has failed: close it with force: true and open it again, or let mlops.elastic.recover_failed do that.",
            "2026-11-22T02:41:07Z [customs-duty] native process died unexpectedly",
        ),
        problem(
            "data_frame_analytics",
            "fraud-scores",
            "failed",
            "It has failed: stop it with force: true and start it again, or let mlops.elastic.recover_failed do that.",
            "2026-11-21T23:10:00Z no space left on device",
            since="2026-11-21T23:10:00Z",
        ),
        problem(
            "job",
            "scan-delays",
            "hard_memory_limit",
            "Its model has reached model_memory_limit and no longer learns what is new: raise "
            "analysis_limits.model_memory_limit, or split the job.",
            "2026-11-19T11:00:00Z Job memory status changed to hard_limit; memory limit 64mb",
            since="2026-11-19T11:00:00Z",
        ),
        problem(
            "datafeed",
            "datafeed-tank-level",
            "datafeed_not_started",
            "Its job tank-level is open and gets no data: start the datafeed, or close the job.",
            since=None,
        ),
        problem(
            "job",
            "vessel-traffic",
            "lazily_unassigned",
            "It waits for a node (insufficient available memory): free or add memory on the machine learning nodes, or "
            "lower its model_memory_limit.",
            "2026-11-22T02:41:07Z No node found to open job. Reasons [insufficient available memory]",
        ),
        problem(
            "job",
            "idle-meters",
            "stale",
            "Its datafeed datafeed-idle-meters runs and has brought no record for longer than 5490 s: check the "
            "datafeed's indices and query, and whether data still arrives there.",
            since="2026-11-13T06:00:00Z",
        ),
    ]
    return {"jobs": jobs, "data_frame_analytics": analytics, "problems": problems}


def hostile() -> dict:
    """A cluster whose every text wants to be markup."""
    one, two = job("web", "failed", "stopped", description=HOSTILE, groups=[HOSTILE], indices=[HOSTILE]), analysis("x")
    two["config"] |= {"description": HOSTILE, "analysis": {HOSTILE: {}}}
    two["stats"]["progress"] = [{"phase": HOSTILE, "progress_percent": 50}]
    one["stats"]["model_size_stats"]["memory_status"] = HOSTILE
    strange = job(HOSTILE, HOSTILE, HOSTILE)
    problems = [
        problem("job", HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE),
        problem("job", "web", "failed", HOSTILE, HOSTILE),
    ]
    return {"jobs": [one, strange], "data_frame_analytics": [two], "problems": problems, "warnings": [HOSTILE]}


def healthy() -> dict:
    return {"jobs": many(4), "data_frame_analytics": [analysis("churn")], "problems": []}
