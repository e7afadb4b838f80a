# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook mlops.elastic.report against a simulated cluster: what its files say is what the cluster says."""

import json
import re

import pytest

from ansible_collections.mlops.elastic.plugins.plugin_utils.report import words
from report.estates import HOSTILE

REPORT = "mlops.elastic.report"
AT = "2026-11-22T06:00:00Z"
SEED = {
    "jobs": [
        {"job_id": "web-1", "groups": ["web"], "state": "opened", "records": 3000, "datafeed": {"state": "started"}},
        {"job_id": "web-2", "description": HOSTILE.replace("\x00", ""), "state": "failed", "records": 10},
        {"job_id": "web-3", "state": "opened", "memory_status": "hard_limit", "datafeed": {"state": "stopped"}},
        {"job_id": "web-4", "state": "opened", "allow_lazy_open": True},
        {"job_id": "old", "state": "closed", "records": 30},
    ],
    "analytics": [
        {"id": "outliers", "state": "started"},
        {"id": "done", "state": "stopped", "progress": 100},
        {"id": "broken", "state": "failed", "failure_reason": HOSTILE},
    ],
    "notifications": [{"job_id": "web-2", "level": "error", "message": HOSTILE, "ago": "5m"}],
}


@pytest.fixture(scope="module")
def run(player):
    """Run the playbook; only reading requests are sent."""
    player.server.reset(**SEED)

    def run(*arguments: str, **variables):
        player.server.forget()
        connection = {"hosts": [player.server.url]}
        play = player.play(REPORT, *arguments, variables={"report_connection": connection, **variables})
        assert play.status == 0, play.stdout
        assert [entry["path"] for entry in player.server.journal() if entry["writing"]] == []
        return play

    return run


@pytest.fixture(scope="module")
def written(run, player):
    """A page, with Markdown."""
    play = run(report_file="page.html", report_markdown="page.md", report_time=AT, report_title="{{ 7 * 7 }} <b>")
    return play, player.folder / "page.html", player.folder / "page.md"


@pytest.fixture(scope="module")
def seen(written, browse):
    _play, page, _markdown = written
    return browse([{"file": str(page), "width": 1280}])[0]


def told(player, path: str, kind: str) -> dict[str, dict]:
    body = player.server.api("GET", f"/_ml/{path}/_all/_stats").body
    stats = (body if isinstance(body, dict) else json.loads(body))[kind]
    return {one.get("datafeed_id") or one.get("job_id") or one["id"]: one for one in stats}


def cells(seen: dict, table: str) -> dict[str, dict]:
    return {row["id"]: row["cells"] for row in seen["tables"][table]}


def test_the_page_says_what_the_cluster_says(seen, player):
    jobs = told(player, "anomaly_detectors", "jobs")
    feeds = told(player, "datafeeds", "datafeeds")
    analytics = told(player, "data_frame/analytics", "data_frame_analytics")
    assert {name: row["State"] for name, row in cells(seen, "jobs").items()} == states(jobs)
    assert {name: row["State"] for name, row in cells(seen, "datafeeds").items()} == states(feeds)
    assert {name: row["State"] for name, row in cells(seen, "analytics").items()} == states(analytics)
    for name, row in cells(seen, "jobs").items():
        counts, sizes = jobs[name]["data_counts"], jobs[name]["model_size_stats"]
        assert int(row["Records"].replace(",", "")) == counts["processed_record_count"]
        assert row["Memory"].startswith(f"{words.size(sizes['model_bytes'])} of 1 GB")
        last = counts.get("latest_record_timestamp")
        assert row["Last record"] == ("\N{EN DASH}none" if last is None else words.moment(last))
    for name, row in cells(seen, "analytics").items():
        usage = analytics[name]["memory_usage"]
        assert row["Memory"].startswith(words.size(usage["peak_usage_bytes"]))


def states(stats: dict) -> dict[str, str]:
    return {name: one["state"] for name, one in stats.items()}


def test_what_is_wrong_is_on_top_and_inert(seen):
    shown = {problem["id"] for problem in seen["problems"]}
    assert {"web-2", "web-3", "broken"} <= shown
    assert seen["headings"][1][1] == f"{len(seen['problems'])} problems"
    messages = [text for problem in seen["problems"] for text in (problem["hint"], *problem["messages"])]
    assert sum(HOSTILE.partition("\u202e")[0] in text for text in messages) == 2
    assert seen["dialogs"] == seen["console"] == seen["errors"] == seen["strange"] == []
    assert seen["handlers"] == 0
    assert [url.partition(":")[0] for url in seen["requests"]] == ["file"]


def test_templates_in_what_a_cluster_says_are_text(seen, written):
    _play, page, markdown = written
    assert "{{ 7*7 }}" in page.read_text()
    assert "{{ 7*7 }}" in markdown.read_text()


def test_the_markdown_has_the_same_and_calls_nobody(written, seen):
    play, _page, markdown = written
    text = markdown.read_text()
    outside = re.sub("`[^`]*`", "", text)
    assert not re.search(r"(?<!\\)[<\[]", re.sub("</?(details|summary)>", "", outside))
    assert "@everyone" not in outside
    for name in (*cells(seen, "jobs"), *cells(seen, "analytics")):
        assert f"`{name}`" in text
    assert f"**{len(seen['problems'])} problems** as of 2026-11-22 06:00 UTC" in text
    figures = play.of("Leave the figures among the statistics")["ansible_stats"]["data"]["ml_report"]
    assert figures == {"problems": len(seen["problems"]), "jobs": 5, "datafeeds": 2, "data_frame_analytics": 3}


def test_the_same_cluster_at_the_same_time_gives_the_same_files(run, written):
    """Check mode foretells a change of the file, and leaves it alone."""
    play, page, _markdown = written
    assert play.of("Write the page")["changed"]
    before = page.read_text()
    again = run("--check", report_file="page.html", report_time=AT, report_title="{{ 7 * 7 }} <b>")
    assert not again.of("Write the page")["changed"]
    later = run("--check", report_file="page.html", report_markdown="other.md")
    assert later.of("Write the page")["changed"]
    assert later.of("Write the Markdown")["changed"]
    assert page.read_text() == before
    assert not page.with_name("other.md").exists()


def test_expressions_choose_what_is_reported(run, player):
    run(report_jobs="web-*", report_exclude_jobs="web-2", report_analytics="done", report_markdown="few.md")
    text = (player.folder / "few.md").read_text()
    assert re.findall(r"^\| (?:\*\*)?`([^`]+)", text, re.MULTILINE)[:3] == ["web-3", "web-1", "web-4"]
    assert "web-2" not in text
    assert "Analytics (1)" in text
    assert not (player.folder / "report.html").exists()


def test_what_cannot_be_seen_is_said(run, player):
    """With monitor_ml alone there is a page, but nothing of what is noted about jobs."""
    login = {"username": "ada", "password": "secret"}
    roles = {"watcher": {"cluster": ["monitor_ml"]}}
    player.server.control(
        "security", {"users": {"ada": {"password": login["password"], "roles": ["watcher"]}}, "roles": roles}
    )
    try:
        connection = {"hosts": [player.server.url], **login}
        run(report_connection=connection, report_markdown="unseen.md", report_time=AT)
    finally:
        player.server.control("security", {})
    text = (player.folder / "unseen.md").read_text()
    assert re.search(r"^> .*\.ml-notifications", text, re.MULTILINE)
    assert "`web-2`" in text
