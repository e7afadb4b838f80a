# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An estate in the shapes of Kibana's own jobs: declared, exported, and built again from what was exported."""

import pytest
from contract.golden_files import VERSIONS

from present import doors, estate
from present.clusters import JOBS, KINDS

ESTATE = estate.load()
SIZE = sum(map(len, ESTATE.values()))


def written_by_hand(cluster) -> dict:
    """What the estate is when it is written through the API."""
    for kind in KINDS:
        for config in ESTATE[kind.key]:
            cluster.put(kind, config[kind.id], config)
    written = cluster.estate()
    cluster.reset()
    return written


@pytest.fixture(params=VERSIONS)
def cluster(request, clusters):
    cluster = clusters(request.param)
    cluster.reset()
    return cluster


@pytest.fixture(params=doors.DOORS, ids=lambda door: door.__name__)
def door(request):
    return request.param


def test_declared_is_what_is_written(cluster, door, counts):
    written = written_by_hand(cluster)
    assert door.declare(cluster, ESTATE) == SIZE
    assert cluster.estate() == written
    assert door.declare(cluster, ESTATE) == 0
    counts["items of the estate, declared"] += SIZE


def test_exported_is_declared(cluster, door):
    door.declare(cluster, ESTATE)
    before = cluster.estate()
    exported = door.export(cluster)
    assert {key: len(configs) for key, configs in exported.items()} == {key: len(ESTATE[key]) for key in ESTATE}
    assert door.declare(cluster, exported) == 0
    cluster.reset()
    assert door.declare(cluster, exported) == SIZE
    assert cluster.estate() == before
    assert door.export(cluster) == exported


def test_one_edit_is_one_update(cluster, door):
    door.declare(cluster, ESTATE)
    changes = {"description": "edited", "groups": ["edited"], "custom_settings": {"edited": True}}
    for job in ESTATE[JOBS.key]:
        for name, value in changes.items():
            assert door.declare(cluster, {JOBS.key: [{**job, name: value}]}) == 1
            path = f"POST {JOBS.path}/{job['job_id']}/_update"
            assert [f"{entry['method']} {entry['path']}" for entry in cluster.stage.journal if entry["writing"]] == [
                path
            ]
