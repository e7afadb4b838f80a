# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every golden configuration of a version in one cluster: what is exported of it builds the same cluster."""

import pytest
from contract.golden_files import VERSIONS

from present.clusters import ANALYTICS, DATAFEEDS, JOBS, KINDS, Refused
from present.golden import SOURCES, cases

NOT_HERE = ("source index comma",)
"""What a cluster refuses for reasons that the golden classes do not know, such as indices that are not there."""

INDICES = {"indices": list(SOURCES)}


def fill(cluster, version: str) -> int:
    """Write all that the golden classes accept under ids of its own; return how many."""
    cluster.reset(**INDICES)
    written = 0
    for number, case in enumerate(cases()):
        if case.version != version or case.is_refused or case.base is not None or case.most_memory:
            continue
        if (case.declared or {}).keys() & {"deleting", "blocked"}:  # such a job is on its way out
            continue
        body = {name: value for name, value in (case.declared or {}).items() if name != "datafeed_config"}
        if case.kind is DATAFEEDS:
            cluster.put(JOBS, f"of-{number}", case.jobs.get(body["job_id"], case.jobs["j"]))
            body["job_id"] = f"of-{number}"
        if case.kind is ANALYTICS:
            body["dest"] = dict(body["dest"], index=f"dest-{number}")
        try:
            cluster.put(case.kind, f"{case.kind.module[3:]}-{number}", body)
        except Refused:
            assert case.name in NOT_HERE
            continue
        written += 1
    return written


@pytest.mark.parametrize("version", VERSIONS)
def test_golden_estate(version, clusters, counts):
    cluster = clusters(version)
    written = fill(cluster, version)
    before = cluster.estate()
    read = cluster.run("ml_bundle_info")
    assert read.bundle.keys() == {kind.key for kind in KINDS}
    same = cluster.run("ml_bundle", **read.bundle)
    assert not same.failed, same.msg
    assert (same.changed, same.writes) == (False, [])
    cluster.reset(**INDICES)
    built = cluster.run("ml_bundle", return_items="none", continue_on_error=True, **read.bundle)
    assert not built.failed, built.msg
    assert cluster.estate() == before
    assert cluster.run("ml_bundle_info").bundle == read.bundle
    counts["exported and built again"] += written
