# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sizes that the end of a run shows."""

from collections import Counter
from types import SimpleNamespace

import pytest

from model.schema import published

SIZES = pytest.StashKey[SimpleNamespace]()


def pytest_configure(config):
    config.stash[SIZES] = SimpleNamespace()


@pytest.fixture(scope="session")
def sizes(pytestconfig):
    return pytestconfig.stash[SIZES]


def pytest_terminal_summary(terminalreporter, config):
    sizes = config.stash[SIZES]
    if hasattr(sizes, "real"):
        show(terminalreporter, "recorded of real servers, against the API model", sizes.real)
    if hasattr(sizes, "simulated"):
        show(terminalreporter, "recorded of the simulator, against the API model", sizes.simulated)
        terminalreporter.line("  " + ", ".join(f"{count} from {name}" for name, count in sizes.sources.items()))
        ml = {one["name"] for one in published("9.5.3").endpoints if one["name"].startswith(("ml.", "cat.ml_"))}
        never = sorted(ml - sizes.simulated.endpoints)
        terminalreporter.line(
            f"  endpoints of machine learning never asked: {len(never)} of {len(ml)}: {', '.join(never)}"
        )


def show(terminalreporter, title, findings):
    terminalreporter.section(title)
    terminalreporter.line(
        f"{findings.exchanges} exchanges, {findings.of_modules} of them of modules, "
        f"{len(findings.endpoints)} endpoints; "
        f"deviations: {sum(map(len, findings.unlisted.values()))} not listed, {sum(findings.needed.values())} listed"
    )
    counts = Counter()
    for (entry, _place), count in findings.needed.items():
        counts[f"{entry.side}, {' and '.join(entry.misfits)}: {entry.reason}"] += count
    for what, count in counts.most_common():
        terminalreporter.line(f"  listed: {count:5} {what}")
