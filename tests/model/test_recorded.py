# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What other suites recorded, and what real servers answered, held against Elastic's published API model."""

from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import pytest

from model import listing, recorded, sessions
from simulator.recording import FOLDER

ENOUGH = {"units", "contract"}


@pytest.fixture(scope="module")
def suites():
    """The exchanges that suites recorded, by suite."""
    return recorded.by_suite()


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """What simulators of later versions answer to the requests of recorded sessions."""
    folder = tmp_path_factory.mktemp("recorded")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FOLDER, str(folder))
        with ThreadPoolExecutor() as pool:
            assert all(pool.map(sessions.play, sessions.VERSIONS))
    return recorded.in_folder(folder)


@pytest.fixture(scope="module")
def simulated(suites, played, sizes):
    findings = listing.Findings(listing.listed())
    sources = {**suites, "sessions": played}
    for exchange in chain.from_iterable(sources.values()):
        findings.add(exchange)
    sizes.simulated, sizes.sources = findings, {name: len(exchanges) for name, exchanges in sources.items()}
    return findings


@pytest.fixture(scope="module")
def real(sizes):
    findings = listing.Findings(listing.listed())
    for exchange in recorded.of_real_servers():
        findings.add(exchange)
    sizes.real = findings
    return findings


def test_something_was_recorded(suites):
    assert suites, "no suite recorded anything: `make model` runs some first"
    assert [suite for suite, exchanges in suites.items() if not exchanges] == []


def test_the_simulator_and_the_modules_fit(simulated):
    require_listed(simulated)


def test_real_servers_fit(real):
    require_listed(real)


def test_each_listed_deviation_is_a_real_servers(real):
    """Or its source is named."""
    assert [place for entry, place in real.lacking() if entry.source is None] == []


def test_each_listed_deviation_is_needed(real, simulated, suites):
    if missing := ENOUGH - suites.keys():
        pytest.skip(f"nothing recorded by {' and '.join(sorted(missing))}, which ask for the most")
    unneeded = [place for _entry, place in real.lacking() & simulated.lacking()]
    assert unneeded == [], "take these out of deviations.yml"


def require_listed(findings):
    if findings.unlisted:
        pytest.fail(f"{len(findings.unlisted)} deviations:\n{findings.described()}", pytrace=False)
