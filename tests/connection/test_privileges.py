# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Least privilege: one cluster privilege is enough, and nothing else is asked for on the way."""

import re

import pytest
from contract import wire

from connection.places import PASSWORD
from connection.privileges import ACTIONS, BEGIN, DOCUMENT, END, ROWS, actions_of, table

NAMES = [" ".join(filter(None, (row.module, row.state, row.words))) for row in ROWS]
ALL_ACTIONS = sorted(
    name.replace(r"\2", verb)
    for pattern, name in ACTIONS
    for verb in pattern.rpartition("_(")[2].rstrip(")").split("|")[: None if r"\2" in name else 1]
)


def applies(row, server):
    if server.release < row.since:
        pytest.skip(f"since {'.'.join(map(str, row.since))}")


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_manage_ml_is_enough(server, row):
    """No GET /, _license or _tasks on the way: the journal holds requests to ML only, and none was refused."""
    applies(row, server)
    outcome = row.run(server, "only_manage_ml")
    assert not outcome.failed, outcome.msg
    assert outcome.changed == (not row.module.endswith("_info") and not row.others)
    assert actions_of(outcome)
    assert {entry["status"] for entry in outcome.journal} <= {200, 404}


@pytest.mark.parametrize("role", ["only_monitor_ml", "only_monitor"])
@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_reading_is_enough_to_look(server, row, role):
    applies(row, server)
    outcome = row.run(server, role, check=True)
    assert not outcome.failed, outcome.msg
    assert all(":monitor/" in action for action in actions_of(outcome))


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_what_is_missing_is_said(server, row):
    """By the name of an action of the table, and of the privilege that helps."""
    applies(row, server)
    nobody = row.run(server, "nothing")
    assert nobody.failed
    assert "Give the user a role with the cluster privilege monitor_ml" in nobody.msg
    reader = row.run(server, "only_monitor_ml")
    reads_only = row.module.endswith("_info") or row.others
    assert reader.failed == (not reads_only)
    for outcome in [nobody] if reads_only else [nobody, reader]:
        assert outcome.error["status"] == 403
        assert outcome.changed is False if "changed" in outcome.result else True
        (action,) = re.findall(r"action \[(cluster:[\w/]+)\] is unauthorized", outcome.msg)
        assert action in ALL_ACTIONS
    if not reads_only:
        assert "Give the user a role with the cluster privilege manage_ml" in reader.msg


def test_the_table_is_as_it_is(newest):
    text = DOCUMENT.read_text().partition(BEGIN)[2].partition(END)[0]
    assert text == table(newest), "run: PYTHONPATH=tests python -m connection.privileges"


GRANTED = {
    "only_monitor_ml": lambda action: ":monitor/" in action,
    "only_monitor": lambda action: ":monitor/" in action,
    "only_manage_ml": lambda action: True,
    "nothing": lambda action: False,
}


@pytest.mark.parametrize("role", GRANTED)
def test_a_genuine_server_grants_the_same(genuine_place, role):
    """Each action of the table, and none of those that the modules do without."""
    others = ["cluster:monitor/main", "cluster:monitor/xpack/license/get", "cluster:monitor/task/get"]
    authorization = wire.basic(role, PASSWORD)
    question = {"cluster": [*ALL_ACTIONS, *others]}
    reply = genuine_place.node.api("POST", "/_security/user/_has_privileges", question, authorization)
    wanted = {action: GRANTED[role](action) for action in ALL_ACTIONS}
    assert reply["cluster"] == {**wanted, **dict.fromkeys(others, role == "only_monitor")}
