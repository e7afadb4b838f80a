# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What counts as a difference between a recorded and a simulated reply."""

import pytest

from contract import compare

NODE, OTHER_NODE = "OHnZOwIVS2OdbW3cCSsBaw", "y4JpSmtd7TjqkwRNvBFDnQ"
SAME = [
    ({"create_time": 1795323945978, "job_id": "a"}, {"job_id": "a", "create_time": 1}),
    ({"opened": True, "node": NODE}, {"opened": True, "node": OTHER_NODE}),
    (
        {"node": {"id": NODE, "name": "n1", "ephemeral_id": NODE}},
        {"node": {"id": OTHER_NODE, "name": "n2", "ephemeral_id": "e"}},
    ),
    ({"task": f"{NODE}:777"}, {"task": f"{OTHER_NODE}:3"}),
    ({"query_delay": "115823ms"}, {"query_delay": "68582ms"}),
    ({"progress_percent": 42}, {"progress_percent": 17.5}),
    ({"error": "... allowed: [DELETE, PUT, GET]"}, {"error": "... allowed: [GET, PUT, DELETE]"}),
    ({"reason": f"Failed node [{NODE}]"}, {"reason": f"Failed node [{OTHER_NODE}]"}),
    ({"reason": 'Cannot invoke "X" because it is null'}, {"reason": "else"}),
]
DIFFERENT = [
    ({"closed": True}, {"closed": False}, "body.closed"),
    ({"closed": True}, {"closed": 1}, "body.closed"),
    ({"closed": True}, {}, "body.closed"),
    ({}, {"closed": True}, "body.closed"),
    ({"create_time": 1795323945978}, {"create_time": "now"}, "body.create_time"),
    ({"jobs": [{"state": "closed"}]}, {"jobs": [{"state": "opened"}]}, "body.jobs[0].state"),
    ({"jobs": []}, {"jobs": [{}]}, "body.jobs"),
    ({"task": f"{NODE}:777"}, {"task": "777"}, "body.task"),
    ({"node": NODE}, {"node": None}, "body.node"),
    ({"query_delay": "60s"}, {"query_delay": "68582ms"}, "body.query_delay"),
    ({"progress_percent": 100}, {"progress_percent": 99}, "body.progress_percent"),
    ({"field_selection": [{"name": "a"}]}, {"field_selection": [{"name": "b"}]}, "body.field_selection[0].name"),
    ({"error": "... allowed: [DELETE, GET]"}, {"error": "... allowed: [GET]"}, "body.error"),
    ({"reason": "No known job with id 'a'"}, {"reason": "No known job with id 'b'"}, "body.reason"),
]


@pytest.mark.parametrize(("recorded", "simulated"), SAME)
def test_what_is_generated_or_in_no_order_is_no_difference(recorded, simulated):
    assert list(compare.differences(recorded, simulated, "body")) == []


@pytest.mark.parametrize(("recorded", "simulated", "member"), DIFFERENT)
def test_difference(recorded, simulated, member):
    assert [where for where, _what in compare.differences(recorded, simulated, "body")] == [member]


@pytest.mark.parametrize(
    ("header", "texts"),
    [
        ('299 Elasticsearch-7.10.0-unknown "a [b] used"', ["a [b] used"]),
        ('299 Elasticsearch-7.3.0-abc "one" "Sun, 22 Nov 2026 14:00:00 GMT"', ["one"]),
        ('299 Elasticsearch-7.3.0-abc "with \\"quotes\\""', ['with \\"quotes\\"']),
    ],
)
def test_warnings_are_their_texts(header, texts):
    assert compare.warning_texts([header]) == texts
