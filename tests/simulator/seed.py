# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filling a cluster from a seed: jobs, datafeeds, analytics and indices with their states, calendars, filters."""

import json
from pathlib import Path

import yaml

from simulator import (
    analytics,
    calendar_events,
    calendars,
    data,
    datafeed_source,
    datafeeds,
    filters,
    indices,
    job_creation,
    notifications,
    snapshots,
    units,
)
from simulator.config import analytics as analytics_config
from simulator.config import calendars as calendar_config
from simulator.config import datafeeds as datafeed_config
from simulator.config import filters as filter_config
from simulator.config import jobs as job_config
from simulator.job import Job

DEFAULT_JOB = {
    "analysis_config": {"bucket_span": "15m", "detectors": [{"function": "count"}]},
    "data_description": {"time_field": "time", "time_format": "epoch_ms"},
}
DEFAULT_ANALYTICS = {"source": {"index": "source"}, "analysis": {"outlier_detection": {}}}
CONTROLLED = (
    "state",
    "counts",
    "memory_status",
    "times",
    "age",
    "idle",
    "progress",
    "failure_reason",
    "finishes",
    "crash",
    "end",
)
NOT_CONFIG = (*CONTROLLED, "records", "snapshots", "datafeed", "id", "durations")
SOURCE_DOCUMENTS = 300
FIRST_RECORD = 1_514_764_800_000
RECORDS_IN_BUCKET = 3


def load(path: str) -> dict:
    """A seed or security file, YAML or JSON."""
    return yaml.safe_load(Path(path).read_text()) or {}


def apply(cluster, wanted: dict) -> None:
    """Create what the seed describes. Raises ApiError for what the server would refuse, KeyError without an id."""
    cluster.durations.default.update(
        {kind: units.duration(text, kind) for kind, text in wanted.get("durations", {}).items()}
    )
    for entry in wanted.get("indices", []):
        indices.seed(cluster, entry)
    for entry in wanted.get("filters", []):
        filters.create(cluster, filter_config.build(cluster.version.number, entry["filter_id"], entry))
    for entry in wanted.get("calendars", []):
        add_calendar(cluster, entry)
    for entry in wanted.get("jobs", []):
        add_job(cluster, entry)
    for entry in wanted.get("datafeeds", []):
        add_datafeed(cluster, entry)
    for entry in wanted.get("analytics", []):
        add_analytics(cluster, entry)
    for entry in wanted.get("notifications", []):
        notifications.seed(cluster, entry)
    if "many" in wanted:
        add_many(cluster, wanted["many"])


def config_of(entry: dict, default: dict) -> dict:
    return {**default, **{name: value for name, value in entry.items() if name not in NOT_CONFIG}}


def add_calendar(cluster, entry: dict) -> None:
    """A PUT body, and `events` as they are posted."""
    version, calendar_id = cluster.version.number, entry["calendar_id"]
    body = {name: value for name, value in entry.items() if name != "events"}
    calendars.create(cluster, calendar_config.read(version, calendar_id, body))
    if entry.get("events"):
        calendar_events.create(cluster, calendar_config.events(version, calendar_id, {"events": entry["events"]}))


def add_job(cluster, entry: dict) -> None:
    job_id = entry["job_id"]
    body = json.dumps(config_of(entry, DEFAULT_JOB))
    job_creation.create(cluster, job_config.build(cluster.version.number, job_id, body, cluster.now()))
    job = cluster.jobs[job_id]
    records = entry.get("records", [])
    data.post(job, sample(job, records) if isinstance(records, int) else records)
    for snapshot in entry.get("snapshots", []):
        snapshots.add(job, snapshot)
    set_up(cluster, "jobs", job_id, entry)
    if job.state == "closed" and "snapshots" not in entry:
        snapshots.persist(job)
    if "datafeed" in entry:
        add_datafeed(cluster, {"datafeed_id": f"datafeed-{job_id}", "job_id": job_id, **entry["datafeed"]})


def sample(job, count: int) -> list[dict]:
    """Evenly spaced records with the job's time field."""
    time_field = job.config["data_description"]["time_field"]
    step = job.timeline.span // RECORDS_IN_BUCKET
    return [{time_field: FIRST_RECORD + number * step} for number in range(count)]


def add_datafeed(cluster, entry: dict) -> None:
    datafeed_id, job = entry["datafeed_id"], cluster.jobs[entry["job_id"]]
    body = json.dumps(config_of(entry, {"indices": ["source"]}))
    make_source(cluster, config_of(entry, {"indices": ["source"]})["indices"], job.config)
    stored = datafeed_config.build(cluster.version.number, datafeed_id, body, cluster.now(), job.config)
    datafeeds.create(cluster, stored)
    set_up(cluster, "datafeeds", datafeed_id, entry)


def make_source(cluster, names: list[str] | str, job: dict) -> None:
    """Indices for a datafeed, with the fields that its job wants."""
    for name in [names] if isinstance(names, str) else names:
        if not indices.is_pattern(name):
            if name not in cluster.indices:
                indices.seed(cluster, name)
            mapping = cluster.indices[name].mappings.setdefault("properties", {})
            mapping.setdefault(datafeed_source.time_field(job), {"type": "date"})
            for field in datafeed_source.fields(job):
                mapping.setdefault(field, {"type": "keyword"})


def add_analytics(cluster, entry: dict) -> None:
    name = entry["id"]
    body = json.dumps(config_of(entry, {**DEFAULT_ANALYTICS, "dest": {"index": f"{name}-results"}}))
    job = analytics.create(cluster, analytics_config.build(cluster.version.number, name, body, cluster.now()))
    for index in job.config["source"]["index"]:
        if not indices.exists(cluster, index):
            indices.seed(cluster, {"name": index, "documents": SOURCE_DOCUMENTS})
    set_up(cluster, "analytics", name, entry)


def set_up(cluster, resource: str, name: str, entry: dict) -> None:
    durations = {kind: units.duration(text, kind) for kind, text in entry.get("durations", {}).items()}
    if durations:
        cluster.durations.of[resource, name] = durations
    wanted = {key: entry[key] for key in CONTROLLED if key in entry}
    if wanted:
        getattr(cluster, resource)[name].control(wanted)


def add_many(cluster, many: dict) -> None:
    """`{jobs: N, prefix, state}`: N jobs of the default configuration, numbered from 0 with leading zeros."""
    width = len(str(many["jobs"] - 1))
    prefix = many.get("prefix", "load-")
    build = job_config.build(cluster.version.number, f"{prefix}0", json.dumps(DEFAULT_JOB), cluster.now())
    for number in range(many["jobs"]):
        job_id = f"{prefix}{number:0{width}}"
        cluster.jobs[job_id] = Job(cluster, {**build, "job_id": job_id})
        cluster.jobs[job_id].control({"state": many.get("state", "closed")})
