# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`_cat/ml`: jobs, datafeeds, analytics and models as tables (since 7.7)."""

from collections.abc import Callable

from simulator import (
    analytics_reading,
    analytics_stats,
    cat_columns,
    cat_job_columns,
    cat_models,
    cat_table,
    datafeeds_reading,
    jobs,
    listing,
)
from simulator.options import allow_no_match
from simulator.rest import Reply, Request

ROOT = "/_cat/ml"
SINCE = (7, 7)


def register(router) -> None:
    tables = (
        ("/anomaly_detectors", "{job_id}", cat_job_columns.JOBS, job_rows),
        ("/datafeeds", "{datafeed_id}", cat_columns.DATAFEEDS, datafeed_rows),
        ("/data_frame/analytics", "{id}", cat_columns.ANALYTICS, analytics_rows),
        ("/trained_models", "{model_id}", cat_models.COLUMNS, cat_models.rows),
    )
    for path, name, columns, rows in tables:
        handler = table(columns, rows)
        router.add("GET", ROOT + path, handler, since=SINCE)
        router.add("GET", f"{ROOT}{path}/{name}", handler, since=SINCE)


def table(columns: tuple[cat_table.Column, ...], rows: Callable[[Request], list[dict]]):
    """A handler; `help` reads neither what the path names nor what it would do then."""

    async def get_table(request: Request) -> Reply:
        known = [column for column in columns if request.version.since(*column.since)]
        if cat_table.read_parameters(request):
            request.check_parameters(reads_path=False)
            return cat_table.described(known)
        return cat_table.rendered(request, known, rows(request))

    return get_table


def job_rows(request: Request) -> list[dict]:
    no_match = allow_no_match(request, "allow_no_jobs")
    request.ready(jobs.STATS)
    chosen = jobs.expand(request.cluster, request.parts.get("job_id"), no_match, with_deleting=False)
    return [job_row(job) for job in chosen]


def job_row(job) -> dict:
    """The statistics, and for how many whole seconds the job has been open, in milliseconds."""
    stats = job.stats()
    return {**stats, "open_for": (job.cluster.now() - job.opened_at) // 1000 * 1000} if "open_time" in stats else stats


def datafeed_rows(request: Request) -> list[dict]:
    return [datafeeds_reading.stats(feed) for feed in datafeeds_reading.expand(request, datafeeds_reading.STATS)]


def analytics_rows(request: Request) -> list[dict]:
    """The first page only: there is no parameter for others."""
    no_match = request.flag("allow_no_match", True)
    request.ready(analytics_reading.GET)
    request.authorize(analytics_reading.STATS)
    _count, shown = analytics_reading.chosen(request, listing.Page(), no_match)
    return [{**analytics_stats.document(job), "config": job.config} for job in shown]
