# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The columns of `_cat/ml/datafeeds` and `_cat/ml/data_frame/analytics`, and what all columns are made of."""

import re

from simulator.cat_table import Column, Date, Instant
from simulator.config.values import ByteSize, TimeValue, byte_size


def member(path: str, convert=lambda value: value):
    """What gives a cell: the member at a dotted path of a row, converted, or None."""
    names = path.split(".")

    def cell(row: dict):
        value = row
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        return None if value is None else convert(value)

    return cell


def size(path: str):
    return member(path, lambda value: ByteSize(round(value), "b"))


def time(path: str):
    return member(path, lambda value: TimeValue(int(value), "ms"))


def date(path: str):
    return member(path, Date)


def real(path: str):
    return member(path, float)


def column(name: str, short: str, description: str, cell, **more) -> Column:
    """A column with a short alias, and if its name has several words also one with capitals in between."""
    long = re.sub(r"[._](\w)", lambda found: found[1].upper(), name)
    aliases = (short, long) if "." in name else (short,)
    return Column(name, description, cell, more.pop("aliases", aliases), **more)


def state(description: str, path: str = "state") -> Column:
    return column("state", "s", description, member(path), is_default=True, is_right=True)


def node_columns() -> tuple[Column, ...]:
    return (
        column("node.id", "ni", "id of the assigned node", member("node.id")),
        column("node.name", "nn", "name of the assigned node", member("node.name")),
        column("node.ephemeral_id", "ne", "ephemeral id of the assigned node", member("node.ephemeral_id")),
        column("node.address", "na", "network address of the assigned node", member("node.transport_address")),
    )


DATAFEEDS = (
    Column("id", "the datafeed_id", member("datafeed_id"), is_default=True),
    state("the datafeed state"),
    column(
        "assignment_explanation",
        "ae",
        "why the datafeed is or is not assigned to a node",
        member("assignment_explanation"),
    ),
    column("buckets.count", "bc", "bucket count", member("timing_stats.bucket_count"), is_default=True),
    column(
        "search.count",
        "sc",
        "number of searches ran by the datafeed",
        member("timing_stats.search_count"),
        is_default=True,
    ),
    column("search.time", "st", "the total search time", time("timing_stats.total_search_time_ms")),
    column(
        "search.bucket_avg",
        "sba",
        "the average search time per bucket (millisecond)",
        lambda row: row["timing_stats"].get("average_search_time_per_bucket_ms", 0.0),
    ),
    column(
        "search.exp_avg_hour",
        "seah",
        "the exponential average search time per hour (millisecond)",
        real("timing_stats.exponential_average_search_time_per_hour_ms"),
    ),
    *node_columns(),
)
ANALYTICS = (
    Column("id", "the id", member("id"), is_default=True),
    column("type", "t", "analysis type", lambda row: next(iter(row["config"]["analysis"])), is_default=True),
    column(
        "create_time",
        "ct",
        "job creation time",
        member("config.create_time", Instant),
        is_default=True,
        aliases=("ct", "createTime"),
    ),
    column("version", "v", "the version of Elasticsearch when the analytics was created", member("config.version")),
    column(
        "source_index", "si", "source index", member("config.source.index", ",".join), aliases=("si", "sourceIndex")
    ),
    column("dest_index", "di", "destination index", member("config.dest.index"), aliases=("di", "destIndex")),
    column("description", "d", "description", member("config.description")),
    column(
        "model_memory_limit",
        "mml",
        "model memory limit",
        member("config.model_memory_limit", lambda text: byte_size(text, "model_memory_limit")),
        aliases=("mml", "modelMemoryLimit"),
    ),
    state("job state"),
    column("failure_reason", "fr", "failure reason", member("failure_reason"), aliases=("fr", "failureReason")),
    column(
        "progress",
        "p",
        "progress",
        member(
            "progress", lambda phases: ",".join(f"{phase['phase']}:{phase['progress_percent']}" for phase in phases)
        ),
    ),
    column(
        "assignment_explanation",
        "ae",
        "why the job is or is not assigned to a node",
        member("assignment_explanation"),
        aliases=("ae", "assignmentExplanation"),
    ),
    *node_columns(),
)
