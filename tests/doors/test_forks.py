# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many tasks at once, and many in one process: nothing is shared, nothing is left."""

import json
from itertools import groupby

import pytest

HOSTS = [f"host-{number:02}" for number in range(20)]
SLACK = 3
"""A thread whose last answer has just been taken may be seen ending."""


@pytest.mark.parametrize(
    ("strategy", "serial"), [("linear", "100%"), ("linear", "7"), ("free", "100%"), ("host_pinned", "100%")]
)
def test_twenty_hosts_at_once(player, strategy, serial):
    player.server.reset(jobs=[{"job_id": host, "state": "opened"} for host in HOSTS])
    variables = {"strategy": strategy, "serial": serial}
    played = player.play("many_hosts.yml", "-i", ",".join(HOSTS), "--forks", "20", variables=variables)
    assert played.status == 0, played.stdout
    for host in HOSTS:
        assert [job["job_id"] for job in played.of("Close", host)["jobs"]] == [host]
        assert played.of("Close", host)["changed"]
        assert [(job["job_id"], job["state"]) for job in played.of("Look", host)["jobs"]] == [(host, "closed")]
    writes = [(entry["opaque_id"], entry["path"]) for entry in player.server.journal() if entry["writing"]]
    assert sorted(writes) == [(host, f"/_ml/anomaly_detectors/{host}/_close") for host in HOSTS]


def test_nothing_is_left_of_a_task(player, tmp_path):
    player.server.reset(jobs=[{"job_id": f"held-{number}"} for number in (1, 2, 3)])
    notes = tmp_path / "holdings"
    played = player.play("holdings.yml", env={"DOORS_HOLDINGS": str(notes)})
    assert played.status == 0, played.stdout
    held = [json.loads(line) for line in notes.read_text().splitlines()]
    tasks = [list(items) for _pid, items in groupby(held, lambda item: item["pid"])]
    assert [len(items) for items in tasks] == [30, 30]
    for items in tasks:
        for kind in ("descriptors", "threads"):
            counts = [item[kind] for item in items]
            assert max(counts) - counts[0] <= SLACK, counts
