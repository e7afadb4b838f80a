# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long and how the properties are searched: the same examples each time, or, where asked, others for minutes."""

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, settings

COUNTS = Counter()
PROFILE = os.environ.get("ML_ELASTIC_TEST_PROFILE", "ci")
"""`thorough` tries others each time, for minutes, and makes small what it finds; `search` shows it as it is."""

EXAMPLES = int(os.environ.get("ML_ELASTIC_TEST_EXAMPLES", "2000"))
SHARED = {
    "deadline": None,
    "database": None,
    "print_blob": True,
    "suppress_health_check": list(HealthCheck),
}
UNSHRUNK = {"stateful_step_count": 12, "phases": [Phase.generate], **SHARED}
"""Making an example small takes minutes."""

settings.register_profile("ci", derandomize=True, max_examples=120, **UNSHRUNK)
settings.register_profile("thorough", max_examples=EXAMPLES, stateful_step_count=25, **SHARED)
settings.register_profile("search", max_examples=EXAMPLES, **UNSHRUNK)
settings.load_profile(PROFILE)


@pytest.fixture(autouse=True, scope="session")
def _no_connection_from_outside():
    for name in [name for name in os.environ if name.startswith("ELASTICSEARCH_")]:
        del os.environ[name]


@pytest.fixture(scope="session")
def counts() -> Counter:
    """What was tried; printed at the end."""
    return COUNTS


def pytest_terminal_summary(terminalreporter):
    if COUNTS:
        terminalreporter.write_sep("-", f"properties ({PROFILE})")
        for what, number in sorted(COUNTS.items()):
            terminalreporter.write_line(f"{number:7} {what}")
