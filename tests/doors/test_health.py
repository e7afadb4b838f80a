# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook that tells what is wrong: a line for each problem of each kind, and a failure unless told otherwise."""

import pytest
from modules.test_health import ESTATE, OF_ANALYTICS, OF_FEEDS, OF_JOBS

LATE = next(one for one in OF_FEEDS if one[2] == "delayed_data")
NOT_STARTED = next(one for one in OF_FEEDS if one[2] == "datafeed_not_started")
HERE_TOO = {"health_fails": False}
NOTHING = {"health_jobs": [], "health_analytics": []}


@pytest.fixture(scope="module")
def estate(player):
    player.server.reset(**ESTATE)
    player.server.control("clock", {"advance": "3h"})
    return player


@pytest.mark.parametrize(
    ("variables", "expected", "fails"),
    [
        ({"health_datafeeds": "_all"}, OF_JOBS | OF_FEEDS | OF_ANALYTICS, True),
        ({**NOTHING, **HERE_TOO, "health_datafeeds": ["f-*"], "health_exclude_datafeeds": "f-idle"}, {LATE}, False),
        (
            {**NOTHING, "health_jobs": ["idle", "late"], "health_ignore": ["delayed_data"]},
            {NOT_STARTED},
            True,
        ),
        (
            {
                **NOTHING,
                "health_jobs": ["silent", "troubled"],
                "health_stale_after": "30h",
                "health_messages_since": "1h",
            },
            set(),
            False,
        ),
    ],
    ids=["everything", "datafeeds alone", "a kind ignored", "no record or message for a while"],
)
def test_what_is_wrong_is_told_and_left(estate, variables, expected, fails):
    estate.server.forget()
    connection = {"hosts": [estate.server.url]}
    play = estate.play("mlops.elastic.health", variables={"health_connection": connection, **variables})
    assert play.status == (2 if fails else 0), play.stdout
    left = play.of("Leave what was found among the statistics")["ansible_stats"]["data"]["health_problems"]
    assert sorted((problem["id"], problem["resource"], problem["kind"]) for problem in left) == sorted(expected)
    lines = play.of("Tell each problem")["msg"] if expected else []
    assert len(lines) == len(expected)
    for line, problem in zip(lines, left, strict=True):
        since = f" since {problem['since']}" if problem["since"] else ""
        assert line == f"{problem['kind']}: {problem['resource']} {problem['id']}{since}. {problem['hint']}"
    assert not [entry for entry in estate.server.journal() if entry["writing"]]
    if fails:
        kinds = ", ".join(sorted({kind for _id, _resource, kind in expected}))
        assert f"Found problems of the kinds {kinds} ({len(expected)} in all)" in play.stdout
