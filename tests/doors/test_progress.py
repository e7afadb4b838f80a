# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a long wait says of itself."""

import re

import pytest

from ansible_collections.mlops.elastic.plugins.module_utils.waiting import Budget
from ansible_collections.mlops.elastic.plugins.plugin_utils.progress import Progress, in_words

HOSTS = ("closing", "deleting", "secret", "told_not_to", "elsewhere")
ALL = 1800


class Screen:
    def __init__(self):
        self.lines = []

    def display(self, line):
        self.lines.append(line)


def watched(seconds, **options):
    """The lines of a wait that is told of once a second."""
    screen, now = Screen(), [0.0]
    progress = Progress(screen, "here", **options)
    budget = Budget(ALL, clock=lambda: now[0])
    for second in range(seconds + 1):
        now[0] = float(second)
        progress("close jobs web-*", second, 200, budget)
    return screen.lines


def test_lines_come_at_a_rate_that_doubles():
    assert watched(60) == [
        "[here] close jobs web-*: 3 of 200 done, 3s of 30m",
        "[here] close jobs web-*: 6 of 200 done, 6s of 30m",
        "[here] close jobs web-*: 12 of 200 done, 12s of 30m",
        "[here] close jobs web-*: 24 of 200 done, 24s of 30m",
        "[here] close jobs web-*: 48 of 200 done, 48s of 30m",
    ]


def test_a_short_wait_says_nothing():
    assert watched(2) == []


def test_nothing_is_said_of_what_is_secret():
    assert watched(60, silent=True) == []


def test_a_look_that_comes_late_says_one_line():
    screen, now = Screen(), [0.0]
    budget = Budget(ALL, clock=lambda: now[0])
    progress = Progress(screen, "here")
    for now[0] in (100.0, 101.0, 191.0, 193.0):
        progress("open job a", 0, 1, budget)
    assert [line.split(", ")[1] for line in screen.lines] == ["1m40s of 30m", "3m13s of 30m"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0s"), (59.9, "59s"), (60, "1m"), (130, "2m10s"), (3600, "1h"), (3605, "1h"), (90061, "25h1m")],
)
def test_times(seconds, words):
    assert in_words(seconds) == words


@pytest.fixture(scope="module")
def waited(player):
    """Waits of a few seconds on a screen that is no terminal."""
    slow = {"closing": "5s", "deleting": "5s"}
    states = {host: "closed" if host == "deleting" else "opened" for host in HOSTS}
    jobs = [{"job_id": f"{h}-{n}", "state": states[h], "durations": slow} for h in HOSTS for n in (1, 2)]
    player.server.reset(jobs=jobs)
    played = player.play("progress.yml", "-i", ",".join(HOSTS), "--forks", str(len(HOSTS)))
    assert played.status == 0, played.stdout
    return played


def test_what_is_shown(waited):
    lines = sorted(re.sub(r"\b[3-5]s", "3s", line) for line in waited.stdout.splitlines() if " done, " in line)
    assert lines == [
        "[closing] close job closing-*: 0 of 2 done, 3s of 30m",
        "[deleting] delete job deleting-*: 0 of 2 done, 3s of 30m",
    ]


def test_results_do_not_depend_on_who_watches(waited):
    watched, told_not_to, elsewhere = (
        [request["method"] for request in waited.of("Wait", host)["requests"]]
        for host in ("closing", "told_not_to", "elsewhere")
    )
    assert watched == told_not_to == elsewhere
