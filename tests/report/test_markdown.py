# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Markdown, the words of both forms, and what the filters refuse."""

import re

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.mlops.elastic.plugins.filter.report_html import report_html
from ansible_collections.mlops.elastic.plugins.filter.report_markdown import report_markdown
from ansible_collections.mlops.elastic.plugins.plugin_utils.report import words
from report import estates
from report.estates import MB, NOW, NOW_MS

JOBS = 500


@pytest.mark.parametrize("limit", [5_000, 20_000, 60_000, 1_000_000])
def test_what_has_a_problem_is_left_out_last(limit):
    text = report_markdown(estates.varied(JOBS), NOW, limit=limit)
    assert len(text) <= limit
    assert "**6 problems** as of 2026-11-22 06:00 UTC" in text
    assert text.index("customs-duty") < text.index("<summary>Jobs (507)")
    table = text.partition("<summary>Jobs")[2].partition("</details>")[0]
    rows = re.findall(r"^\| (?:\*\*)?`([^`]+)", table, re.MULTILINE)
    left_out = re.search(r"… and (\d+) more", table)
    assert len(rows) + int(left_out[1] if left_out else 0) == JOBS + 7
    assert rows[0] == "customs-duty"


def test_a_table_has_as_many_columns_everywhere():
    """Also where a text has what separates them."""
    text = report_markdown(estates.hostile(), NOW)
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        columns = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(columns) == 1


def test_nothing_is_found():
    assert report_markdown({}, NOW) == (
        "## Elasticsearch machine learning\n\n**No problems** as of 2026-11-22 06:00 UTC\n\n"
        "- 0 jobs\n- 0 datafeeds\n- 0 analytics\n"
    )


@pytest.mark.parametrize("report", [report_html, report_markdown])
@pytest.mark.parametrize(("found", "now", "told"), [([], NOW, "no dictionary"), ({}, "today", "ISO 8601: today")])
def test_refused(report, found, now, told):
    with pytest.raises(AnsibleFilterError, match=told):
        report(found, now)


@pytest.mark.parametrize("report", [report_html, report_markdown])
def test_the_same_input_gives_the_same_text(report):
    problems = estates.varied()["problems"]
    doubled = {**estates.varied(), "problems": [*problems, *problems]}
    assert report(estates.varied(), NOW) == report(doubled, NOW)


@pytest.mark.parametrize(
    ("spoken", "value", "told"),
    [
        (words.size, 0, "0 B"),
        (words.size, 1023, "1023 B"),
        (words.size, 1536, "1.5 KB"),
        (words.size, 64 * MB, "64 MB"),
        (words.size, 20 * 1024 * MB, "20 GB"),
        (words.size, 5 << 50, "5 PB"),
        (words.size, 5 << 60, "5120 PB"),
        (words.span, 0, "0 s"),
        (words.span, 59.4, "59 s"),
        (words.span, 60, "1 min"),
        (words.span, 3600 + 1, "1 h"),
        (words.span, 86400 + 7200 + 60, "1 d 2 h"),
        (words.moment, NOW_MS + 59_999, "2026-11-22 06:00"),
        (words.milliseconds, NOW, NOW_MS),
        (words.milliseconds, "2026-11-22 07:00:00+01:00", NOW_MS),
        (words.milliseconds, "2026-11-22T06:00:00", NOW_MS),
        (words.clean, " a\n\tb\x07\u202e ", "a b\ufffd\ufffd"),
    ],
)
def test_words(spoken, value, told):
    assert spoken(value) == told
