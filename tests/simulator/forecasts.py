# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is remembered of forecasts; there is nothing in them, as the simulated analysis learns nothing."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from simulator import results_index

REQUEST = "model_forecast_request_stats"
FINISHED, FAILED, STARTED = "finished", "failed", "started"
DEFAULT_LIFETIME = 14 * 86_400_000
NOTHING = {"total": 0.0, "min": 0.0, "avg": 0.0, "max": 0.0}


@dataclass
class Forecast:
    """`expires` is milliseconds since the epoch, None for one that never does."""

    forecast_id: str
    expires: int | None
    status: str = STARTED

    @property
    def is_over(self) -> bool:
        return self.status in (FINISHED, FAILED)


def known(job) -> dict[str, Forecast]:
    """Those that the job made, and those that were written as documents into its results."""
    requests = [source for _index, _id, source in results_index.written(job) if source.get("result_type") == REQUEST]
    written = {
        source["forecast_id"]: Forecast(
            source["forecast_id"], source.get("forecast_expiry_timestamp"), source.get("forecast_status", FINISHED)
        )
        for source in requests
    }
    return {**written, **job.forecasts}


def forget(job, forecast_id: str) -> None:
    """With the documents of it."""
    job.forecasts.pop(forecast_id, None)
    results_index.delete(job, lambda source: source.get("forecast_id") == forecast_id)


def statistics(forecasts: Iterable[Forecast]) -> dict:
    """`forecasts_stats` of a job."""
    statuses = Counter(forecast.status for forecast in forecasts)
    stats = {"total": statuses.total(), "forecasted_jobs": min(1, statuses.total())}
    if not statuses:
        return stats
    figures = {name: dict(NOTHING) for name in ("memory_bytes", "records", "processing_time_ms")}
    return {**stats, **figures, "status": dict(statuses)}


def expire(job) -> None:
    now = job.cluster.now()
    job.forecasts = {
        name: forecast
        for name, forecast in job.forecasts.items()
        if forecast.expires is None or forecast.expires >= now
    }
