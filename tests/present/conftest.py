# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One simulated cluster a version, and what was declared, counted."""

from collections import Counter
from functools import cache

import pytest
from modules import conftest as of_modules
from properties.conftest import PROFILE
from properties.schedule import gated

from present.clusters import Cluster

COUNTS = Counter()

_no_connection_from_outside = of_modules._no_connection_from_outside


@pytest.fixture(scope="session")
def clusters():
    """A function from a version to a cluster of it."""
    with gated():
        yield cache(Cluster)


@pytest.fixture(scope="session")
def counts() -> Counter:
    """What was tried; printed at the end."""
    return COUNTS


def pytest_terminal_summary(terminalreporter):
    if COUNTS:
        terminalreporter.write_sep("-", f"present ({PROFILE})")
        for what, number in sorted(COUNTS.items()):
            terminalreporter.write_line(f"{number:7} {what}")
