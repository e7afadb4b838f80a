# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two playbooks against the same jobs at once, with one goal or with opposed ones: both end well or say why not."""

import re
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from contract.server import running
from modules.server import Server

from doors.playing import Player

VERSIONS = ("7.3.0", "7.17.29", "9.5.3")
USERS = ("ann", "bob")
DURATIONS = dict.fromkeys(("opening", "closing", "deleting", "starting", "stopping"), "50ms")
MEMBERS = range(3)
ID_OPTION = {"ml_job": "job_id", "ml_datafeed": "datafeed_id", "ml_analytics": "id"}


@dataclass(frozen=True)
class Contest:
    """What each of the two wants, and the state in which both find what they want it of."""

    module: str
    found: str
    ann: str
    bob: str

    @property
    def name(self) -> str:
        return f"{self.module[3:]}-{self.found}-{self.ann}-{self.bob}"

    @property
    def ids(self) -> list[str]:
        return [f"{self.name}.{number}" for number in MEMBERS]

    @property
    def lasting(self) -> list[str]:
        """The goals that can be reached afterwards: what has been deleted stays so."""
        return ["absent"] if "absent" in (self.ann, self.bob) else [self.ann, self.bob]


CONTESTS = (
    Contest("ml_job", "opened", "closed", "closed"),
    Contest("ml_job", "closed", "opened", "opened"),
    Contest("ml_job", "opened", "closed", "opened"),
    Contest("ml_job", "closed", "closed", "opened"),
    Contest("ml_job", "opened", "absent", "absent"),
    Contest("ml_job", "opened", "absent", "closed"),
    Contest("ml_job", "closed", "absent", "opened"),
    Contest("ml_datafeed", "stopped", "started", "started"),
    Contest("ml_datafeed", "stopped", "started", "stopped"),
    Contest("ml_datafeed", "started", "started", "stopped"),
    Contest("ml_datafeed", "started", "stopped", "absent"),
    Contest("ml_datafeed", "stopped", "started", "absent"),
    Contest("ml_analytics", "stopped", "started", "stopped"),
    Contest("ml_analytics", "started", "stopped", "absent"),
    Contest("ml_analytics", "stopped", "started", "absent"),
)
PATH = re.compile(r"/_ml/(?:anomaly_detectors|datafeeds|data_frame/analytics)/([^/]+)(?:/_[a-z]+)?$")
EXPECTED_REFUSALS = re.compile(
    r"no known|because|already|being deleted|it is |its job|while|has been|cannot|No datafeed with id", re.IGNORECASE
)


def seed(contests) -> dict:
    """What all contests need, and one more of each kind that is nobody's goal."""
    jobs, analytics = [job("bystander", "opened", "started")], [{"id": "bystander", "state": "started"}]
    for contest in contests:
        if contest.module == "ml_job":
            jobs += [job(id, contest.found) for id in contest.ids]
        elif contest.module == "ml_datafeed":
            jobs += [job(id, "opened", contest.found) for id in contest.ids]
        else:
            analytics += [{"id": id, "state": contest.found} for id in contest.ids]
    return {"indices": ["source"], "durations": DURATIONS, "jobs": jobs, "analytics": analytics}


def job(id, state, datafeed=None) -> dict:
    feed = {"datafeed": {"datafeed_id": id, "state": datafeed}} if datafeed else {}
    return {"job_id": id, "state": state, **feed}


@pytest.fixture(scope="module")
def servers():
    with ExitStack() as stack:
        started = {version: Server(stack.enter_context(running(version)), version) for version in VERSIONS}
        for server in started.values():
            server.reset(**seed(CONTESTS))
        yield started


@pytest.fixture(scope="module")
def plays(servers, tmp_path_factory):
    """Both playbooks, played at once: what each came to, by version and contest; and what the servers were sent."""
    rounds = [
        {
            "name": f"{version}-{contest.name}",
            "url": server.url,
            "module": contest.module,
            "ids": contest.ids,
            "ann": contest.ann,
            "bob": contest.bob,
        }
        for version, server in servers.items()
        for contest in CONTESTS
    ]
    meeting = tmp_path_factory.mktemp("meeting")
    results = {}
    with ExitStack() as stack:
        started = {}
        for user in USERS:
            player = Player(servers[VERSIONS[-1]], tmp_path_factory.mktemp(user))
            variables = {"rounds": rounds, "me": user}
            env = {"DOORS_MEETING": str(meeting)}
            started[user] = player, stack.enter_context(player.started("two.yml", env=env, variables=variables))
        for user, (player, process) in started.items():
            played = player.ended(process)
            for entry in played.results:
                for item in entry["result"].get("results", []):
                    results[user, item["item"]["name"]] = item
            assert len([key for key in results if key[0] == user]) == len(rounds), played.stdout[-3000:]
    return results, {version: server.journal() for version, server in servers.items()}


@pytest.mark.parametrize("contest", CONTESTS, ids=lambda contest: contest.name)
@pytest.mark.parametrize("version", VERSIONS)
def test_both_end_well_or_say_why_not(servers, plays, version, contest):
    results, journals = plays
    server = servers[version]
    for user in USERS:
        result = results[user, f"{version}-{contest.name}"]
        assert "Traceback" not in str(result.get("exception"))
        if result.get("failed"):
            assert set(result["error"]) == {"status", "type", "reason"}
            assert EXPECTED_REFUSALS.search(result["msg"]), result["msg"]
            assert contest.ann != contest.bob, result["msg"]
    for wanted in contest.lasting:
        target = {ID_OPTION[contest.module]: contest.ids, "state": wanted}
        assert not server.run(contest.module, **target).failed
        again = server.run(contest.module, **target)
        assert (again.failed, again.changed, again.writes) == (False, False, [])
    for entry in journals[version]:
        if entry["writing"] and contest.name in entry["path"]:
            assert set(PATH.match(entry["path"]).group(1).split(",")) <= set(contest.ids)


@pytest.mark.parametrize("version", VERSIONS)
def test_nothing_else_is_touched(servers, plays, version):
    _results, journals = plays
    assert not [entry for entry in journals[version] if entry["writing"] and "bystander" in entry["path"]]
    server = servers[version]
    assert [item["state"] for item in server.run("ml_job_info", job_id=["bystander"]).jobs] == ["opened"]
    assert [item["state"] for item in server.run("ml_datafeed_info", datafeed_id=["bystander"]).datafeeds] == [
        "started"
    ]
