# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two users declare the same things at once, request by request in any order.

What each comes to alone is found out first. Then: who fails says clearly why; if both succeed, each value is one
user's, and none is a mixture; what ran runs again, or a message names it, unless both close the job: the server stops
the datafeed which the other has just started with it. Nothing else is touched. Where nothing is stopped for it, who
succeeds and writes last finds his declaration true, and what both declare alike both achieve.
"""

import pytest
from contract.golden_files import VERSIONS
from hypothesis import given, settings
from hypothesis import strategies as st
from modules.server import NEWEST
from properties.schedule import Schedule, gated
from properties.test_users import require_clear

from present.clusters import DATAFEEDS, JOBS
from present.test_fixpoint import BY_MEMBER

FEW = settings(max_examples=settings.default.max_examples // 3)
END = 4_102_444_800_000
DETECTOR = {"function": "mean", "field_name": "x", "by_field_name": "b"}
JOB = {
    "job_id": "j",
    "analysis_config": {"bucket_span": "5m", "detectors": [DETECTOR], "influencers": ["b"]},
    "data_description": {"time_field": "time"},
}
FEED = {"datafeed_id": "f", "indices": ["source"]}
EVENT = {"description": "old", "start_time": 1_800_000_000_000, "end_time": 1_800_003_600_000}
FILTER = {"filter_id": "n", "items": ["old", "kept"]}
CALENDAR = {"calendar_id": "c", "job_ids": ["old", "kept"], "events": [EVENT]}
BYSTANDERS = {
    "jobs": [
        {**JOB, "job_id": "other", "state": "opened", "datafeed": {**FEED, "datafeed_id": "g", "state": "started"}}
    ],
    "filters": [{**FILTER, "filter_id": "other"}],
    "calendars": [{**CALENDAR, "calendar_id": "other"}],
}
NOTHING = {"jobs": [], "filters": [], "calendars": []}


def fed(of_job: str, **of_feed) -> dict:
    """A cluster with a job and its datafeed in these states."""
    return {"jobs": [{**JOB, "state": of_job, "datafeed": {**FEED, **of_feed}}]}


STOPPED, REAL_TIME = fed("closed", state="stopped"), fed("opened", state="started")
LOOK_BACK = fed("opened", state="started", end=END)
THERE = {"filters": [FILTER], "calendars": [CALENDAR]}


def event(description: str) -> dict:
    return {**EVENT, "description": description}


def limited(megabytes: int, **more) -> dict:
    return {"job_id": "j", "analysis_limits": {"model_memory_limit": f"{megabytes}mb"}, **more}


def bundle(of: str, megabytes: int) -> dict:
    return {
        "filters": [{"filter_id": "n", "items": [of]}],
        "jobs": [limited(megabytes, description=of)],
        "datafeeds": [{"datafeed_id": "f", "query_delay": f"{megabytes}s"}],
        "calendars": [{"calendar_id": "c", "job_ids": ["j", of]}],
    }


ROWS = {
    "a filter is created": (NOTHING, "ml_filter", *({"filter_id": "n", "items": [of, "x"]} for of in "ab")),
    "a filter changes": (THERE, "ml_filter", *({"filter_id": "n", "items": [of, "kept"]} for of in "ab")),
    "a filter grows": (THERE, "ml_filter", *({"filter_id": "n", "items": [*FILTER["items"], of]} for of in "ab")),
    "a calendar is created": (
        NOTHING,
        "ml_calendar",
        *({"calendar_id": "c", "job_ids": [of], "events": [event(of)]} for of in "ab"),
    ),
    "members change": (THERE, "ml_calendar", *({"calendar_id": "c", "job_ids": [of, "kept"]} for of in "ab")),
    "members come": (THERE, "ml_calendar", *({"calendar_id": "c", "job_ids": ["old", "kept", of]} for of in "ab")),
    "members come and go": (
        THERE,
        "ml_calendar",
        *({"calendar_id": "c", "job_ids": job_ids} for job_ids in (["old"], ["old", "kept", "new"])),
    ),
    "events change": (THERE, "ml_calendar", *({"calendar_id": "c", "events": [event(of)]} for of in "ab")),
    "a job is created": (NOTHING, "ml_job", *({**JOB, "description": of, "groups": [of, "x"]} for of in "ab")),
    "a job changes in place": (REAL_TIME, "ml_job", *({"job_id": "j", "groups": [of, "x"]} for of in "ab")),
    "two respects of a job": (
        REAL_TIME,
        "ml_job",
        {"job_id": "j", "groups": ["a"]},
        {"job_id": "j", "description": "b"},
    ),
    "a running job is restarted": (REAL_TIME, "ml_job", limited(20), limited(30)),
    "a job with a look-back is restarted": (LOOK_BACK, "ml_job", limited(20), limited(30, description="b")),
    "a datafeed is created": (
        {"jobs": [{**JOB, "state": "closed"}]},
        "ml_datafeed",
        *({**FEED, "job_id": "j", "query_delay": delay} for delay in ("70s", "80s")),
    ),
    "a datafeed changes": (STOPPED, "ml_datafeed", *({**FEED, "query_delay": delay} for delay in ("70s", "80s"))),
    "a running datafeed": (REAL_TIME, "ml_datafeed", *({**FEED, "query_delay": delay} for delay in ("70s", "80s"))),
    "a look-back": (LOOK_BACK, "ml_datafeed", *({**FEED, "query_delay": delay} for delay in ("70s", "80s"))),
    "a bundle": ({**REAL_TIME, **THERE}, "ml_bundle", bundle("a", 20), bundle("b", 30)),
}
SHORT = ("a filter is created", "a filter changes", "a filter grows", "members come", "a job is created")
SHORT += ("a job changes in place", "two respects of a job", "a datafeed is created")
"""What has few orders."""

LEARNT = ("model_snapshot_id", "model_snapshot_min_version")
"""What nobody declares."""

USERS = ("ann", "bob")


class EveryOrder:
    """Choices, a run after the other, until all were made."""

    def __init__(self):
        self._made = []
        self._next = 0

    def __iter__(self):
        while True:
            self._next = 0
            yield self
            while self._made and self._made[-1][0] + 1 == self._made[-1][1]:
                self._made.pop()
            if not self._made:
                return
            self._made[-1][0] += 1

    def __call__(self, number: int) -> int:
        if self._next == len(self._made):
            self._made.append([0, number])
        self._next += 1
        return self._made[self._next - 1][0]


class Scene:
    """A row's cluster and what happens there."""

    def __init__(self, cluster, row: str, agreed: bool):
        self.cluster = cluster
        self.seed, self.module, ann, bob = ROWS[row]
        self.declared = {"ann": ann, "bob": ann if agreed else bob}
        self.agreed = agreed
        self.restarts = row not in SHORT
        self.alone = {user: self._of_one(user) for user in USERS}

    def begin(self) -> None:
        self.cluster.reset(**{key: self.seed.get(key, []) + rest for key, rest in BYSTANDERS.items()})
        self.before, self.running = self.cluster.estate(), running(self.cluster)

    def _of_one(self, user: str) -> dict:
        self.begin()
        outcome = self.cluster.run(self.module, **self.declared[user])
        assert not outcome.failed, outcome.msg
        return self.cluster.estate()

    def together(self, choose, patient: bool) -> None:
        """Both at once; `patient`: time passes only where nobody has anything to send."""
        self.begin()
        stage, trail = self.cluster.stage, []
        stage.journal.clear()
        schedule = Schedule(stage)
        with gated():  # pytest gives each phase of a test its own standard output
            for user, options in self.declared.items():
                schedule.start(user, self.module, {"hosts": ["http://gate:9200"], "opaque_id": user, **options})
            while not schedule.is_over:
                trail.append(self._move(schedule, choose, patient))
        writers = [entry["opaque_id"] for entry in stage.journal if entry["writing"]]
        ends = {user: schedule.outcome(user) for user in USERS}
        complaints = [*self.complaints(ends, writers)]
        trail += [f"{user}: {end.msg} {end.writes}" for user, end in ends.items()]
        assert not complaints, "\n".join([*complaints, *trail])

    @staticmethod
    def _move(schedule, choose, patient: bool) -> str:
        moves = schedule.at_gate
        if schedule.can_pass_time and not (patient and moves):
            moves = [*moves, None]
        move = moves[choose(len(moves)) if len(moves) > 1 else 0]
        if move:
            schedule.let_through(move)
        else:
            schedule.pass_time()
        return str(move or "time passes")

    def complaints(self, ends: dict, writers: list[str]):
        """What is not as promised."""
        for end in ends.values():
            require_clear(end)
        after = self.cluster.estate()
        said = " ".join(end.msg for end in ends.values() if end.failed)
        both_close = all("/_close" in str(end.writes) for end in ends.values())
        for what, state in () if both_close else self.running.items():
            if running(self.cluster).get(what) != state and f"{what} is left" not in said.lower():
                yield f"{what} was {state}"
        for leaf in sorted(set().union(*map(leaves, (self.before, after, *self.alone.values())))):
            found, was, *theirs = (value(estate, *leaf) for estate in (after, self.before, *self.alone.values()))
            touched = [one for one in theirs if one != was]
            if found not in touched and (touched or found != was) and not (touched and said):
                yield f"{leaf} is {found}, was {was}, and the users want {theirs}"
        if self.restarts:
            return
        last = writers[-1] if writers else USERS[0]
        if not ends[last].failed and self.cluster.run(self.module, check=True, **self.declared[last]).changed:
            yield f"{last} was the last and has not what was declared"
        if self.agreed and (said or self.cluster.run(self.module, **self.declared[last]).changed):
            yield "both declare the same, and do not achieve it"


def running(cluster) -> dict[str, tuple]:
    """What runs: jobs, and datafeeds with their ends."""
    state = cluster.ask("GET", "/_cluster/state/metadata")
    tasks = state["metadata"].get("persistent_tasks", {}).get("tasks", [])
    params = [task["params"] for entry in tasks for task in entry["task"].values()]
    ends = {entry["datafeed_id"]: entry.get("end") for entry in params if "datafeed_id" in entry}
    found = {}
    for kind, noun in ((JOBS, "job"), (DATAFEEDS, "datafeed")):
        for entry in cluster.ask("GET", f"{kind.path}/_stats")[kind.key]:
            if entry["state"] in ("opened", "started"):
                found[f"{noun} {entry[kind.id]}"] = (entry["state"], ends.get(entry[kind.id]))
    return found


def leaves(estate: dict) -> set[tuple[str, str, str]]:
    """Kind, id and path of every value that is declared as one."""
    return {
        (key, id, path) for key, configs in estate.items() for id, config in configs.items() for path in flat(config)
    }


def flat(config: dict) -> dict:
    found = {}
    for name, member in config.items():
        if name in LEARNT:
            continue
        if name in BY_MEMBER:
            found |= {f"{name}.{inner}": one for inner, one in flat(member).items()}
        else:
            found[name] = sorted(member, key=str) if isinstance(member, list) else member
    return found


def value(estate: dict, key: str, id: str, path: str):
    return flat(estate[key].get(id, {})).get(path)


@pytest.mark.parametrize("agreed", [True, False], ids=["the same", "different"])
@pytest.mark.parametrize("row", SHORT)
def test_in_every_order(clusters, counts, row, agreed):
    scene = Scene(clusters(NEWEST), row, agreed)
    for choose in EveryOrder():
        scene.together(choose, patient=True)
        counts["orders of two users' requests"] += 1


@FEW
@given(version=st.sampled_from(VERSIONS), row=st.sampled_from(sorted(ROWS)), agreed=st.booleans(), data=st.data())
def test_in_any_order(clusters, counts, version, row, agreed, data):
    scene = Scene(clusters(version), row, agreed)
    scene.together(lambda number: data.draw(st.integers(0, number - 1)), patient=False)
    counts["random orders of two users' requests"] += 1
