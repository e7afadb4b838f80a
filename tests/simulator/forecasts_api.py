# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""APIs of forecasts: forecast, delete forecasts."""

import secrets

from simulator import errors, expressions, flush, forecasts, jobs, options
from simulator.config import parser as p
from simulator.config.faults import Fault, illegal_argument, status_fault
from simulator.config.positions import NUMBER, STRING, TokenStream
from simulator.config.values import ByteSize, TimeValue, byte_size, time_value
from simulator.forecasts import DEFAULT_LIFETIME, FAILED, FINISHED, Forecast
from simulator.rest import Request
from simulator.versions import Version

FORECAST = "cluster:admin/xpack/ml/job/forecast"
DELETE = FORECAST + "/delete"
PATH = jobs.ONE + "/_forecast"
LONGEST = TimeValue(3650, "d")
LEAST_MEMORY, STORAGE = ByteSize(1, "mb"), ByteSize(500, "mb")
UNSUPPORTED = {"lat_long", "rare", "freq_rare", "time_of_day", "time_of_week"}


def duration(text: str) -> TimeValue:
    value = time_value(text, "duration")
    if value.nanos <= 0:
        raise illegal_argument(f"[duration] must be positive: [{value.stored}]")
    if value.nanos > LONGEST.nanos:
        raise illegal_argument(f"[duration] must be {LONGEST.stored} or less: [{value.stored}]")
    return value


def expires_in(text: str) -> TimeValue:
    value = time_value(text, "expires_in")
    if value.nanos < 0:
        raise illegal_argument(f"[expires_in] must be non-negative: [{value.stored}]")
    return value


def memory_text(text: str, release: Version) -> int:
    return checked_memory(byte_size(text, "max_model_memory", release).bytes)


def read_memory(stream: TokenStream) -> int:
    if stream.kind == STRING:
        return memory_text(stream.token.value, stream.release)
    if stream.kind == NUMBER:
        return checked_memory(int(stream.token.value))
    raise Fault("x_content_parse_exception", f"Unsupported token [{stream.kind}]")


def checked_memory(size: int) -> int:
    if size < LEAST_MEMORY.bytes:
        raise illegal_argument(f"[max_model_memory] must be at least {LEAST_MEMORY.stored}.")
    if size >= STORAGE.bytes:
        raise status_fault(f"[max_model_memory] must be less than {STORAGE.stored}")
    return size


OPTIONS = options.Options(
    FORECAST,
    options.text("job_id"),
    options.converted("duration", p.TEXT, duration),
    options.converted("expires_in", p.TEXT, expires_in),
    options.Option(
        "max_model_memory",
        p.Kind(frozenset(p.SCALARS), read_memory),
        lambda request, name: None if (given := request.text(name)) is None else memory_text(given, request.version),
        releases=((7, 9), (99,)),
    ),
)


def register(router) -> None:
    router.add("POST", PATH, forecast_job)
    router.add("DELETE", PATH, delete_forecasts)
    router.add("DELETE", PATH + "/{forecast_id}", delete_forecasts)


async def forecast_job(request: Request) -> dict:
    wanted = OPTIONS.read(request)
    request.ready(FORECAST)
    cluster, job_id = request.cluster, request.parts["job_id"]
    job = flush.job_with_task(cluster, job_id)
    require_a_bucket(job, wanted["duration"])
    flush.open_job(cluster, job_id, "forecast")
    if not cluster.has_native:
        raise errors.ApiError(500, "exception", "Cannot run forecast: internal error, please check the logs")
    return start(job, wanted["expires_in"])


def require_a_bucket(job, wanted: TimeValue | None) -> None:
    span = job.config["analysis_config"]["bucket_span"]
    if wanted is not None and wanted.nanos < time_value(span, "bucket_span").nanos:
        limits = f"[{wanted.stored}/{span}]"
        raise errors.status_error(400, f"[duration] must be greater or equal to the bucket span: {limits}")


def start(job, lifetime: TimeValue | None) -> dict:
    """Begin a forecast; one that cannot be made is remembered as failed."""
    cluster, forecast_id = job.cluster, secrets.token_urlsafe(15)
    milliseconds = DEFAULT_LIFETIME if lifetime is None else lifetime.millis
    forecast = Forecast(forecast_id, cluster.now() + milliseconds if milliseconds else None)
    job.forecasts[forecast_id] = forecast
    if (obstacle := what_prevents(job)) is not None:
        forecast.status = FAILED
        raise errors.status_error(400, f"Cannot run forecast: {obstacle}")

    def finish() -> None:
        forecast.status = FINISHED

    cluster.after("jobs", job.job_id, "forecasting", finish)
    return {"acknowledged": True, "forecast_id": forecast_id}


def what_prevents(job) -> str | None:
    """Why the native process cannot forecast (CForecastRunner, and the functions that the documentation excludes)."""
    detectors = job.config["analysis_config"]["detectors"]
    if job.timeline.latest_bucket is None:
        return "Forecast cannot be executed as job requires data to have been processed and modeled"
    if all("over_field_name" in detector for detector in detectors):
        return "Forecast is not supported for population analysis"
    if all(detector["function"] in UNSUPPORTED for detector in detectors):
        return "Forecast is not supported for the used functions"
    return None


async def delete_forecasts(request: Request) -> dict:
    expression = request.parts.get("forecast_id", expressions.ALL)
    request.duration("timeout", 30_000)
    allow_none = request.flag("allow_no_forecasts", True)
    request.ready(DELETE)
    job_id = request.parts["job_id"]
    job = request.cluster.jobs.get(job_id)
    found = named(job, expression) if job else []
    if not found:
        if allow_none and is_all(request.version, expression):
            return {"acknowledged": True}
        raise errors.not_found(f"No forecast(s) [{expression}] exists for job [{job_id}]")
    running = [forecast.forecast_id for forecast in found if not forecast.is_over]
    if running and job.state == "opened":
        raise errors.conflict(
            f"Forecast(s) [[{', '.join(running)}]] for job [{job_id}] needs to be either FAILED or FINISHED "
            "to be deleted"
        )
    for forecast in found:
        if forecast.is_over:
            forecasts.forget(job, forecast.forecast_id)
    return {"acknowledged": True}


def is_all(version, expression: str) -> bool:
    """Wildcards came between 7.3 and 7.10."""
    return expression == expressions.ALL or (expression == "*" and version.since(7, 10))


def named(job, expression: str) -> list[Forecast]:
    known = forecasts.known(job)
    if is_all(job.cluster.version, expression):
        return list(known.values())
    return expressions.select(expression.split(","), known, wildcards=job.cluster.version.since(7, 10))
