# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The runs that faults happen to: every state of every module, with one id, several, a wildcard."""

from faults.resources import feed_of
from faults.run import OLDEST, Run

RESET = (7, 14)
PROGRESS = (7, 10)
"""Before, a server keeps no progress: nobody can tell that an analysis ran to its end, and it starts again."""

FINALIZED = "2018-01-01T03:00:00Z"
MINUTE = 60_000
FIRST = 1_514_764_800_000
LOOK_BACK = {"start": "2018-01-01T00:00:00Z", "end": FINALIZED}
DOCUMENTS = [{"time": FIRST + minute * MINUTE} for minute in range(0, 180, 10)]
BRIEFLY = dict.fromkeys(("opening", "closing", "deleting", "resetting", "starting", "stopping"), "50ms")


def job(id: str, state: str = "closed", **more) -> dict:
    return {"job_id": id, "state": state, "records": 12, **more}


def fed(id: str, state: str = "opened", feed: str = "started", **more) -> dict:
    return job(id, state, datafeed={"datafeed_id": feed_of(id), "state": feed}, **more)


def analysis(id: str, state: str = "stopped", **more) -> dict:
    return {"id": id, "state": state, **more}


BYSTANDERS = [fed("db-1"), job("db-2"), job("web", "opened"), job("xweb-1", "failed")]
OTHER_ANALYTICS = [analysis("db-1", "started"), analysis("db-2"), analysis("web", "failed")]


def jobs(name: str, wanted: str, ids, held: list[dict], targets, *, durations=None, **options):
    since = RESET if wanted == "reset" else OLDEST
    seed = {"indices": ["source"], "jobs": held + BYSTANDERS}
    return run(name, "ml_job", wanted, "job_id", ids, seed, targets, since, durations, options)


def feeds(name: str, wanted: str, ids, held: list[dict], targets, *, durations=None, **options):
    documents = [{"name": "source", "documents": DOCUMENTS}]
    seed = {"indices": documents, "jobs": held + BYSTANDERS}
    return run(name, "ml_datafeed", wanted, "datafeed_id", ids, seed, targets, OLDEST, durations, options)


def analytics(name: str, wanted: str, ids, held: list[dict], targets, *, durations=None, **options):
    since = PROGRESS if "wait_for" in options else OLDEST
    seed = {"indices": ["source"], "analytics": held + OTHER_ANALYTICS}
    return run(name, "ml_analytics", wanted, "id", ids, seed, targets, since, durations, options)


def run(name, module, wanted, id_option, ids, seed, targets, since, durations, options) -> Run:
    changes_again = bool(options.get("calc_interim") or options.get("skip_time"))
    told = {id_option: ids, "parallel": 1, **options}
    if wanted == "info":
        module += "_info"
    else:
        told = {"state": wanted, "timeout": "5m", **told}
    if durations:
        seed = {**seed, "durations": durations}
    label = f"{module}-{wanted}-{name}"
    return Run(label, module, told, seed, tuple(targets.split()), since, changes_again)


WEB = ["web-1", "web-2", "web-3"]
THREE = " ".join(WEB)
FEED = [feed_of(id) for id in WEB]
THREE_FEEDS = " ".join(FEED)

JOB_RUNS = [
    jobs("one", "opened", "web-1", [job("web-1"), job("web-2")], "web-1"),
    jobs("several", "opened", WEB, [job("web-1"), job("web-2", "opened"), job("web-3")], THREE),
    jobs(
        "wildcard",
        "opened",
        "web-*",
        [job("web-1"), job("web-2", "closing"), job("web-3", "opening")],
        THREE,
        durations=BRIEFLY,
    ),
    jobs("force", "opened", "web-1", [job("web-1", "failed")], "web-1", force=True),
    jobs(
        "parallel",
        "opened",
        "web-*",
        [job("web-1"), job("web-2"), job("web-3"), job("web-4")],
        f"{THREE} web-4",
        parallel=4,
    ),
    jobs("one", "closed", "web-1", [job("web-1", "opened"), job("web-2", "opened")], "web-1"),
    jobs("several", "closed", WEB, [job("web-1", "opened"), job("web-2"), job("web-3", "opened")], THREE),
    jobs(
        "wildcard",
        "closed",
        "web-*",
        [job("web-1", "opened"), job("web-2", "closing"), job("web-3", "opening")],
        THREE,
        durations=BRIEFLY,
    ),
    jobs("datafeed", "closed", "web-1", [fed("web-1"), job("web-2", "opened")], "web-1"),
    jobs("force", "closed", WEB, [job("web-1", "failed"), job("web-2", "opened"), job("web-3")], THREE, force=True),
    jobs("one", "flushed", "web-1", [job("web-1", "opened")], "web-1", advance_time=FINALIZED),
    jobs(
        "several",
        "flushed",
        WEB[:2],
        [job("web-1", "opened"), job("web-2", "opened")],
        "web-1 web-2",
        calc_interim=True,
    ),
    jobs(
        "wildcard",
        "flushed",
        "web-*",
        [job("web-1", "opened"), job("web-2", "opening")],
        "web-1 web-2",
        skip_time=FINALIZED,
        durations=BRIEFLY,
    ),
    jobs("one", "reset", "web-1", [job("web-1")], "web-1"),
    jobs("several", "reset", WEB, [job("web-1", "opened"), job("web-2"), job("web-3", records=0)], THREE),
    jobs("wildcard", "reset", "web-*", [fed("web-1"), job("web-2")], "web-1 web-2", durations=BRIEFLY),
    jobs("detached", "reset", "web-1", [job("web-1")], "web-1", wait_for_completion=False, durations=BRIEFLY),
    jobs("one", "absent", "web-1", [job("web-1"), job("web-2")], "web-1"),
    jobs("datafeed", "absent", "web-1", [fed("web-1")], "web-1"),
    jobs("several", "absent", [*WEB, "web-9"], [job("web-1"), job("web-2", "opened"), fed("web-3")], f"{THREE} web-9"),
    jobs(
        "wildcard",
        "absent",
        "web-*",
        [job("web-1"), job("web-2", "opened")],
        "web-1 web-2",
        max_affected=5,
        durations=BRIEFLY,
    ),
    jobs("force", "absent", "web-1", [job("web-1", "failed")], "web-1", force=True),
    jobs("detached", "absent", "web-1", [job("web-1")], "web-1", wait_for_completion=False, durations=BRIEFLY),
    jobs("one", "info", "web-1", [fed("web-1")], "web-1"),
    jobs("several", "info", WEB, [fed("web-1"), job("web-2"), job("web-3", "failed")], THREE),
    jobs("wildcard", "info", "web-*", [fed("web-1"), job("web-2", "opening")], "web-1 web-2"),
]

FEED_RUNS = [
    feeds("one", "started", FEED[0], [fed("web-1", feed="stopped"), fed("web-2", feed="stopped")], FEED[0]),
    feeds("bounded", "started", FEED[0], [fed("web-1", feed="stopped", records=0)], FEED[0], **LOOK_BACK),
    feeds("several", "started", FEED[:2], [fed("web-1", feed="stopped"), fed("web-2")], " ".join(FEED[:2])),
    feeds(
        "wildcard",
        "started",
        "datafeed-web-*",
        [fed("web-1", feed="stopped"), fed("web-2", feed="stopping")],
        " ".join(FEED[:2]),
        durations=BRIEFLY,
    ),
    feeds("one", "stopped", FEED[0], [fed("web-1"), fed("web-2")], FEED[0]),
    feeds("several", "stopped", FEED, [fed("web-1"), fed("web-2", feed="stopped"), fed("web-3")], THREE_FEEDS),
    feeds(
        "wildcard",
        "stopped",
        "datafeed-web-*",
        [fed("web-1"), fed("web-2", feed="stopping")],
        " ".join(FEED[:2]),
        durations=BRIEFLY,
    ),
    feeds("force", "stopped", FEED[0], [fed("web-1")], FEED[0], force=True),
    feeds("one", "absent", FEED[0], [fed("web-1", feed="stopped")], FEED[0]),
    feeds(
        "several",
        "absent",
        [*FEED, "datafeed-9"],
        [fed("web-1"), fed("web-2"), fed("web-3")],
        f"{THREE_FEEDS} datafeed-9",
    ),
    feeds("wildcard", "absent", "datafeed-web-*", [fed("web-1"), fed("web-2", feed="stopped")], " ".join(FEED[:2])),
    feeds("one", "info", FEED[0], [fed("web-1")], FEED[0]),
    feeds("several", "info", FEED[:2], [fed("web-1"), fed("web-2")], " ".join(FEED[:2])),
    feeds("wildcard", "info", "datafeed-web-*", [fed("web-1")], FEED[0]),
]

ANALYTICS_RUNS = [
    analytics("one", "started", "web-1", [analysis("web-1"), analysis("web-2")], "web-1"),
    analytics(
        "finished",
        "started",
        WEB[:2],
        [analysis("web-1", finishes=True), analysis("web-2", finishes=True)],
        "web-1 web-2",
        wait_for="finished",
    ),
    analytics(
        "wildcard",
        "started",
        "web-*",
        [analysis("web-1"), analysis("web-2", "stopping"), analysis("web-3", "started")],
        THREE,
        durations=BRIEFLY,
    ),
    analytics("force", "started", "web-1", [analysis("web-1", "failed")], "web-1", force=True),
    analytics("one", "stopped", "web-1", [analysis("web-1", "started"), analysis("web-2", "started")], "web-1"),
    analytics(
        "several",
        "stopped",
        WEB,
        [analysis("web-1", "started"), analysis("web-2"), analysis("web-3", "started")],
        THREE,
    ),
    analytics(
        "wildcard",
        "stopped",
        "web-*",
        [analysis("web-1", "started"), analysis("web-2", "stopping")],
        "web-1 web-2",
        durations=BRIEFLY,
    ),
    analytics(
        "force",
        "stopped",
        WEB[:2],
        [analysis("web-1", "failed"), analysis("web-2", "started")],
        "web-1 web-2",
        force=True,
    ),
    analytics("one", "absent", "web-1", [analysis("web-1"), analysis("web-2")], "web-1"),
    analytics(
        "several", "absent", [*WEB[:2], "web-9"], [analysis("web-1"), analysis("web-2", "started")], "web-1 web-2 web-9"
    ),
    analytics("wildcard", "absent", "web-*", [analysis("web-1", "started"), analysis("web-2")], "web-1 web-2"),
    analytics("one", "info", "web-1", [analysis("web-1")], "web-1"),
    analytics("several", "info", WEB[:2], [analysis("web-1"), analysis("web-2", "started")], "web-1 web-2"),
    analytics("wildcard", "info", "web-*", [analysis("web-1", "failed")], "web-1"),
]

ALL = [*JOB_RUNS, *FEED_RUNS, *ANALYTICS_RUNS]
