# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a query becomes parameters."""

import pytest

from simulator.query_string import parameters


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {}),
        ("&", {}),
        ("a", {"a": ""}),
        ("a=", {"a": ""}),
        ("=x", {"x": ""}),
        ("a=1&b=2", {"a": "1", "b": "2"}),
        ("a=1;b=2", {"a": "1", "b": "2"}),
        ("a=1&a=2", {"a": "2"}),
        ("a=b=c", {"a": "b=c"}),
        ("a=b+c%2Bd%26", {"a": "b c+d&"}),
        ("a=1#b=2", {"a": "1"}),
    ],
)
def test_parameters(query, expected):
    assert parameters(query) == expected
