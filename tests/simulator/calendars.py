# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calendars, and which jobs and groups they apply to."""

from simulator import errors, expressions, listing
from simulator.config import calendars as config
from simulator.config.checks import validation_failed
from simulator.config.faults import as_reply
from simulator.config.hash_sets import in_hash_order
from simulator.options import Options, text
from simulator.rest import Request

ROOT = "/_ml/calendars"
ONE = ROOT + "/{calendar_id}"
MEMBERS = ONE + "/jobs/{job_id}"
GET = "cluster:monitor/xpack/ml/calendars/get"
PUT = "cluster:admin/xpack/ml/calendars/put"
DELETE = "cluster:admin/xpack/ml/calendars/delete"
UPDATE_JOBS = "cluster:admin/xpack/ml/calendars/jobs/update"
GET_OPTIONS = Options(GET, text("calendar_id"), listing.page(None), takes_source=True)
META_INDEX = ".ml-meta"


def register(router) -> None:
    for method in ("GET", "POST"):
        router.add(method, ROOT, get_calendars)
        router.add(method, ONE, get_calendars)
    router.add("PUT", ONE, put_calendar)
    router.add("DELETE", ONE, delete_calendar)
    router.add("PUT", MEMBERS, add_members)
    router.add("DELETE", MEMBERS, remove_members)


def find(cluster, calendar_id: str) -> dict:
    """Raises ApiError 404."""
    if calendar_id not in cluster.calendars:
        raise missing(calendar_id)
    return cluster.calendars[calendar_id]


def missing(expression: str) -> errors.ApiError:
    return errors.not_found(f"No calendar with id [{expression}]")


def is_all(cluster, expression: str | None) -> bool:
    """Whether an expression names every calendar; in 7.3 only `_all` does."""
    has_tokens = expression is None or expressions.comma_separated(expression)
    if cluster.version.has_calendar_expressions and not has_tokens:
        return True
    return expression in (None, "_all") or (expression == "*" and cluster.version.since(7, 10))


def expand(cluster, expression: str | None) -> list[str]:
    """The ids that an expression names, in order. Raises ApiError 404 where it names nothing."""
    known = cluster.calendars
    if is_all(cluster, expression):
        return sorted(known)
    if not cluster.version.has_calendar_expressions:
        return [find(cluster, expression)["calendar_id"]]
    found = {
        name for token in expressions.comma_separated(expression) for name in expressions.matches(token, known, dict)
    }
    if not found:
        raise missing(expression)
    return sorted(found)


async def get_calendars(request: Request) -> dict:
    given = GET_OPTIONS.read(request)
    request.check_parameters()
    calendar_id = request.parts.get("calendar_id", given["calendar_id"])
    if calendar_id is not None and given["page"] is not None:
        with as_reply():
            raise validation_failed(["Params [from, size] are incompatible with [calendar_id]."])
    request.authorize(GET)
    cluster, page = request.cluster, given["page"] or listing.Page()
    names = expand(cluster, calendar_id)
    listing.require_window(cluster, page, META_INDEX)
    return {"count": len(names), "calendars": [cluster.calendars[name] for name in names[page.skipped : page.end]]}


async def put_calendar(request: Request) -> dict:
    calendar_id, cluster = request.parts["calendar_id"], request.cluster
    calendar = config.stored(calendar_id, [])
    if request.has_body:
        calendar = config.read(request.version.number, calendar_id, request.body_or_source())
    request.check_parameters()
    config.validate(calendar)
    request.authorize(PUT)
    return create(cluster, calendar)


def create(cluster, calendar: dict) -> dict:
    """Raises ApiError 400 where the id is taken."""
    calendar_id = calendar["calendar_id"]
    if calendar_id in cluster.calendars:
        raise errors.status_error(400, f"Cannot create calendar with id [{calendar_id}] as it already exists")
    cluster.calendars[calendar_id] = calendar
    return calendar


async def delete_calendar(request: Request) -> dict:
    request.ready(DELETE)
    cluster = request.cluster
    calendar_id = find(cluster, request.parts["calendar_id"])["calendar_id"]
    del cluster.calendars[calendar_id]
    events = cluster.calendar_events
    for event_id in [name for name, event in events.items() if event["calendar_id"] == calendar_id]:
        del events[event_id]
    return {"acknowledged": True}


async def add_members(request: Request) -> dict:
    return update_members(request, added=job_ids_in(request))


async def remove_members(request: Request) -> dict:
    return update_members(request, removed=job_ids_in(request))


def job_ids_in(request: Request) -> list[str]:
    """Ids of jobs and groups, that need not exist, and no wildcards (Strings.tokenizeByCommaToSet)."""
    return in_hash_order((), (token.strip() for token in request.parts["job_id"].split(",") if token.strip()))


def update_members(request: Request, added=(), removed=()) -> dict:
    """The calendar afterwards; its members then have the order of a set (JobResultsProvider.updateCalendar)."""
    request.ready(UPDATE_JOBS)
    calendar = find(request.cluster, request.parts["calendar_id"])
    members = calendar["job_ids"]
    for job_id in removed:
        if job_id not in members:
            text = f"Cannot remove [{job_id}] as it is not present in calendar [{calendar['calendar_id']}]"
            raise errors.status_error(400, text)
    left = [job_id for job_id in in_hash_order(members, added) if job_id not in removed]
    return replace_members(request.cluster, calendar, left)


def replace_members(cluster, calendar: dict, job_ids: list[str]) -> dict:
    changed = {**calendar, "job_ids": job_ids}
    cluster.calendars[calendar["calendar_id"]] = changed
    return changed


def forget_job(cluster, job_id: str) -> None:
    """Take a deleted job out of its calendars (JobResultsProvider.removeJobFromCalendars)."""
    for calendar in list(cluster.calendars.values()):
        if job_id in calendar["job_ids"]:
            replace_members(cluster, calendar, [name for name in calendar["job_ids"] if name != job_id])
