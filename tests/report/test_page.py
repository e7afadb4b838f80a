# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page as a browser shows it: on a screen, on a phone, on paper, in the dark, without a script."""

import pytest

from report import estates
from report.conftest import ESTATES, LOOKS, TITLE


@pytest.fixture(params=LOOKS)
def seen(request, looks) -> dict:
    return looks[request.param]


def ids(seen: dict, table: str, **wanted) -> list[str]:
    return [row["id"] for row in seen["tables"].get(table, []) if wanted.items() <= row.items()]


def test_nothing_is_asked_of_anybody(seen):
    """Neither while it loads nor by what it links to; and nothing is complained about."""
    assert [url.partition(":")[0] for url in seen["requests"]] == ["file"]
    assert seen["elsewhere"] == []
    assert seen["console"] == seen["errors"] == seen["dialogs"] == []


def test_nothing_is_wider_than_the_screen(seen):
    assert seen["wide"] == []
    assert seen["overflow"] == 0


def test_texts_stand_out(seen):
    """WCAG 2.2, 1.4.3 (AA), for text of any size."""
    assert seen["contrasts"] == []
    assert seen["lowest"] >= 4.5


def test_the_document_can_be_read_aloud(seen):
    """Language, title, headings without gaps, tables with captions and row headings, controls with labels."""
    assert seen["language"] == "en"
    assert seen["title"].endswith(TITLE)
    levels = [level for level, _text in seen["headings"]]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:]))
    assert seen["unlabelled"] == seen["unnamed"] == 0
    assert seen["doubled"] == seen["dangling"] == []


def test_no_text_becomes_anything_else(seen):
    assert seen["strange"] == []
    assert seen["handlers"] == 0


@pytest.mark.parametrize("name", [name for name, look in LOOKS.items() if "type" not in look])
def test_everything_is_there(name, looks):
    """Also in print, and on a phone."""
    found, seen = ESTATES[LOOKS[name]["estate"]], looks[name]
    if LOOKS[name]["estate"] == "hostile":
        assert [len(seen["tables"][table]) for table in ("jobs", "datafeeds", "analytics")] == [2, 2, 1]
        return
    assert sorted(ids(seen, "jobs", shown=True)) == sorted(job["job_id"] for job in found.get("jobs", []))
    feeds = [job["datafeed"]["datafeed_id"] for job in found.get("jobs", []) if "datafeed" in job]
    assert sorted(ids(seen, "datafeeds", shown=True)) == sorted(feeds)
    analytics = sorted(one["id"] for one in found.get("data_frame_analytics", []))
    assert sorted(ids(seen, "analytics", shown=True)) == analytics


def test_dark_is_dark_and_paper_is_white(looks):
    grounds = {name: sum(looks[name]["ground"][colour] for colour in ("red", "green", "blue")) for name in LOOKS}
    assert grounds["varied dark 1280"] < 100
    assert grounds["varied light 1280"] > 700
    assert grounds["varied printed"] == 3 * 255


def test_problems_are_on_top(looks):
    """Before all else, and in each table, the worst first."""
    seen = looks["varied light 1280"]
    assert [text for _level, text in seen["headings"][1:7]] == [
        "6 problems",
        "Failed 2",
        "Memory limit reached 1",
        "Datafeed not started 1",
        "Waiting for a node 1",
        "No recent data 1",
    ]
    assert seen["title"].startswith("6 problems")
    troubled = ["customs-duty", "scan-delays", "tank-level", "vessel-traffic", "idle-meters"]
    assert ids(seen, "jobs")[:5] == ids(seen, "jobs", troubled=True) == troubled
    assert ids(seen, "analytics")[0] == "fraud-scores"
    first = seen["problems"][0]
    assert (first["id"], first["messages"]) == ("fraud-scores", ["2026-11-21T23:10:00Z no space left on device"])
    assert looks["healthy light 1280"]["headings"][1] == [2, "No problems"]
    assert looks["empty light 1280"]["tables"] == {}


CELLS = {
    "customs-duty": {"State": "failed", "Datafeed": "stopped", "Memory": "38.2 MB of 64 MB", "Records": "184,220"},
    "scan-delays": {"Memory": "63.9 MB of 64 MB hard limit", "Last record": "2026-11-22 05:57", "Behind": "3 min"},
    "tank-level": {"Behind": "2 d 192 buckets"},
    "vessel-traffic": {"State": "opening", "Memory": "0 B of 20 GB", "Records": "0", "Behind": "\N{EN DASH}not opened, "
                       "or without data"},
    "imported-history": {"State": "closed", "Datafeed": "\N{EN DASH}none", "Last record": "2025-10-18 06:00"},
    "old-names": {"State": "deleting", "Memory": "\N{EN DASH}unknown", "Records": "\N{EN DASH}unknown"},
}  # fmt: skip


@pytest.mark.parametrize("job", CELLS)
def test_what_is_said_of_a_job(job, looks):
    (row,) = (row for row in looks["varied light 1280"]["tables"]["jobs"] if row["id"] == job)
    assert row["cells"] | CELLS[job] == row["cells"]


@pytest.mark.parametrize(
    ("analytics", "told"),
    [
        ("churn", "finished"),
        ("never-run", "not begun"),
        ("nightly-outliers", "computing outliers 62 %, step 3 of 4"),
        ("price-model", "reindexing 18 %, step 1 of 4"),
    ],
)
def test_how_far_analytics_are(analytics, told, looks):
    (row,) = (row for row in looks["varied light 1280"]["tables"]["analytics"] if row["id"] == analytics)
    assert row["cells"]["Progress"] == told


def test_plots_count_what_is_there(looks):
    seen = looks["varied light 1280"]
    jobs = seen["tables"]["jobs"]
    assert seen["legends"]["Jobs 47"] == "Jobs 47 failed 1 opened 40 closed 4 deleting 1 opening 1"
    behind, full = ([int(label.rpartition(" ")[2]) for label in labels] for labels in seen["bars"])
    assert sum(behind) == len([row for row in jobs if not row["cells"]["Behind"].startswith("\N{EN DASH}")])
    assert sum(full) == len([row for row in jobs if row["cells"]["State"] == "opened"])
    assert (behind[-1], full[-1]) == (1, 1)


def test_hostile_texts_are_read_as_they_are(looks):
    """But for the characters that no text may hold: what turns the direction of writing, and controls."""
    (strange,) = (one for one in looks["hostile light 1280"]["problems"] if one["id"] != "web")
    assert strange["id"] == estates.HOSTILE.replace("\u202e", "\ufffd").replace("\x00", "\ufffd")


def test_a_script_filters_and_sorts_and_nothing_else_needs_it(looks):
    assert looks["without a script"]["tables"] == looks["varied light 1280"]["tables"]
    assert looks["varied light 1280"]["controls"]
    assert not looks["without a script"]["controls"]
    filtered = looks["filtered"]
    assert ids(filtered, "jobs", shown=True) == ["tank-level"]
    assert ids(filtered, "datafeeds", shown=True) == ["datafeed-tank-level"]
    assert ids(filtered, "analytics", shown=True) == []
    records = [row["cells"]["Records"] for row in looks["sorted"]["tables"]["jobs"]]
    known = [int(text.replace(",", "")) for text in records if text[0].isdecimal()]
    assert known == sorted(known)
    assert records[len(known) :] == ["\N{EN DASH}unknown"]
