# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan under way: what becomes of it when a server answers late, oddly, or not at all."""

import pytest

from ansible_collections.mlops.elastic.plugins.module_utils import errors
from ansible_collections.mlops.elastic.plugins.module_utils.apply import Run
from ansible_collections.mlops.elastic.plugins.module_utils.plan import Item, ItemPlan, arrange
from ansible_collections.mlops.elastic.plugins.module_utils.resources.job import Job
from unit.scripted import ScriptedCluster, fast_budget, job_configs, job_stats

JOBS = "/_ml/anomaly_detectors"
CUT = errors.Interrupted("the answer was lost")
DOWN = errors.Unreachable("nobody answers")
BUSY = errors.Busy("the queue is full", status=429)
CONFLICT = errors.Conflict("one or more jobs have state failed", status=409)
MISSING = errors.NotFound("missing", status=404, reason="No known job with id 'a'")
FORBIDDEN = errors.Fatal("may not", status=403)
UPGRADING = errors.Fatal("upgrade mode is enabled", status=429)
DEFAULTS = {
    "state": "closed",
    "timeout": "30m",
    "force": False,
    "wait_for_completion": True,
    "delete_user_annotations": False,
    "calc_interim": None,
    "start": None,
    "end": None,
    "advance_time": None,
    "skip_time": None,
}
CLOSED = {"closed": True}
NOTHING = {"count": 0, "jobs": []}
TASK = {"task": "node:7"}
GONE = errors.NotFound("", status=404, reason="No known job with id 'a'")


def carry_out(actions, script, ids=("a",), seconds=1800, on_wait=None, **params):
    resource = Job()
    items = {id: Item(id, "opened", {"block": "free"}) for id in ids}
    planned = [ItemPlan(item, tuple(actions), "", True) for item in items.values()]
    cluster = ScriptedCluster(script)
    run = Run(cluster, dict(DEFAULTS, **params), fast_budget(seconds), items, on_wait)
    run.carry_out(arrange(planned, resource.ACTIONS))
    return run.outcomes, cluster


def closing(post, *looks):
    return {f"POST {JOBS}/": post, f"GET {JOBS}/": list(looks)}


def test_a_settled_reply_needs_no_look():
    outcomes, cluster = carry_out(["close"], closing([CLOSED]))
    assert cluster.lines == [f"POST {JOBS}/a/_close?timeout=30m"]
    assert outcomes["a"].actions == ["close"]
    assert outcomes["a"].moved
    assert outcomes["a"].error is None


@pytest.mark.parametrize("actions", [["close", "delete"], ["await_closed", "delete"]])
def test_what_somebody_else_deletes_is_absent(actions):
    outcomes, cluster = carry_out(actions, closing([GONE], NOTHING), state="absent")
    assert (outcomes["a"].error, outcomes["a"].state, outcomes["a"].moved) == (None, "missing", False)
    assert not [line for line in cluster.writes if line.startswith("DELETE")]
    outcomes, _cluster = carry_out(["close"], closing([GONE], NOTHING))
    assert outcomes["a"].error


def test_a_forced_close_is_looked_at_until_it_took_hold():
    script = closing([CLOSED], job_stats(a="failed"), job_stats(a="closed"))
    outcomes, cluster = carry_out(["close"], script, force=True)
    assert cluster.writes == [f"POST {JOBS}/a/_close?force=true&timeout=30m"]
    assert len(cluster.lines) == 3
    assert outcomes["a"].actions == ["close"]


@pytest.mark.parametrize("interruption", [CUT, DOWN, BUSY])
def test_after_an_interruption_it_looks_and_waits(interruption):
    script = closing(
        [interruption], job_stats(a="closing"), interruption, job_stats(a="closing"), job_stats(a="closed")
    )
    outcomes, cluster = carry_out(["close"], script)
    assert len(cluster.writes) == 1
    assert outcomes["a"].actions == ["close"]
    assert outcomes["a"].error is None


@pytest.mark.parametrize("interruption", [CUT, DOWN, BUSY])
def test_a_request_that_did_not_take_hold_is_sent_again(interruption):
    script = closing([interruption, CLOSED], job_stats(a="opened"))
    outcomes, cluster = carry_out(["close"], script)
    assert len(cluster.writes) == 2
    assert len(cluster.lines) == 5  # three patient looks between
    assert outcomes["a"].error is None


def test_a_refused_list_is_tried_one_at_a_time():
    script = {
        f"POST {JOBS}/a,b,c/_close": [CONFLICT],
        f"POST {JOBS}/a/_close": [CLOSED],
        f"POST {JOBS}/b/_close": [CONFLICT],
        f"POST {JOBS}/c/_close": [CLOSED],
        f"GET {JOBS}/": [job_stats(b="failed")],
    }
    outcomes, cluster = carry_out(["close"], script, ids="abc")
    assert len(cluster.writes) == 4
    assert [id for id in outcomes if outcomes[id].error] == ["b"]
    assert outcomes["b"].error is CONFLICT
    assert outcomes["a"].actions == outcomes["c"].actions == ["close"]


def test_a_conflict_with_the_wanted_end_is_none():
    script = closing([CONFLICT], job_stats(a="closed"))
    outcomes, _cluster = carry_out(["close"], script)
    assert outcomes["a"].error is None
    assert outcomes["a"].actions == ["close"]


def test_a_conflict_that_stays_is_the_error():
    outcomes, cluster = carry_out(["close"], closing([CONFLICT], job_stats(a="opened")))
    assert outcomes["a"].error is CONFLICT
    assert outcomes["a"].actions == []
    assert len(cluster.writes) == 1


def test_a_job_that_is_broken_is_said_to_be():
    outcomes, _cluster = carry_out(["open"], closing([CUT], job_stats(a="failed")))
    assert "could not open job a: it is failed" in outcomes["a"].error.msg
    assert outcomes["a"].error.type == "unexpected_state"


def test_an_item_that_failed_takes_no_part_in_later_steps():
    script = {
        f"POST {JOBS}/a,b/_close": [CONFLICT],
        f"POST {JOBS}/a/_close": [CLOSED],
        f"POST {JOBS}/b/_close": [CONFLICT],
        f"GET {JOBS}/": [job_stats(b="failed")],
        f"POST {JOBS}/a/_reset": [{"acknowledged": True}],
    }
    outcomes, cluster = carry_out(["close", "reset"], script, ids="ab")
    assert cluster.writes[-1] == f"POST {JOBS}/a/_reset?wait_for_completion=true"
    assert not any("b/_reset" in line for line in cluster.lines)
    assert outcomes["a"].actions == ["close", "reset"]
    assert outcomes["b"].actions == []


@pytest.mark.parametrize(
    ("last", "words"),
    [(job_stats(a="closing"), "could not close job a within timeout 20s"), (CUT, "Last answer: the answer was lost")],
)
def test_a_spent_budget(last, words):
    outcomes, _cluster = carry_out(["close"], closing([CUT], last), seconds=20, timeout="20s")
    error = outcomes["a"].error
    assert isinstance(error, errors.Unfinished)
    assert words in error.msg
    assert "running the task again waits for it" in error.msg
    assert error.type == "timeout"


def test_waits_are_told_about():
    told = []

    def on_wait(doing, done, total, budget):
        told.append((doing, done, total))

    script = closing([CUT], job_stats(a="closed", b="closing"), job_stats(b="closed"))
    carry_out(["close"], script, ids="ab", on_wait=on_wait)
    assert told == [("close job a, b", 1, 2)]


@pytest.mark.parametrize("fatal", [FORBIDDEN, UPGRADING])
def test_what_every_request_would_meet_ends_the_run(fatal):
    cluster = ScriptedCluster({f"POST {JOBS}/": [{"opened": True, "node": "n"}, fatal]})
    items = {id: Item(id, "closed") for id in "abc"}
    plan = arrange([ItemPlan(item, ("open",), "opened", True) for item in items.values()], Job().ACTIONS)
    run = Run(cluster, DEFAULTS, fast_budget(20), items)
    run.carry_out(plan)
    assert run.outcomes["a"].actions == ["open"]
    assert run.outcomes["a"].error is None
    assert run.outcomes["b"].actions == run.outcomes["c"].actions == []
    assert run.outcomes["b"].error is run.outcomes["c"].error is fatal


def test_a_fatal_look_ends_the_run():
    outcomes, _cluster = carry_out(["close", "reset"], closing([CUT], FORBIDDEN), ids="ab")
    assert outcomes["a"].error is outcomes["b"].error is FORBIDDEN
    assert outcomes["a"].doubtful


def test_a_lazily_opened_job_is_waited_for():
    script = closing([{"opened": True, "node": ""}], job_stats(a="opening"), job_stats(a="opened"))
    outcomes, cluster = carry_out(["open"], script)
    assert len(cluster.writes) == 1
    assert outcomes["a"].actions == ["open"]


class TestDeletion:
    """Deletions are sent asynchronously and awaited by reading the configuration."""

    DELETING = job_configs("a", deleting=True)
    BLOCKED = job_configs("a", blocked={"reason": "delete"})

    def delete(self, replies, *looks, **params):
        return carry_out(["delete"], {f"DELETE {JOBS}/a": replies, f"GET {JOBS}/a": list(looks)}, **params)

    def test_it_is_awaited(self):
        outcomes, cluster = self.delete([TASK], self.DELETING, self.BLOCKED, GONE)
        assert cluster.writes == [f"DELETE {JOBS}/a?wait_for_completion=false"]
        assert outcomes["a"].state is None
        assert outcomes["a"].extras == {"task": "node:7"}

    @pytest.mark.parametrize("look", [DELETING, BLOCKED])
    def test_detached_it_is_left_to_itself_once_it_has_begun(self, look):
        outcomes, cluster = self.delete([TASK], job_configs("a"), look, wait_for_completion=False)
        assert len(cluster.lines) == 3
        assert outcomes["a"].state == "deleting"
        assert outcomes["a"].actions == ["delete"]

    def test_detached_and_gone_already(self):
        outcomes, _cluster = self.delete([TASK], GONE, wait_for_completion=False)
        assert outcomes["a"].state is None

    def test_one_that_does_not_take_hold_is_sent_synchronously_to_hear_why(self):
        outcomes, cluster = self.delete([TASK, CONFLICT], job_configs("a"))
        assert cluster.writes == [
            f"DELETE {JOBS}/a?wait_for_completion=false",
            f"DELETE {JOBS}/a?wait_for_completion=true",
        ]
        assert outcomes["a"].error is CONFLICT

    def test_a_synchronous_404_is_the_wanted_end(self):
        outcomes, _cluster = self.delete([TASK, GONE], *[job_configs("a")] * 3, GONE)
        assert outcomes["a"].error is None
        assert outcomes["a"].actions == ["delete"]

    def test_one_that_comes_after_somebody_elses_changes_nothing(self):
        outcomes, _cluster = self.delete([GONE], GONE, state="absent")
        assert (outcomes["a"].error, outcomes["a"].actions, outcomes["a"].moved) == (None, [], False)
        outcomes, _cluster = self.delete([CUT, GONE], *[job_configs("a")] * 3, GONE, state="absent")
        assert outcomes["a"].moved, "the one whose answer was lost may have taken hold"

    def test_one_that_somebody_else_began_is_only_awaited(self):
        script = {f"GET {JOBS}/a": [self.DELETING, self.DELETING, GONE]}
        outcomes, cluster = carry_out(["await_deleted"], script)
        assert cluster.writes == []
        assert outcomes["a"].actions == ["await_deleted"]

    def test_a_wait_for_something_that_does_not_go_on_ends(self):
        outcomes, _cluster = carry_out(["await_deleted"], {f"GET {JOBS}/a": [job_configs("a")]})
        assert "could not wait for job a to be deleted: it is free" in outcomes["a"].error.msg


def test_a_skip_that_lies_behind_needs_no_second_flush():
    facts = {"finalized_end": None, "target": 1000, "interim": False, "skips": True}
    flushed = {"flushed": True, "last_finalized_bucket_end": 1000}
    for end, writes, moved in ((1000, 1, False), (999, 2, True)):
        cluster = ScriptedCluster({f"POST {JOBS}/a/_flush": [dict(flushed, last_finalized_bucket_end=end), flushed]})
        items = {"a": Item("a", "opened", dict(facts))}
        plan = arrange([ItemPlan(items["a"], ("flush_buffered", "flush"), "opened", True)], Job().ACTIONS)
        run = Run(cluster, dict(DEFAULTS, skip_time="1"), fast_budget(20), items)
        run.carry_out(plan)
        assert len(cluster.writes) == writes
        assert run.outcomes["a"].moved is moved
