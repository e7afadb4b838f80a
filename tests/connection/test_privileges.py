# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Least privilege: one cluster privilege is enough, and nothing else is asked for on the way."""

import re

import pytest
from contract import wire

from connection.places import PASSWORD
from connection.privileges import ACTIONS, BEGIN, DOCUMENT, END, ROWS, actions_of, table

NAMES = [str(row) for row in ROWS]
ALL_ACTIONS = sorted(
    name.replace(r"\2", verb)
    for pattern, name in ACTIONS
    for verb in pattern.rpartition("_(")[2].rstrip(")").split("|")[: None if r"\2" in name else 1]
)


def applies(row, server):
    if server.release < row.since:
        pytest.skip(f"since {'.'.join(map(str, row.since))}")


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_the_role_is_enough(server, row):
    """No GET /, _license or _tasks on the way: the journal holds requests of the list only, and none was refused."""
    applies(row, server)
    outcome = row.run(server, row.role)
    assert not outcome.failed, outcome.msg
    assert outcome.changed == (not row.reads_only) or row.module.endswith("_info")
    assert actions_of(outcome)
    assert {entry["status"] for entry in outcome.journal} <= {200, 404}


@pytest.mark.parametrize(("row", "role"), [(row, role) for row in ROWS for role in row.readers], ids=str)
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
    helps = "monitor_ml" if row.readers else "(monitor|manage)_ml"
    assert re.search(f"Give the user a role with the cluster privilege {helps}", nobody.msg)
    reader = row.run(server, "only_monitor_ml")
    only_looks = row.reads_only and row.readers
    assert reader.failed == (not only_looks)
    for outcome in [nobody] if only_looks or row.lacking else [nobody, reader]:
        assert outcome.error["status"] == 403
        assert outcome.changed is False if "changed" in outcome.result else True
        (action,) = re.findall(r"action \[(cluster:[\w/]+)\] is unauthorized", outcome.msg)
        assert action in ALL_ACTIONS
    if not only_looks and not row.lacking:
        assert "Give the user a role with the cluster privilege manage_ml" in reader.msg


@pytest.mark.parametrize("row", [row for row in ROWS if row.lacking], ids=str)
def test_what_else_is_missing_is_said_before_the_first_change(server, row):
    applies(row, server)
    outcome = row.run(server, "only_manage_ml")
    assert outcome.failed
    assert re.search(row.lacking, outcome.msg), outcome.msg
    refused_first = not [entry for entry in outcome.journal if entry["writing"]]
    assert ("nothing was changed" in outcome.msg.lower()) == refused_first
    assert refused_first or outcome.changed is False


def test_the_table_is_as_it_is(newest):
    text = DOCUMENT.read_text().partition(BEGIN)[2].partition(END)[0]
    assert text == table(newest), "run: PYTHONPATH=tests python -m connection.privileges"


GRANTED = {
    "only_monitor_ml": lambda action: ":monitor/xpack/ml/" in action,
    "only_monitor": lambda action: ":monitor/" in action,
    "only_manage_ml": lambda action: "/xpack/ml/" in action,
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
