# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in a diff: lines that fit a terminal, texts as people write them, no secrets."""

import pytest
import yaml

from ansible_collections.mlops.elastic.plugins.module_utils.diffs import heading, readable

WIDEST = 99
"""One column is taken by what was added or removed."""

WEB, A = "jobs/web", "a" * 30
SCRIPT = "if (doc['a'].size() == 0) {\n  return 0;\n}\nreturn doc['a'].value;\n"
LONG = (
    "Requests of one host that are fewer than what it had at this hour in the weeks before, by site and service. " * 2
)


def text(values, secrets=()) -> str:
    ((entry),) = readable([{"before": None, "after": values}], secrets)
    assert entry["before"] == ""
    return entry["after"]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"b": 1, "a": "x"}, "a: x\nb: 1\n"),
        ({"script": SCRIPT}, "script: |\n" + "".join(f"  {line}\n" for line in SCRIPT.splitlines())),
        ({"items": ["a", "Übersee"]}, "items:\n- a\n- Übersee\n"),
        ({"empty": {}, "none": None, "no": "no"}, "empty: {}\n'no': 'no'\nnone: null\n"),
    ],
)
def test_texts(values, told):
    assert text(values) == told


@pytest.mark.parametrize("depth", [0, 3, 8])
def test_long_texts_break_into_lines_that_fit_and_mean_the_same(depth):
    values = {"description": LONG.strip()}
    for _level in range(depth):
        values = {"query": [values]}
    shown = text(values)
    assert len(shown.splitlines()) > 2 + depth
    assert max(map(len, shown.splitlines())) <= WIDEST
    assert yaml.safe_load(shown) == values


def test_the_same_value_twice_is_written_twice():
    shared = {"term": {"host": "a"}}
    assert "&" not in text({"query": [shared, shared]})


def test_secrets_are_taken_out():
    assert text({"headers": "user se\ncret"}, {"user se\ncret"}) == "headers: VALUE_SPECIFIED_IN_NO_LOG_PARAMETER\n"


@pytest.mark.parametrize(
    ("actions", "paths", "told"),
    [
        (["create"], [], f"{WEB} (create)"),
        (["update"], ["groups", "description"], f"{WEB} (update): groups, description"),
        (
            ["close_job", "update"],
            [A, A],
            f"{WEB} (close_job, update): {A} and 1 more",
        ),
        (["update"], [A, A, "c" * 10], f"{WEB} (update): {A} and 2 more"),
        (["update"], [A, "b" * 25, "c"], f"{WEB} (update): {A}, {'b' * 25}, c"),
        (["update"], ["a" * 90], f"{WEB} (update)"),
    ],
)
def test_headings_name_as_many_options_as_fit(actions, paths, told):
    assert heading(WEB, actions, paths) == told
    assert len(f"+++ after: {told}") <= WIDEST + 1
