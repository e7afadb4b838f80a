# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From expressions and replies to items."""

import pytest

from ansible_collections.mlops.elastic.plugins.module_utils import errors, targets
from ansible_collections.mlops.elastic.plugins.module_utils.collection import ANALYTICS, JOBS
from ansible_collections.mlops.elastic.plugins.module_utils.plan import Item
from ansible_collections.mlops.elastic.plugins.module_utils.resources.job import Job
from unit.scripted import ScriptedCluster, job_configs, job_stats

PATH = "/_ml/anomaly_detectors"


def unknown(*ids):
    return errors.NotFound("", status=404, reason="No known job with id '{}'".format(",".join(ids)))


def test_ids_that_a_404_names_are_left_out_and_the_rest_is_read():
    cluster = ScriptedCluster(
        {f"GET {PATH}/a,b,c": [unknown("b")], f"GET {PATH}/a,c": [job_stats(a="closed", c="opened")]}
    )
    documents, missing = JOBS.fetch(cluster, ["a", "b", "c"], stats=True)
    assert list(documents) == ["a", "c"]
    assert missing == ["b"]
    assert [line.split("?")[0] for line in cluster.lines] == [f"GET {PATH}/a,b,c/_stats", f"GET {PATH}/a,c/_stats"]


def test_nobody_known():
    cluster = ScriptedCluster({"GET": [unknown("a", "b")]})
    assert JOBS.fetch(cluster, ["a", "b"]) == ({}, ["a", "b"])
    assert len(cluster.lines) == 1


def test_a_404_about_something_else_is_raised():
    with pytest.raises(errors.NotFound):
        JOBS.fetch(ScriptedCluster({"GET": [unknown("z")]}), ["a"])


def test_other_refusals_are_raised():
    with pytest.raises(errors.Fatal):
        JOBS.fetch(ScriptedCluster({"GET": [errors.Fatal("no")]}), ["a"])


def test_a_thousand_ids_are_read_by_as_few_requests_as_fit():
    cluster = ScriptedCluster({"GET": [job_stats()]})
    JOBS.fetch(cluster, [f"{number:064d}" for number in range(1000)], stats=True)
    assert len(cluster.lines) == 17
    assert max(len(f"{line} HTTP/1.1") for line in cluster.lines) <= 4095


def test_very_many_existing_ids_are_picked_from_all():
    ids = [f"j{number}" for number in range(301)]
    cluster = ScriptedCluster({f"GET {PATH}/_all/_stats": [job_stats(j1="opened", other="opened")]})
    assert list(JOBS.fetch_existing(cluster, ids, stats=True)) == ["j1"]
    assert len(cluster.lines) == 1


def test_whole_documents_are_read_without_a_filter():
    cluster = ScriptedCluster({"GET": [job_stats()]})
    JOBS.fetch(cluster, ["a"], whole=True)
    assert cluster.lines == [f"GET {PATH}/a"]


def test_no_ids_no_request():
    cluster = ScriptedCluster({})
    assert JOBS.fetch_existing(cluster, []) == {}


def analytics_page(first, last, count):
    return {"count": count, "data_frame_analytics": [{"id": f"a{number}"} for number in range(first, last)]}


def test_pages_are_read_to_the_end():
    path = "GET /_ml/data_frame/analytics/_all?filter_path=count,data_frame_analytics.id&from="
    pages = {
        f"{path}{start}&": [analytics_page(start, end, 2500)] for start, end in ((0, 1000), (1000, 2000), (2000, 2500))
    }
    cluster = ScriptedCluster(pages)
    documents, _missing = ANALYTICS.fetch(cluster, ["_all"])
    assert len(documents) == 2500
    assert len(cluster.lines) == 3


def test_a_page_that_came_short_ends_the_reading():
    path = "GET /_ml/data_frame/analytics/_all?filter_path=count,data_frame_analytics.id&from="
    cluster = ScriptedCluster({f"{path}0&": [analytics_page(0, 10, 12)], f"{path}10&": [analytics_page(0, 0, 12)]})
    assert len(ANALYTICS.fetch(cluster, ["_all"])[0]) == 10


GROUPS = {"web-1": ["web"], "web-2": ["web", "frontend"], "db": []}


def resolve(tokens, ids=tuple(GROUPS), missing=(), exclude=(), allow_no_match=True, missing_is_fine=False):
    config = {"count": 3, "jobs": [{"job_id": id, "groups": GROUPS[id]} for id in ids]}
    cluster = ScriptedCluster({"GET": [config]})
    params = {"exclude": list(exclude), "allow_no_match": allow_no_match}
    observed = {id: Item(id, "opened") for id in ids}, list(missing)
    return targets.resolve(Job(), params, tokens, cluster, observed, missing_is_fine), cluster


@pytest.mark.parametrize(
    ("tokens", "exclude", "expected"),
    [
        (["_all"], [], ["web-1", "web-2", "db"]),
        (["_all"], ["web-1"], ["web-2", "db"]),
        (["_all"], ["web-*"], ["db"]),
        (["_all"], ["web"], ["db"]),
        (["_all"], ["front*"], ["web-1", "db"]),
        (["_all"], ["nothing"], ["web-1", "web-2", "db"]),
        (["_all"], ["_all"], []),
    ],
)
def test_exclude(tokens, exclude, expected):
    items, cluster = resolve(tokens, exclude=exclude)
    assert list(items) == expected
    assert len(cluster.lines) == (1 if exclude else 0)


@pytest.mark.parametrize("tokens", [["web-*"], ["front*"], ["_all"], ["*"]])
def test_an_expression_that_matches_is_fine_without_allow_no_match(tokens):
    assert resolve(tokens, allow_no_match=False)[0]


@pytest.mark.parametrize("tokens", [["nothing-*"], ["_all"], ["web-*", "nothing-*"]])
def test_an_expression_without_a_match(tokens):
    ids = [] if tokens == ["_all"] else ["web-1"] if len(tokens) > 1 else []
    assert list(resolve(tokens, ids)[0]) == ids
    with pytest.raises(errors.Refused, match=r"no known job with id '.*set allow_no_match: true") as refusal:
        resolve(tokens, ids, allow_no_match=False)
    assert refusal.value.as_error()["status"] == 404


def test_an_unknown_id_is_an_error_that_names_it():
    with pytest.raises(errors.Refused, match=r"no known job with id 'wbe-1'; nothing was changed\. Check") as refusal:
        resolve(["web-1", "wbe-1"], ["web-1"], missing=["wbe-1"])
    assert "allow_no_match" not in refusal.value.msg
    assert refusal.value.type == "resource_not_found_exception"


def test_an_unknown_id_is_missing_where_that_is_fine():
    items, _cluster = resolve(["web-1", "gone"], ["web-1"], missing=["gone"], missing_is_fine=True)
    assert items["gone"].state == "missing"
    items, _cluster = resolve(["web-1", "gone"], ["web-1"], missing=["gone"], missing_is_fine=True, exclude=["gone"])
    assert list(items) == ["web-1"]


class TestDeletingJobs:
    """A job being deleted has a configuration, and sometimes statistics."""

    def observe(self, state, stats, config):
        cluster = ScriptedCluster({f"GET {PATH}/a": [config], f"GET {PATH}/a/_stats": [stats]})
        return Job().observe(cluster, ["a"], {"state": state})[0]["a"].state

    @pytest.mark.parametrize("mark", [{"deleting": True}, {"blocked": {"reason": "delete"}}])
    def test_for_absent(self, mark):
        assert self.observe("absent", unknown("a"), job_configs("a", **mark)) == "deleting"

    def test_for_absent_when_it_went_between_the_readings(self):
        assert self.observe("absent", unknown("a"), job_configs("a")) == "deleting"

    def test_for_other_states(self):
        assert self.observe("closed", unknown("a"), job_configs("a", deleting=True)) == "deleting"
