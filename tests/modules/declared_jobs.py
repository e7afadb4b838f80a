# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A job that is declared, with its datafeed: how it is there before, and what is to be seen of it afterwards."""

VERSIONS = ("7.10.0", "8.19.21", "9.5.3")
JOBS = "/_ml/anomaly_detectors"
FEEDS = "/_ml/datafeeds"
END_MS = 4102444800000
DETECTORS = [{"function": "mean", "field_name": "value", "by_field_name": "host"}, {"function": "count"}]
CONFIG = {
    "description": "as it was",
    "groups": ["team"],
    "analysis_config": {"bucket_span": "15m", "detectors": DETECTORS, "influencers": ["host"]},
    "data_description": {"time_field": "time"},
    "analysis_limits": {"model_memory_limit": "512mb", "categorization_examples_limit": 7},
    "model_plot_config": {"enabled": True, "terms": "a"},
    "custom_settings": {"created_by": "somebody", "custom_urls": []},
    "results_retention_days": 30,
}


def seed(server, state="closed", records=12, **config):
    feed = {"datafeed_id": "f", "indices": ["source"], "query": {"term": {"host": "a"}}, "frequency": "150s"}
    jobs = [{"job_id": "j", "state": "opened", "records": records, "datafeed": feed, **CONFIG, **config}]
    server.reset(indices=["source"], jobs=jobs)
    if state in ("real time", "look-back"):
        end = f"?end={END_MS}" if state == "look-back" else ""
        assert server.api("POST", f"{FEEDS}/f/_start{end}").status == 200
    else:
        server.control("jobs/j", {"state": state})


def document(server, path=f"{JOBS}/j", of="jobs"):
    return server.api("GET", path).body[of][0]


def running(server):
    """States of the job and its datafeed, and where the look-back of that ends."""
    tasks = server.api("GET", "/_cluster/state/metadata").body["metadata"]["persistent_tasks"]["tasks"]
    params = [task["task"].get("xpack/ml/datafeed", {}).get("params", {}) for task in tasks]
    ends = [feed.get("end") for feed in params if feed]
    job, feed = document(server, f"{JOBS}/j/_stats"), document(server, f"{FEEDS}/f/_stats", "datafeeds")
    return job["state"], feed["state"], ends


def declare(server, job_id="j", **options):
    """Check mode, real run and second run, which agree; the real run."""
    before = running(server), document(server)
    foretold = server.run("ml_job", job_id=job_id, check=True, diff=True, **options)
    assert not foretold.failed, foretold.msg
    assert foretold.writes == []
    assert (running(server), document(server)) == before
    achieved = server.run("ml_job", job_id=job_id, diff=True, **options)
    assert not achieved.failed, achieved.msg
    assert foretold.declared_writes == achieved.declared_writes == achieved.writes
    assert foretold.diff == achieved.diff
    assert [job["actions"] for job in foretold.jobs] == [job["actions"] for job in achieved.jobs]
    second = server.run("ml_job", job_id=job_id, **options)
    assert (second.changed, second.writes, second.msg.endswith("as declared already")) == (False, [], True)
    return achieved
