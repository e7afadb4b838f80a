# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state tables, lived through: each wanted state from each observed one, on each version.

A cell goes: check mode, real run, second run. Check mode and second run send no writing request, and check mode
foretells what the real run does.
"""

from dataclasses import dataclass, field

import pytest

from modules.server import VERSIONS, release_of

JOBS = "/_ml/anomaly_detectors"
FEEDS = "/_ml/datafeeds"
ANALYTICS = "/_ml/data_frame/analytics"
LATER = "1514775600"  # three hours after the first record
NEEDS_FORCE = "set force: true to end what has failed"
NOT_OPEN = "only an opened job can be flushed, and it is"
DELETING = "it is being deleted; wait for that with state: absent"


@dataclass(frozen=True)
class Cell:
    """What happens to one resource: names of actions and its state then, or the words of a refusal."""

    wanted: str
    observed: str
    actions: tuple[str, ...] = ()
    state: str = ""
    refusal: str = ""
    force: bool = False
    options: dict = field(default_factory=dict)

    def __str__(self):
        return f"{self.wanted}-from-{self.observed}{'-by-force' if self.force else ''}"


class Jobs:
    module, option, id, result, noun = "ml_job", "job_id", "j", "jobs", "job"

    def prepare(self, server, observed):
        if observed == "missing":
            server.reset()
            return
        server.reset(jobs=[{"job_id": "j", "state": "opened", "records": 12}])
        if observed == "deleting":
            server.control("jobs/j", {"state": "closed", "durations": {"deleting": "1d"}})
            server.api("DELETE", f"{JOBS}/j?wait_for_completion=false")
        else:
            server.control("jobs/j", {"state": observed})

    def go_on(self, server, observed):
        if observed == "deleting":
            server.control("clock", {"advance": "2d"})
        else:
            server.control("jobs/j", {"state": {"opening": "opened", "closing": "closed"}[observed]})

    def lines(self, cell):
        force = "force=true&" if cell.force else ""
        return {
            "open": f"POST {JOBS}/j/_open?timeout=30m",
            "close": f"POST {JOBS}/j/_close?{force}timeout=30m",
            "flush": f"POST {JOBS}/j/_flush?advance_time={LATER}",
            "reset": f"POST {JOBS}/j/_reset?wait_for_completion=true",
            "delete": f"DELETE {JOBS}/j?{force}wait_for_completion=false",
        }

    def cells(self, release):
        def opened(*cell, **more):
            return Cell("opened", *cell, **more)

        def closed(*cell, **more):
            return Cell("closed", *cell, **more)

        def flushed(*cell, **more):
            return Cell("flushed", *cell, options={"advance_time": LATER}, **more)

        def reset(*cell, **more):
            old = {"refusal": "state: reset needs Elasticsearch 7.14 or later, and this server is 7"}
            return Cell("reset", cell[0], **old) if release < (7, 14) else Cell("reset", *cell, **more)

        def absent(*cell, **more):
            return Cell("absent", *cell, **more)

        unknown = {"refusal": "no known job with id 'j'; nothing was changed. Check the spelling"}
        return [
            opened("closed", ("open",), "opened"),
            opened("opening", ("await_opened",), "opened"),
            opened("opened", (), "opened"),
            opened("closing", ("await_closed", "open"), "opened"),
            opened("failed", refusal=NEEDS_FORCE),
            opened("failed", ("close", "open"), "opened", force=True),
            opened("deleting", refusal=DELETING),
            opened("missing", **unknown),
            closed("closed", (), "closed"),
            closed("opening", ("close",), "closed"),
            closed("opened", ("close",), "closed"),
            closed("opened", ("close",), "closed", force=True),
            closed("closing", ("await_closed",), "closed"),
            closed("failed", refusal=NEEDS_FORCE),
            closed("failed", ("close",), "closed", force=True),
            closed("missing", **unknown),
            flushed("closed", refusal=NOT_OPEN),
            flushed("opening", ("await_opened", "flush"), "opened"),
            flushed("opened", ("flush",), "opened"),
            flushed("closing", refusal=NOT_OPEN),
            flushed("failed", refusal=NOT_OPEN),
            flushed("failed", refusal=NOT_OPEN, force=True),
            flushed("missing", **unknown),
            reset("closed", ("reset",), "closed"),
            reset("opening", ("close", "reset"), "closed"),
            reset("opened", ("close", "reset"), "closed"),
            reset("closing", ("await_closed", "reset"), "closed"),
            reset("failed", refusal=NEEDS_FORCE),
            reset("failed", ("close", "reset"), "closed", force=True),
            reset("deleting", refusal=DELETING),
            reset("missing", **unknown),
            absent("closed", ("delete",), "absent"),
            absent("opening", ("close", "delete"), "absent"),
            absent("opened", ("close", "delete"), "absent"),
            absent("closing", ("await_closed", "delete"), "absent"),
            absent("failed", refusal=NEEDS_FORCE),
            absent("failed", ("delete",), "absent", force=True),
            absent("deleting", ("await_deleted",), "absent"),
            absent("missing", (), "absent"),
        ]


class Datafeeds:
    module, option, id, result, noun = "ml_datafeed", "datafeed_id", "f", "datafeeds", "datafeed"

    def prepare(self, server, observed):
        feed = {"datafeed": {"datafeed_id": "f"}} if observed != "missing" else {}
        server.reset(indices=["source"], jobs=[{"job_id": "j", "state": "opened", **feed}])
        if feed:
            server.control("datafeeds/f", {"state": observed})

    def go_on(self, server, observed):
        server.control("datafeeds/f", {"state": {"starting": "started", "stopping": "stopped"}[observed]})

    def lines(self, cell):
        force = "force=true&" if cell.force else ""
        return {
            "start": f"POST {FEEDS}/f/_start?timeout=20s",
            "stop": f"POST {FEEDS}/f/_stop?{force}timeout=20s",
            "delete": f"DELETE {FEEDS}/f{'?force=true' if cell.force else ''}",
        }

    def cells(self, release):
        unknown = {"refusal": "no known datafeed with id 'f'"}
        return [
            Cell("started", "stopped", ("start",), "started"),
            Cell("started", "starting", ("await_started",), "started"),
            Cell("started", "started", (), "started"),
            Cell("started", "stopping", ("await_stopped", "start"), "started"),
            Cell("started", "missing", **unknown),
            Cell("stopped", "stopped", (), "stopped"),
            Cell("stopped", "starting", ("stop",), "stopped"),
            Cell("stopped", "started", ("stop",), "stopped"),
            Cell("stopped", "started", ("stop",), "stopped", force=True),
            Cell("stopped", "stopping", ("await_stopped",), "stopped"),
            Cell("stopped", "missing", **unknown),
            Cell("absent", "stopped", ("delete",), "absent"),
            Cell("absent", "starting", ("stop", "delete"), "absent"),
            Cell("absent", "started", ("stop", "delete"), "absent"),
            Cell("absent", "started", ("stop", "delete"), "absent", force=True),
            Cell("absent", "stopping", ("await_stopped", "delete"), "absent"),
            Cell("absent", "missing", (), "absent"),
        ]


class Analytics:
    module, option, id, result, noun = "ml_analytics", "id", "a", "data_frame_analytics", "data frame analytics"
    running = ("starting", "started", "reindexing", "analyzing")

    def prepare(self, server, observed):
        server.reset(indices=["source"], analytics=[] if observed == "missing" else [{"id": "a"}])
        if observed == "finished":
            server.control("analytics/a", {"progress": 100})
        elif observed != "missing":
            server.control("analytics/a", {"state": observed})

    def go_on(self, server, observed):
        server.control("analytics/a", {"state": "stopped"})

    def lines(self, cell):
        force = "force=true&" if cell.force else ""
        return {
            "start": f"POST {ANALYTICS}/a/_start?timeout=20s",
            "stop": f"POST {ANALYTICS}/a/_stop?{force}timeout=20s",
            "delete": f"DELETE {ANALYTICS}/a",
        }

    def cells(self, release):
        # 7.3 keeps no progress of what is stopped, so nobody can tell that it has finished
        finished = ((), "stopped") if release >= (7, 4) else (("start",), "started")
        unknown = {"refusal": "no known data frame analytics with id 'a'"}
        return [
            Cell("started", "stopped", ("start",), "started"),
            Cell("started", "finished", *finished),
            *[Cell("started", state, (), "") for state in self.running],
            Cell("started", "stopping", ("await_stopped", "start"), "started"),
            Cell("started", "failed", refusal=NEEDS_FORCE),
            Cell("started", "failed", ("stop", "start"), "started", force=True),
            Cell("started", "missing", **unknown),
            Cell("stopped", "stopped", (), "stopped"),
            Cell("stopped", "finished", (), "stopped"),
            *[Cell("stopped", state, ("stop",), "stopped") for state in self.running],
            Cell("stopped", "started", ("stop",), "stopped", force=True),
            Cell("stopped", "stopping", ("await_stopped",), "stopped"),
            Cell("stopped", "failed", refusal=NEEDS_FORCE),
            Cell("stopped", "failed", ("stop",), "stopped", force=True),
            Cell("stopped", "missing", **unknown),
            Cell("absent", "stopped", ("delete",), "absent"),
            Cell("absent", "finished", ("delete",), "absent"),
            *[Cell("absent", state, ("stop", "delete"), "absent") for state in self.running],
            Cell("absent", "stopping", ("await_stopped", "delete"), "absent"),
            Cell("absent", "failed", refusal=NEEDS_FORCE),
            Cell("absent", "failed", ("stop", "delete"), "absent", force=True),
            Cell("absent", "missing", (), "absent"),
        ]


CELLS = [
    pytest.param(version, resource, cell, id=f"{version}-{resource.module}-{cell}")
    for version in VERSIONS
    for resource in (Jobs(), Datafeeds(), Analytics())
    for cell in resource.cells(release_of(version))
]


def run(server, resource, cell, **mode):
    options = {resource.option: resource.id, "state": cell.wanted, "force": cell.force, **cell.options}
    return server.run(resource.module, **options, **mode)


def item_of(resource, outcome):
    (item,) = outcome.result[resource.result]
    return {key: value for key, value in item.items() if key not in ("task", "last_finalized_bucket_end")}


def run_through(server, resource, cell):
    """The real run, while what is in transition goes on once the module waits for it."""
    if any(action.startswith("await") for action in cell.actions):
        with server.once_waiting(lambda: resource.go_on(server, cell.observed)):
            return run(server, resource, cell, diff=True)
    return run(server, resource, cell, diff=True)


@pytest.mark.parametrize(("server", "resource", "cell"), CELLS, indirect=["server"])
def test_cell(server, resource, cell):
    resource.prepare(server, cell.observed)
    predicted = run(server, resource, cell, check=True, diff=True)
    assert predicted.writes == []
    if cell.refusal:
        refused = run(server, resource, cell)
        assert refused.failed
        assert predicted.failed
        assert cell.refusal in refused.msg
        assert predicted.msg == refused.msg
        assert refused.writes == []
        return

    achieved = run_through(server, resource, cell)
    expected = [resource.lines(cell)[action] for action in cell.actions if not action.startswith("await")]
    assert achieved.writes == achieved.declared_writes == predicted.declared_writes == expected
    assert achieved.changed is predicted.changed is bool(expected)
    item = item_of(resource, achieved)
    assert item["actions"] == list(cell.actions)
    assert item["changed"] is achieved.changed
    assert item["state"] == (cell.state or item["state_before"])
    assert item == item_of(resource, predicted)
    diff = {"before": {}, "after": {}}
    if achieved.changed:
        diff["before"][resource.id] = {"state": item["state_before"]}
        diff["after"][resource.id] = {"state": item["state"]}
    assert achieved.diff == predicted.diff == diff

    second = run(server, resource, cell)
    assert second.writes == second.declared_writes == []
    assert second.changed is False
    assert item_of(resource, second)["actions"] == []
    assert "diff" not in second.result
