# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ml_bundle_info: what it reads can be declared, here and on an empty cluster; files say it in a stable way."""

import os
import stat

import pytest
import yaml

from modules.estates import INDEX, build, estate, start

FILES = {
    "jobs/web-1.yml",
    "jobs/web-2.yml",
    "analytics/churn.yml",
    "calendars/sales.yml",
    "filters/safe.yml",
}
GENERATED = {"create_time", "job_version", "job_type", "version", "authorization", "event_id", "detector_index"}


@pytest.fixture
def cluster(newest):
    build(newest)
    return newest


def options_of(value) -> str | None:
    return str(value) if isinstance(value, dict) else None


def files(folder) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def members(value) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*map(members, value.values()))
    return set().union(*map(members, value)) if isinstance(value, list) else set()


def test_what_is_read_can_be_declared(server):
    build(server)
    start(server, 1)
    read = server.run("ml_bundle_info")
    assert (read.changed, read.writes) == (False, [])
    assert read.summary == {kind: len(items) for kind, items in estate().items()}
    assert not GENERATED & members(read.bundle)
    again = server.run("ml_bundle", **read.bundle)
    assert (again.failed, again.changed, again.writes) == (False, False, [])
    server.reset(indices=[INDEX])
    assert server.run("ml_bundle", **read.bundle).changed
    assert server.run("ml_bundle_info").bundle == read.bundle


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, {"web-1", "web-2", "feed-1", "feed-2", "churn", "sales", "safe"}),
        ({"jobs": "web-1"}, {"web-1", "feed-1", "sales", "safe"}),
        ({"jobs": "web"}, {"web-1", "web-2", "feed-1", "feed-2", "sales", "safe"}),
        ({"jobs": "web-1", "include_related": False}, {"web-1"}),
        ({"jobs": "web-1", "datafeeds": "feed-2"}, {"web-1", "feed-1", "feed-2", "sales", "safe"}),
        ({"jobs": "web-1", "data_frame_analytics": "_all"}, {"web-1", "feed-1", "sales", "safe", "churn"}),
        ({"datafeeds": "*-2"}, {"feed-2"}),
        ({"calendars": ["sales"], "filters": "s*"}, {"sales", "safe"}),
        ({"jobs": "nobody-*"}, set()),
    ],
    ids=options_of,
)
def test_what_is_meant(cluster, options, expected):
    bundle = cluster.run("ml_bundle_info", **options).bundle
    assert {next(iter(item.values())) for items in bundle.values() for item in items} == expected


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"jobs": ["web-1", "nobody"]}, "jobs: no known job with id 'nobody'"),
        ({"jobs": "web-1", "filters": "nobody"}, "filters: no known filter with id 'nobody'"),
        ({"jobs": "nobody-*", "allow_no_match": False}, "jobs: no known job with id 'nobody-*'"),
    ],
    ids=options_of,
)
def test_what_is_not_there(cluster, tmp_path, options, said):
    outcome = cluster.run("ml_bundle_info", to_files=str(tmp_path), **options)
    assert said in outcome.msg
    assert outcome.error["status"] == 404
    assert files(tmp_path) == {}


def test_one_request_for_each_kind(cluster):
    assert len(cluster.run("ml_bundle_info").lines) == 6
    many = [dict(estate()["jobs"][0], job_id=f"more-{number}") for number in range(20)]
    feeds = [{"datafeed_id": f"feed-more-{n}", "job_id": f"more-{n}", "indices": ["source"]} for n in range(20)]
    assert not cluster.run("ml_bundle", jobs=many, datafeeds=feeds).failed
    assert len(cluster.run("ml_bundle_info").lines) == 6


def test_files_are_written_once(cluster, tmp_path):
    options = {"to_files": str(tmp_path / "estate"), "diff": True}
    foretold = cluster.run("ml_bundle_info", check=True, **options)
    assert foretold.msg.endswith("would write 5 files")
    assert not (tmp_path / "estate").exists()
    outcome = cluster.run("ml_bundle_info", **options)
    assert outcome.changed
    assert outcome.msg.endswith("; wrote 5 files")
    assert (outcome.files, outcome.diff) == (foretold.files, foretold.diff)
    assert {entry["path"] for entry in outcome.files} == FILES
    written = files(tmp_path / "estate")
    assert set(written) == FILES
    assert {entry["after_header"]: entry["after"] for entry in outcome.diff} == written
    again = cluster.run("ml_bundle_info", **options)
    assert (again.changed, again.files, again.diff) == (False, [], [])
    assert again.msg.endswith("; all files say so already")


def test_a_file_has_a_job_with_its_datafeed_ids_first(cluster, tmp_path):
    cluster.run("ml_bundle_info", to_files=str(tmp_path))
    content = yaml.safe_load((tmp_path / "jobs" / "web-1.yml").read_text())
    assert list(content) == ["jobs", "datafeeds"]
    assert [next(iter(item)) for items in content.values() for item in items] == ["job_id", "datafeed_id"]
    cluster.run("ml_bundle_info", to_files=str(tmp_path / "feeds"), datafeeds="feed-1")
    assert set(files(tmp_path / "feeds")) == {"datafeeds/feed-1.yml"}


def test_only_what_changed_is_written_again(cluster, tmp_path):
    options = {"to_files": str(tmp_path), "diff": True}
    cluster.run("ml_bundle_info", **options)
    commented = tmp_path / "jobs" / "web-2.yml"
    commented.write_text("# Ask the web team.\n" + commented.read_text())
    os.chmod(tmp_path / "jobs" / "web-1.yml", 0o640)
    before = files(tmp_path)
    long = "one line " * 30 + "end"
    cluster.run("ml_bundle", **estate(jobs__0__description=long, filters__0__items=["b", "c"]))
    outcome = cluster.run("ml_bundle_info", **options)
    assert outcome.files == [
        {"path": "jobs/web-1.yml", "action": "updated"},
        {"path": "filters/safe.yml", "action": "updated"},
    ]
    after = files(tmp_path)
    assert {path for path in after if after[path] != before[path]} == {"jobs/web-1.yml", "filters/safe.yml"}
    assert "description: >-\n" in after["jobs/web-1.yml"]
    assert max(map(len, after["jobs/web-1.yml"].splitlines())) < 120
    assert yaml.safe_load(after["jobs/web-1.yml"])["jobs"][0]["description"] == long
    assert stat.S_IMODE(os.stat(tmp_path / "jobs" / "web-1.yml").st_mode) == 0o640


@pytest.mark.parametrize(
    ("options", "gone"),
    [
        ({}, set()),
        ({"prune_files": True}, {"jobs/web-2.yml", "filters/old.yml"}),
        ({"prune_files": True, "jobs": "web-*"}, {"jobs/web-2.yml"}),
        ({"prune_files": True, "jobs": "web"}, {"jobs/web-2.yml"}),
        ({"prune_files": True, "jobs": "team-*"}, set()),
        ({"prune_files": True, "filters": "*"}, {"filters/old.yml"}),
    ],
    ids=options_of,
)
def test_files_of_what_is_gone(cluster, tmp_path, options, gone):
    cluster.run("ml_bundle_info", to_files=str(tmp_path))
    (tmp_path / "filters" / "old.yml").write_text("filters: [{filter_id: old}]\n")
    (tmp_path / "filters" / "notes.yml").write_text("something: else\n")
    (tmp_path / "filters" / "broken.yml").write_text("a: [\n")
    (tmp_path / "filters" / "README.md").write_text("filters: [{filter_id: old}]\n")
    cluster.run("ml_bundle", prune={"jobs": "web-2"}, max_affected=1, jobs=[])
    before = set(files(tmp_path))
    foretold = cluster.run("ml_bundle_info", to_files=str(tmp_path), check=True, **options)
    assert set(files(tmp_path)) == before
    outcome = cluster.run("ml_bundle_info", to_files=str(tmp_path), **options)
    assert before - set(files(tmp_path)) == gone
    assert {entry["path"] for entry in outcome.files if entry["action"] == "removed"} == gone
    assert foretold.files == outcome.files


def test_a_place_that_cannot_be_written(cluster, tmp_path):
    (tmp_path / "jobs").write_text("no folder")
    outcome = cluster.run("ml_bundle_info", to_files=str(tmp_path))
    assert outcome.failed
    assert outcome.error["type"] == "file"
    assert str(tmp_path / "jobs") in outcome.msg
