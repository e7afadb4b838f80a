# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every example of the documentation does what it says."""

from pathlib import Path

import pytest
from unit.test_documentation import SPECS

from examples.conftest import COUNTS
from examples.pages import ROOT, all_blocks

BLOCKS = [block for blocks in all_blocks().values() for block in blocks]


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_example(block, pages):
    outcome = pages(block.page).outcome(block)
    assert not outcome.reason, f"{block}: {outcome.reason}\n\n{block.text}\n{outcome.output}"
    COUNTS[block.kind] += 1
    COUNTS["commands and plays run"] += outcome.commands
    COUNTS["commands and data left out"] += outcome.left_out


def test_every_rule_is_needed(pages, rules):
    for block in BLOCKS:
        pages(block.page).outcome(block)
    assert rules.not_needed() == []


def test_examples_of_modules_are_run_elsewhere():
    """test_documentation.py runs those of the modules that it knows."""
    assert {file.stem for file in Path(ROOT, "plugins", "modules").glob("ml_*.py")} == SPECS.keys()
