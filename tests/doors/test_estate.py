# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks of the collection: a directory of files applied, held against the cluster, written again."""

import pytest
import yaml
from modules.estates import build, estate

APPLY, DRIFT, EXPORT = "mlops.elastic.apply", "mlops.elastic.drift", "mlops.elastic.export"
COMPARED = "mlops.elastic.deploy : Hold the cluster against the declaration"
WIDEST = 100


@pytest.fixture
def folder(player, tmp_path):
    """The files of an estate that a cluster has."""
    build(player.server)
    assert player.server.run("ml_bundle_info", to_files=str(tmp_path)).changed
    return tmp_path


def run(player, playbook: str, folder, *arguments: str, **variables):
    player.server.forget()
    connection = {"hosts": [player.server.url]}
    given = {"estate_dir": str(folder), "estate_connection": connection, **variables}
    return player.play(playbook, *arguments, variables=given)


def writes(player) -> list[str]:
    return [entry["path"] for entry in player.server.journal() if entry["writing"]]


def edit(file, kind: str = "jobs", **changes) -> None:
    content = yaml.safe_load(file.read_text())
    content[kind][0].update(changes)
    file.write_text(yaml.safe_dump(content))


def test_what_is_written_is_no_drift(player):
    """A relative directory counts from where ansible-playbook is called."""
    build(player.server)
    assert run(player, EXPORT, "estate").of("Write the files")["changed"]
    assert {file.stem for file in (player.folder / "estate").rglob("*")} > {"web-1", "web-2", "churn", "sales", "safe"}
    play = run(player, DRIFT, "estate")
    assert play.status == 0, play.stdout
    assert play.of(COMPARED)["msg"] == "7 were as declared already"


def test_drift_is_shown_applied_and_gone(player, folder):
    edit(folder / "jobs" / "web-1.yml", description="{{ no template }}", groups=["shop"])
    drift = run(player, DRIFT, folder)
    assert drift.status == 2
    assert writes(player) == []
    shown = drift.section(COMPARED).splitlines()
    assert "--- before: jobs/web-1" in shown
    assert {"-description: web job 1", "+description: '{{ no template }}'"} <= set(shown)
    assert "would update 1 job (web-1)" in drift.of("Fail where there is drift")["msg"]
    applied = run(player, APPLY, folder)
    assert applied.status == 0
    assert applied.of(COMPARED)["msg"] == "updated 1 job (web-1); 6 were as declared already"
    (job,) = player.server.run("ml_bundle_info", jobs="web-1", include_related=False).bundle["jobs"]
    assert (job["description"], job["groups"]) == ("{{ no template }}", ["shop"])


def test_drift_of_many_items_reads_well_in_a_terminal(player, folder):
    """Each item that differs has its steps and options in one line, then what they become, in lines that fit."""
    web = folder / "jobs" / "web-1.yml"
    told = "Requests that are fewer than what this hour of this day of the week has had before. " * 3
    edit(web, description=told.strip(), analysis_limits={"model_memory_limit": "64mb"}, groups=["shop"])
    edit(web, "datafeeds", query={"bool": {"filter": [{"terms": {"host": ["north", "south"]}}]}}, query_delay="90s")
    edit(folder / "filters" / "safe.yml", "filters", items=["a", "c"])
    edit(folder / "jobs" / "web-2.yml", job_id="web-3")
    edit(folder / "jobs" / "web-2.yml", "datafeeds", job_id="web-3", datafeed_id="feed-3")
    drift = run(player, DRIFT, folder, drift_fails=False)
    shown = drift.section(COMPARED).splitlines()[1:]
    assert max(map(len, shown)) <= WIDEST
    assert {line for line in shown if line.startswith("+++")} == {
        "+++ after: jobs/web-1 (update): description, groups, analysis_limits.model_memory_limit",
        "+++ after: jobs/web-3 (create)",
        "+++ after: datafeeds/feed-1 (update): query, query_delay",
        "+++ after: datafeeds/feed-3 (create)",
        "+++ after: filters/safe (update): items",
    }
    assert {"-- b", "+- c", "+query_delay: 90s", "+  model_memory_limit: 64mb", "+- shop", "-- web"} <= set(shown)
    assert len([line for line in shown if line.startswith("+  ") and "Requests" in line]) == 3


def test_drift_that_only_creating_anew_would_end(player, folder):
    edit(folder / "jobs" / "web-1.yml", analysis_config=estate()["jobs"][0]["analysis_config"] | {"bucket_span": "1h"})
    drift = run(player, DRIFT, folder, drift_fails=False)
    assert (drift.status, writes(player)) == (0, [])
    found = drift.of("Leave what was found among the statistics")["ansible_stats"]["data"]["estate_drift"]
    assert found["drift"] is True
    assert found["summary"]["changed"] == 1
    refused = run(player, APPLY, folder)
    assert (refused.status, writes(player)) == (2, [])
    assert "analysis_config.bucket_span cannot be changed in place" in refused.stdout
    assert run(player, APPLY, folder, estate_on_immutable_change="recreate").status == 0
    assert any(path.endswith("/web-1") for path in writes(player))


def test_what_is_not_declared_is_drift_only_where_it_is_pruned(player, folder):
    (folder / "jobs" / "web-2.yml").unlink()
    prune = {"estate_prune": {"jobs": "web-*"}}
    assert run(player, DRIFT, folder, **prune).status == 2
    foretold = run(player, APPLY, folder, "--check", **prune, estate_max_affected=1)
    assert foretold.of(COMPARED)["msg"] == "would remove 1 job (web-2); 5 were as declared already"
    refused = run(player, APPLY, folder, **prune)
    assert (refused.status, writes(player)) == (2, [])
    assert "there is no max_affected" in refused.stdout
    assert run(player, APPLY, folder, **prune, estate_max_affected=1).status == 0
    assert run(player, DRIFT, folder, **prune).status == 0
