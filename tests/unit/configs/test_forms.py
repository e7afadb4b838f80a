# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values in the form in which two of them are equal if the server takes them for the same."""

import pytest

from ansible_collections.mlops.elastic.plugins.module_utils.configs import forms
from ansible_collections.mlops.elastic.plugins.module_utils.configs.kind import same

# What the server would refuse stays as it is, so that the server gets to say so.
CASES = [
    (
        forms.duration,
        {
            "60m": "1h",
            "90m": "90m",
            "24h": "1d",
            "01H": "1h",
            " 1 h ": "1h",
            "2000ms": "2s",
            "1500ms": "1500ms",
            "0d": "0s",
            "0": "0s",
            "1000000micros": "1s",
            "1M": "1M",
            "1.5h": "1.5h",
            "15": "15",
            "-1": "-1",
        },
    ),
    (
        forms.megabytes,
        {
            512: "512mb",
            512.7: "512mb",
            "1gb": "1024mb",
            "1G": "1024mb",
            "1500kb": "1mb",
            "2000000b": "1mb",
            "0.5 gb": "512mb",
            "512": "512",
            "lots": "lots",
        },
    ),
    (forms.size, {"1024mb": "1gb", "1g": "1gb", "1500kb": "1500kb", "1.5gb": "1536mb", "0b": "0b", "12": "12"}),
    (forms.whole, {"7": 7, 7: 7, 1.5: 1, "7.5": "7.5", "x": "x"}),
    (forms.decimal, {"10": 10.0, 10: 10.0, "1e2": 100.0, "x": "x"}),
    (forms.truth, {"true": True, "false": False, "yes": "yes"}),
    (forms.text, {1: "1", 1.5: "1.5", "a": "a"}),
    (forms.lower, {"ALL": "all", 1: 1}),
]
EACH = [(form, given, wanted) for form, table in CASES for given, wanted in table.items()]


@pytest.mark.parametrize(("form", "given", "wanted"), EACH, ids=lambda value: getattr(value, "__name__", repr(value)))
def test_form(form, given, wanted):
    assert same(form(given), wanted)
    assert same(form(form(given)), wanted)


def test_truth_is_no_number():
    assert forms.megabytes(True) is True
    assert forms.decimal(True) is True
    assert forms.text(True) == "true"
    assert not same({"a": [1]}, {"a": [True]})


def test_lists():
    assert forms.unordered("a") == ["a"]
    assert forms.unordered(["b", "a", "b", 1]) == ["1", "a", "b"]
    assert forms.texts(["b", 1]) == ["b", "1"]
    assert forms.listed({"a": 1}) == [{"a": 1}]
    assert forms.exchange(["a", "b"], ["b", "c"]) == (["c"], ["a"])
