# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data frame analytics jobs of which something is declared that no update can change."""

import pytest

from modules.declared_analytics import DECLARED, REGRESSION, ROOT, config, item, present, refused, seeded, started
from modules.declaring import VERSIONS

pytestmark = pytest.mark.parametrize("server", VERSIONS, indirect=True)
DESTINATION = "data frame analytics a is left stopped: it starts only where its destination index is empty"


@pytest.fixture
def cluster(server):
    return seeded(server)


@pytest.fixture
def running(server):
    return started(server)


IMMUTABLE = {
    "source.index": {"source": {"index": ["source", "other"]}},
    "source.query": {"source": {"query": {"term": {"value": 1}}}},
    "dest.index": {"dest": {"index": "elsewhere"}},
    "dest.results_field": {"dest": {"results_field": "r"}},
    "analysis.outlier_detection.n_neighbors": {"analysis": {"outlier_detection": {"n_neighbors": 5}}},
    "analysis.regression": {"analysis": REGRESSION},
    "analyzed_fields": {"analyzed_fields": {"excludes": ["x"]}},
}


@pytest.mark.parametrize(("path", "options"), IMMUTABLE.items(), ids=IMMUTABLE)
def test_what_only_another_job_can_have(cluster, path, options):
    cluster.run("ml_analytics", **DECLARED, description="kept", model_memory_limit="100mb")
    before = config(cluster)
    said = refused(cluster, id="a", **options)
    assert path in said
    assert "cannot be changed in place" in said
    assert "Set on_immutable_change: recreate" in said
    recreated = present(cluster, id="a", **options, on_immutable_change="recreate")
    assert recreated.writes == [f"DELETE {ROOT}/a", f"PUT {ROOT}/a"]
    assert recreated.msg == "recreated data frame analytics a"
    assert [text for text in recreated.warned if text.startswith(DESTINATION)]
    kept = {name: value for name, value in config(cluster).items() if name not in (*options, "create_time", "version")}
    assert {name: before[name] for name in kept} == kept
    assert {"description", "model_memory_limit"} < kept.keys()


def test_progress_is_lost_only_by_force(running):
    running.control("analytics/a", {"progress": 50, "state": "stopped"})
    options = {**DECLARED, "analysis": REGRESSION}
    assert "loses its progress, and leaves its results" in refused(running, **options)
    said = refused(running, **options, on_immutable_change="recreate")
    assert "Set force: true beside on_immutable_change: recreate" in said
    recreated = present(running, **options, on_immutable_change="recreate", force=True)
    assert recreated.diff[0]["before"].startswith("analysis:\n  outlier_detection: {}\n")
    assert recreated.diff[0]["after"].startswith("analysis:\n  regression:\n    dependent_variable: value\n")
    assert config(running)["analysis"].keys() == {"regression"}


@pytest.mark.parametrize("runs", [False, True])
def test_one_that_cannot_be_recreated_is_put_back(running, runs):
    if not runs:
        running.control("analytics/a", {"state": "stopped"})
    before = config(running)
    options = {**DECLARED, "source": {"index": "nowhere"}}
    outcome = running.run("ml_analytics", **options, on_immutable_change="recreate", force=True)
    assert outcome.failed
    assert "no such index [nowhere]" in outcome.msg
    assert item(outcome)["actions"][-2:] == ["delete", "put_back"]
    assert item(outcome)["state"] == "present"
    after = config(running)
    assert {**after, "create_time": None} == {**before, "create_time": None}
