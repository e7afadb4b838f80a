# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table that `make matrix` writes, row by row."""

import sys
from importlib import import_module
from pathlib import Path

import pytest
from tools.artefact import ROOT

PAGE = """| ansible-core | 2.17 or newer |

| ansible-core | Python | elasticsearch | sanity | integration |
| --- | --- | --- | --- | --- |
| 2.18.1 | 3.9.1 | 8.19.3 | 23 passed | 1 failed |
| 2.20.0 | 3.12.1 | 9.5.1 | 24 passed | 500 passed |

Below.
"""
BEFORE, BETWEEN, AFTER = PAGE.partition("| 2.18.1 | 3.9.1 | 8.19.3 | 23 passed | 1 failed |\n")


@pytest.fixture
def matrix(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "tests" / "tools")
    yield import_module("matrix")
    sys.modules.pop("matrix")


@pytest.mark.parametrize(
    ("pair", "versions", "counts", "expected"),
    [
        pytest.param(
            ("2.18", "3.9"),
            ["2.18.2", "3.9.1", "8.19.3"],
            {"integration": (510, 0)},
            f"{BEFORE}| 2.18.2 | 3.9.1 | 8.19.3 | 23 passed | 510 passed |\n{AFTER}",
            id="what was not run stays",
        ),
        pytest.param(
            ("2.18", "3.10"),
            ["2.18.1", "3.10.4", "8.19.3"],
            {"sanity": (22, 2)},
            f"{BEFORE}{BETWEEN}| 2.18.1 | 3.10.4 | 8.19.3 | 2 failed | not run |\n{AFTER}",
            id="3.10 comes after 3.9",
        ),
    ],
)
def test_row_is_put_in_its_place(matrix, pair, versions, counts, expected):
    outcomes = {
        suite: matrix.Outcome(suite, passed, failed, skipped=0, seconds=0, log=Path())
        for suite, (passed, failed) in counts.items()
    }
    assert matrix.updated(PAGE, pair, versions, outcomes) == expected
