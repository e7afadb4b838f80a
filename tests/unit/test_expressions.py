# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Id expressions: what is refused, what matches, what fits a request line."""

import pytest

from ansible_collections.mlops.elastic.plugins.module_utils import expressions
from ansible_collections.mlops.elastic.plugins.module_utils.errors import BadOption

LONGEST = "a" * 64


@pytest.mark.parametrize(
    ("tokens", "parsed"),
    [
        (["web-1"], ["web-1"]),
        (["b", "a", "b"], ["b", "a"]),
        (["web-*", "*", "a_b", "1", "a.b", "*-web-*"], ["web-*", "*", "a_b", "1", "a.b", "*-web-*"]),
        (["_all"], ["_all"]),
        (["_all", "_all"], ["_all"]),
        ([LONGEST], [LONGEST]),
    ],
)
def test_parse(tokens, parsed):
    assert expressions.parse("job_id", tokens) == parsed


@pytest.mark.parametrize(
    ("tokens", "words"),
    [
        ([], "the list is empty.*an empty list would mean all"),
        (None, "the list is empty"),
        ([""], "an element is empty.*template"),
        (["web", "  "], "an element is empty"),
        (["Web-1"], "'Web-1'.*not a valid id.*lower-case"),
        (["web 1"], "not a valid id"),
        ([" web"], "not a valid id"),
        (["web\n"], "not a valid id"),
        (["web-*\n"], "not a valid expression"),
        (["a,b"], "a comma stands inside one element.*one id each"),
        (["*,b"], "a comma stands inside one element"),
        (["-web"], "begin and end with a letter or digit"),
        (["web_"], "begin and end"),
        (["Web*"], "not a valid expression"),
        (["we?b*"], "not a valid expression.*wildcards use \\* only"),
        (["we/b"], "not a valid id"),
        (["\N{LATIN SMALL LETTER A WITH DIAERESIS}"], "not a valid id"),
        ([LONGEST + "a"], "it has 65 characters.*more than 64"),
        (["_all", "web"], "_all stands beside other expressions.*alone"),
        (["web", "_all"], "_all stands beside"),
    ],
)
def test_refused(tokens, words):
    with pytest.raises(BadOption, match=f"(?s)^job_id: .*{words}") as refusal:
        expressions.parse("job_id", tokens)
    assert refusal.value.type == "bad_option"


def test_no_limit_of_length_where_the_server_has_none():
    assert expressions.parse("datafeed_id", ["a" * 65], None) == ["a" * 65]


@pytest.mark.parametrize(
    ("token", "names", "expected"),
    [
        ("web-1", {"web-1"}, True),
        ("web", {"web-1"}, False),
        ("frontend", {"web-1", "frontend"}, True),
        ("front*", {"web-1", "frontend"}, True),
        ("web-*", {"web-1"}, True),
        ("web-*", {"web"}, False),
        ("*-1", {"web-1"}, True),
        ("*-1", {"web-10"}, False),
        ("w*b*1", {"web-1"}, True),
        ("a.b*", {"axb1"}, False),
        ("*", {"anything"}, True),
        ("**", {"anything"}, True),
        ("_all", {"anything"}, True),
    ],
)
def test_matches(token, names, expected):
    assert expressions.matches(token, names) is expected


@pytest.mark.parametrize(
    ("token", "expected"), [("_all", True), ("*", True), ("***", True), ("a*", False), ("", False), ("all", False)]
)
def test_all(token, expected):
    assert expressions.is_all(token) is expected


OVERHEAD = len("POST /_ml/anomaly_detectors//_close?timeout=30m HTTP/1.1")
ROOM = expressions.MAX_REQUEST_LINE - OVERHEAD


@pytest.mark.parametrize(
    ("lengths", "chunks"),
    [
        ([], []),
        ([1], [1]),
        ([ROOM], [1]),
        ([ROOM, 1], [1, 1]),
        ([ROOM - 2, 1], [2]),
        ([ROOM - 1, 1], [1, 1]),
        ([64] * 62, [62]),
        ([64] * 63, [62, 1]),
        ([64] * 130, [62, 62, 6]),
        ([ROOM + 1, 1], [1, 1]),
    ],
)
def test_pack_fills_request_lines_to_the_last_byte(lengths, chunks):
    tokens = ["a" * length for length in lengths]
    packed = expressions.pack(tokens, OVERHEAD)
    assert [len(expression.split(",")) for expression in packed] == chunks
    assert ",".join(packed).split(",") == tokens or not tokens


def test_a_full_request_line_has_4095_bytes():
    (expression,) = expressions.pack(["a" * (ROOM - 2), "b"], OVERHEAD)
    line = f"POST /_ml/anomaly_detectors/{expression}/_close?timeout=30m HTTP/1.1"
    assert len(line) == 4095
