# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random clusters, and users who call modules there: one after another, and two at once.

What is promised of a call that nobody disturbs: the wanted state holds afterwards for exactly what its expressions
mean, a second call changes nothing, check mode says beforehand what happens and writes nothing, and a refusal comes
before the first write. Of two calls at once: each ends well or says clearly why not, touches nothing else, and both can
be repeated.
"""

import json
from contextlib import ExitStack

from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from properties import expected, world
from properties.clusters import EVENTS, SOURCE, VERSION, Call, Event, calls, readings, seeds
from properties.conftest import COUNTS
from properties.schedule import Schedule, gated
from properties.stage import Stage

DISTURBANCES = st.lists(EVENTS, max_size=2)
HOST = "http://gate:9200"


class Users(RuleBasedStateMachine):
    """One cluster and what happens on it."""

    def __init__(self):
        super().__init__()
        self.stage = None
        self.has_skipped = False
        self.is_deleting = False
        self.marking = "0s"
        self.held = ExitStack()
        self.held.enter_context(gated())
        COUNTS["clusters"] += 1

    @initialize(version=VERSION, seed=seeds())
    def begin(self, version, seed):
        self.stage = Stage(version)
        self.held.callback(self.stage.close)
        self.marking = seed["durations"]["marking"]
        if self.stage.version < (7, 4):
            seed["analytics"] = [entry for entry in seed["analytics"] if "analysis" not in entry]
        self.stage.control("seed", {"indices": [SOURCE], **seed})

    def teardown(self):
        self.held.close()

    @rule(call=calls())
    def undisturbed(self, call):
        """One user, and nobody else."""
        COUNTS["calls alone"] += 1
        self.alone(call)

    @rule(call=readings())
    def reading(self, call):
        """An information module shows what its expressions mean, as the server says it."""
        COUNTS["readings"] += 1
        there = self.look()
        meant = world.meaning(call, there)
        read = self.run(call, module=f"{call.module}_info")
        assert read.writes == []
        assert read.failed == bool(expected.nothing_found(call, meant)), read.result.get("msg")
        if not read.failed:
            _path, key, id_key = world.KINDS[call.module]
            shown = {item[id_key]: item["state"] for item in read.result[key]}
            assert shown == {id: there.of(call)[id].state for id in meant.ids}

    @rule(event=EVENTS)
    def somebody_else(self, event):
        COUNTS["events"] += 1
        self.happen(event)

    @precondition(lambda self: self.stage)
    @rule(first=calls(), second=calls(), events=DISTURBANCES, data=st.data())
    def two_at_once(self, first, second, events, data):
        """Two users, whose requests come in any order, and what somebody else does meanwhile."""
        COUNTS["pairs at once"] += 1
        before = self.look()
        ends = self.together({"ann": first, "bob": second}, list(events), data)
        for user, call in (("ann", first), ("bob", second)):
            require_clear(ends[user])
            # another client may have put the same id anew meanwhile: what is named then is still what was meant
            meant = world.meaning(call, before).ids | world.meaning(call, world.look(self.stage)).ids
            assert not expected.strays(call, before, meant | set(call.tokens), ends[user].writes)
        for call in (first, second):
            self.alone(call)

    @precondition(lambda self: self.stage)
    @rule(call=calls(), data=st.data())
    def one_goal(self, call, data):
        """Two users who want the same at once: neither is in the other's way."""
        COUNTS["pairs with one goal"] += 1
        before = self.look()
        meant = world.meaning(call, before)
        ends = self.together({"ann": call, "bob": call}, [], data)
        emptied = call.state == "absent" and call.given("allow_no_match") is False
        if expected.obstacle(call, before, meant) or expected.may_fail(call, before, meant) or emptied:
            return
        for user in ends:
            assert not ends[user].failed, ends[user].msg
        assert expected.unmet(call, world.look(self.stage), meant.ids) == []

    def look(self) -> world.World:
        """The cluster as it shows itself, once every deletion shows: one that is not marked yet nobody can know of."""
        if self.is_deleting and self.marking != "0s":
            self.stage.control("clock", {"advance": self.marking})
            self.stage.settle()
        self.is_deleting = False
        return world.look(self.stage)

    def happen(self, event: Event) -> None:
        self.is_deleting |= event.method == "DELETE"
        task = self.stage.begin(event.method, event.target, HEADERS, encoded(event.body))
        assert not task.done() or task.result().status < 500 or "timed out" in str(task.result().content)

    def together(self, of_user: dict[str, Call], events: list[Event], data) -> dict:
        schedule = Schedule(self.stage)
        for user, call in of_user.items():
            self.note_of(call)
            schedule.start(user, call.module, options(call, user))
        while not schedule.is_over:
            moves = [*schedule.at_gate, *(["time"] if schedule.can_pass_time else []), *events]
            move = moves[data.draw(st.integers(0, len(moves) - 1), label="move")] if len(moves) > 1 else moves[0]
            note(str(move))
            if isinstance(move, Event):
                events.remove(move)
                self.happen(move)
                schedule.answer()
            elif move == "time":
                schedule.pass_time()
            else:
                schedule.let_through(move)
        COUNTS["moves of pairs"] += schedule.moves
        ends = {user: schedule.outcome(user) for user in of_user}
        for user in ends:
            note(f"{user}: {ends[user].result['msg']} {ends[user].writes}")
        self.stage.journal.clear()
        return ends

    def run(self, call: Call, module: str | None = None, **modes):
        schedule = Schedule(self.stage)
        self.note_of(call)
        schedule.start("ann", module or call.module, options(call, "ann", **modes))
        schedule.finish()
        outcome = schedule.outcome("ann")
        note(f"{modes} {outcome.result.get('msg')} {outcome.writes}")
        self.stage.journal.clear()
        require_clear(outcome)
        return outcome

    def note_of(self, call: Call) -> None:
        """Remember what a call leaves that its cluster does not show."""
        self.has_skipped |= call.given("skip_time") is not None
        self.is_deleting |= call.state == "absent"

    def alone(self, call: Call) -> None:
        """Check a call in check mode, for real, and again."""
        before = self.look()
        meant = world.meaning(call, before)
        obstacle = expected.obstacle(call, before, meant)
        excused = expected.may_fail(call, before, meant)
        foretold = self.run(call, check=True, diff=True)
        assert foretold.writes == []
        assert world.look(self.stage) == before, "check mode changed the cluster"
        done = self.run(call, diff=True)
        after = world.look(self.stage)
        assert not expected.strays(call, before, meant.ids, done.writes)
        if obstacle:
            assert (foretold.failed, done.failed, done.writes) == (True, True, []), obstacle
        elif not excused:
            assert not done.failed, done.msg
        if done.failed:
            return
        COUNTS["calls that did their work"] += 1
        assert expected.unmet(call, after, meant.ids) == []
        assert not foretold.failed, foretold.msg
        if call.state == "flushed" and self.has_skipped:  # how far a job has skipped, only a flush tells
            assert foretold.changed or not done.changed
            assert call.given("calc_interim") or not self.run(call).changed
            return
        assert foretold.changed == done.changed
        assert apis(foretold.declared_writes) == apis(done.declared_writes)
        assert set(foretold.declared_writes) <= set(done.declared_writes)
        shown = {id: {"state": thing.state} for id, thing in before.of(call).items() if id in done.diff["after"]}
        assert done.diff["before"] == shown
        assert bool(shown) == done.changed
        assert foretold.diff == (done.diff if call.given("wait_for_completion") is not False else finished(done.diff))
        if not expected.is_repeated_as_often_as_asked(call, before):
            self.again(call, after)

    def again(self, call: Call, before: world.World) -> None:
        again = self.run(call)
        if call.state == "absent" and expected.obstacle(call, before, world.meaning(call, before)):
            assert (again.failed, again.writes) == (True, []), "a wildcard that has to match matches nothing any more"
            return
        assert not again.failed, again.msg
        assert not again.changed
        assert again.writes == []


HEADERS = [(b"content-type", b"application/json")]


def encoded(body) -> bytes:
    return b"" if body is None else json.dumps(body).encode()


def options(call: Call, user: str, check: bool = False, diff: bool = False) -> dict:
    given = {name: value for name, value in call.options.items() if value is not None}
    return {"hosts": [HOST], "opaque_id": user, **given, "_ansible_check_mode": check, "_ansible_diff": diff}


def apis(lines: list[str]) -> list[str]:
    """Requests without their parameters, each once: one that does not take hold in time is sent again."""
    return list(dict.fromkeys(line.partition("?")[0] for line in lines))


def finished(diff: dict) -> dict:
    """A diff as if what goes on after the task were over, which check mode cannot know to last."""
    ends = {"deleting": "absent", "resetting": "closed"}
    after = {id: {"state": ends.get(shown["state"], shown["state"])} for id, shown in diff["after"].items()}
    return {**diff, "after": after}


def require_clear(outcome) -> None:
    """A failure says in one message what was tried and why it did not work."""
    if outcome.failed:
        assert outcome.msg.strip()
        assert "Traceback" not in outcome.stdout
        assert "exception" not in outcome.result
        assert set(outcome.error) == {"status", "type", "reason"}


TestUsers = Users.TestCase
TestUsers.settings = settings()
