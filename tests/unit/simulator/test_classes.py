# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many values the dependent variable of a classification may have."""

import pytest

PATH = "/_ml/data_frame/analytics"
MAPPING = {"properties": {"x": {"type": "long"}, "kind": {"type": "keyword"}, "words": {"type": "text"}}}


def few(number):
    return f"Field [kind] must have at least [2] distinct values but there were [{number}]"


def many(most, number):
    return f"Field [kind] must have at most [{most}] distinct values but there were at least [{number}]"


@pytest.mark.parametrize(
    ("version", "variable", "classes", "reason"),
    [
        ("9.5.3", "kind", 0, few(0)),
        ("9.5.3", "kind", 1, few(1)),
        ("9.5.3", "kind", 2, None),
        ("9.5.3", "kind", 100, None),
        ("9.5.3", "kind", 101, many(100, 101)),
        ("7.17.29", "kind", 31, many(30, 31)),
        ("9.5.3", "none", 2, "no mappings could be found for field [none]"),
        ("9.5.3", "words", 2, "field [words] of type [text] is non-aggregatable"),
    ],
)
def test_classes(api, version, variable, classes, reason):
    server = api(version)
    documents = [{"x": number, "kind": f"k{number}", "words": "w"} for number in range(classes)]
    server.control("seed", {"indices": [{"name": "i", "mappings": MAPPING, "documents": documents}]})
    config = {"source": {"index": "i"}, "analysis": {"classification": {"dependent_variable": variable}}}
    assert server("PUT", f"{PATH}/a", {**config, "dest": {"index": "results"}}).status_code == 200
    for reply in (server("POST", f"{PATH}/_explain", config), server("POST", f"{PATH}/a/_start")):
        assert reply.status_code == (400 if reason else 200)
        assert reason is None or reply.json()["error"]["reason"] == reason
