# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configurations as YAML: they come back as they were, in an order and a form that people can compare."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.mlops.elastic.plugins.module_utils import export_yaml

TEXTS = st.text(max_size=200) | st.lists(
    st.sampled_from(
        ["word", "  ", "\n", " ", "long" * 10, "'", ":", "#", "- ", "\t", "\u2028", "{{ x }}", "no", "1e3"]
    ),
    max_size=40,
).map("".join)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=500, deadline=None)
@given(VALUES)
def test_everything_comes_back(value):
    found = export_yaml.parse(export_yaml.render(value))
    assert found == value
    assert type(found) is type(value) or math.isinf(value)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"jobs": [{"job_id": "a", "groups": ["x"]}]}, "---\njobs:\n  - job_id: a\n    groups:\n      - x\n"),
        ({"a": "one\ntwo\n"}, "---\na: |\n  one\n  two\n"),
        ({"a": "one\ntwo"}, "---\na: |-\n  one\n  two\n"),
        ({"a": f"{'a word ' * 20}end"}, f"---\na: >-\n  {'a word ' * 14}a\n  {'word a ' * 5}word end\n"),
        ({"a": "x" * 150}, f"---\na: >-\n  {'x' * 150}\n"),
        (
            {"a": "no", "b": "12:30", "c": "2018-01-01", "d": "1.0"},
            "---\na: 'no'\nb: '12:30'\nc: '2018-01-01'\nd: '1.0'\n",
        ),
        ({"a": {}, "b": [], "c": None, "d": True, "e": 1.5}, "---\na: {}\nb: []\nc: null\nd: true\ne: 1.5\n"),
        ({"a": "\u00e4"}, "---\na: \u00e4\n"),
    ],
    ids=[
        "lists are indented",
        "lines",
        "lines without an end",
        "long lines",
        "nowhere to fold",
        "texts that look like something else",
        "what is no text",
        "letters",
    ],
)
def test_form(content, text):
    assert export_yaml.render(content) == text


SPEC = {
    "description": {"type": "str"},
    "parts": {"type": "list", "elements": "dict", "options": {"second": {}, "first": {}}},
    "query": {"type": "dict"},
}


def test_order():
    config = {
        "unknown": 1,
        "query": {"z": {"b": 1, "a": [{"d": 1, "c": 2}]}, "a": 2},
        "parts": [{"first": 1, "other": 0, "second": 2}],
        "an_id": "x",
        "description": "d",
    }
    ordered = export_yaml.ordered(config, SPEC, "an_id")
    assert ordered == config
    assert list(ordered) == ["an_id", "description", "parts", "query", "unknown"]
    assert list(ordered["parts"][0]) == ["second", "first", "other"]
    assert list(ordered["query"]) == ["a", "z"]
    assert list(ordered["query"]["z"]["a"][0]) == ["c", "d"]


@pytest.mark.parametrize("text", ["a: [", "a: b: c", "\tx: 1", "a: !unknown b"])
def test_what_is_no_yaml(text):
    assert export_yaml.parse(text) is None
