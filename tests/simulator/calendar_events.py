# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scheduled events of calendars."""

import secrets

from simulator import calendars, errors, jobs, listing
from simulator.config import calendars as config
from simulator.config.checks import validation_failed
from simulator.config.faults import as_reply
from simulator.options import Options, string, text
from simulator.rest import Request

ALL = calendars.ONE + "/events"
GET = "cluster:monitor/xpack/ml/calendars/events/get"
DELETE = "cluster:admin/xpack/ml/calendars/events/delete"
GET_OPTIONS = Options(
    GET, text("calendar_id"), string("start"), string("end"), string("job_id"), listing.page(), takes_source=True
)
ID_BYTES = 15  # twenty characters


def register(router) -> None:
    router.add("GET", ALL, get_events)
    router.add("POST", ALL, post_events)
    router.add("DELETE", ALL + "/{event_id}", delete_event)


async def get_events(request: Request) -> dict:
    given = GET_OPTIONS.read(request)
    request.check_parameters()
    calendar_id = request.parts["calendar_id"]
    if given["job_id"] is not None and calendar_id != "_all":
        with as_reply():
            raise validation_failed(["If job_id is used calendar_id must be '_all'"])
    request.authorize(GET)
    cluster, page = request.cluster, given["page"]
    chosen = set(calendars.expand(cluster, calendar_id))
    if given["job_id"] is not None:
        chosen = calendars_of(cluster, given["job_id"])
    start = listing.bound(cluster, given["start"], calendars.META_INDEX, is_passed=True)
    end = listing.bound(cluster, given["end"], calendars.META_INDEX)
    listing.require_window(cluster, page, calendars.META_INDEX)
    found = [
        {**event, "event_id": event_id}
        for event_id, event in cluster.calendar_events.items()
        if event["calendar_id"] in chosen
        and (start is None or event["end_time"] > start)
        and (end is None or event["start_time"] < end)
    ]
    found.sort(key=lambda event: (event["start_time"], event["description"]))
    return {"count": len(found), "events": found[page.skipped : page.end]}


def calendars_of(cluster, name: str) -> set[str]:
    """Ids of the calendars that apply to a job, or to a group. Raises ApiError 404 where it is neither."""
    if name in cluster.jobs:
        members = {name, *cluster.jobs[name].groups}
    elif name in jobs.group_members(cluster.jobs.values()):
        members = {name}
    else:
        raise errors.missing_job(name)
    if cluster.version.has_global_calendars:
        members.add("_all")
    return {key for key, calendar in cluster.calendars.items() if members.intersection(calendar["job_ids"])}


async def post_events(request: Request) -> dict:
    calendar_id, cluster = request.parts["calendar_id"], request.cluster
    events = config.events(request.version.number, calendar_id, request.body_or_source())
    request.ready(config.POST_EVENTS)
    calendars.find(cluster, calendar_id)
    create(cluster, events)
    return {"events": events}


def create(cluster, events: list[dict]) -> None:
    """Store events, each under an id of its own; the reply doesn't say which of them weren't indexed."""
    for event in events:
        if event["start_time"] >= 0 or cluster.version.indexes_negative_times:
            cluster.calendar_events[secrets.token_urlsafe(ID_BYTES)] = event


async def delete_event(request: Request) -> dict:
    request.ready(DELETE)
    cluster, event_id = request.cluster, request.parts["event_id"]
    calendar_id = calendars.find(cluster, request.parts["calendar_id"])["calendar_id"]
    event = cluster.calendar_events.get(event_id)
    if event is None:
        raise errors.not_found(f"No event with id [{event_id}]")
    if event["calendar_id"] != calendar_id:
        text = f"Event [{event_id}] has calendar_id [{event['calendar_id']}] which does not match the request"
        raise errors.status_error(400, f"{text} calendar_id [{calendar_id}]")
    del cluster.calendar_events[event_id]
    return {"acknowledged": True}
