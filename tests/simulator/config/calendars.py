# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calendars and their events as PUT and POST read and keep them (Calendar, ScheduledEvent)."""

from __future__ import annotations

from simulator.versions import Version

from . import parser as p
from .checks import LONGEST_ID, inconsistent_id, invalid_id, is_valid_id, validation_failed
from .faults import as_reply, status_fault
from .instants import instant, text_of

POST_EVENTS = "cluster:admin/xpack/ml/calendars/events/post"
_SKIPS = ((8, 16), (99,))
_CALENDAR = p.ObjectParser(
    "calendar_id",
    (
        p.Field("calendar_id", p.TEXT),
        p.Field("job_ids", p.TEXTS),
        p.Field("type", p.TEXT),
        p.Field("description", p.TEXT_OR_NULL),
    ),
)
_EVENT = p.ObjectParser(
    "scheduled_event",
    (
        p.Field("description", p.TEXT),
        p.Field("start_time", instant("start_time")),
        p.Field("end_time", instant("end_time")),
        p.Field("calendar_id", p.TEXT),
        p.Field("type", p.TEXT),
        p.Field("skip_result", p.TRUTH, releases=_SKIPS),
        p.Field("skip_model_update", p.TRUTH, releases=_SKIPS),
        p.Field("force_time_shift", p.INTEGER, releases=_SKIPS),
    ),
)
_EVENTS = p.ObjectParser(POST_EVENTS, (p.Field("events", p.many(_EVENT)),))


def read(version: str, calendar_id: str, body: str | dict) -> dict:
    """The calendar in a PUT body. Raises ApiError where it can't be parsed or has another id."""
    with as_reply():
        given = _CALENDAR.read_body(Version(version), body)
        if given.setdefault("calendar_id", calendar_id) != calendar_id:
            raise inconsistent_id("calendar_id", given["calendar_id"], calendar_id)
    return stored(calendar_id, given.get("job_ids", []), given.get("description"))


def stored(calendar_id: str, job_ids: list[str], description: str | None = None) -> dict:
    """The document that GET calendars returns."""
    document = {"calendar_id": calendar_id, "job_ids": job_ids}
    return document if description is None else {**document, "description": description}


def validate(calendar: dict) -> None:
    """PutCalendarAction.Request.validate. Raises ApiError with all that is wrong with the id."""
    calendar_id = calendar["calendar_id"]
    problems = []
    if calendar_id == "_all":
        problems.append("Cannot create a Calendar with the reserved name [_all]")
    if not is_valid_id(calendar_id):
        problems.append(invalid_id("calendar_id", calendar_id))
    if len(calendar_id) > LONGEST_ID:
        problems.append(f"The job id cannot contain more than {LONGEST_ID} characters.")
    with as_reply():
        if problems:
            raise validation_failed(problems)


def events(version: str, calendar_id: str, body: str | dict) -> list[dict]:
    """The events in a POST body, times in milliseconds since the epoch, without their ids. Raises ApiError."""
    release = Version(version)
    with as_reply():
        given = _EVENTS.read_body(release, body).get("events", [])
        for event in given:
            if event.setdefault("calendar_id", calendar_id) != calendar_id:
                raise status_fault(inconsistent_id("calendar_id", event["calendar_id"], calendar_id).reason)
        documents = [_event(release, event) for event in given]
        if not documents:
            raise status_fault("At least 1 event is required")
        return documents


def _event(release: Version, given: dict) -> dict:
    for name in ("description", "start_time", "end_time"):
        if name not in given:
            raise status_fault(f"Field [{name}] cannot be null")
    start, end = given["start_time"], given["end_time"]
    if start >= end:
        raise status_fault(f"Event start time [{text_of(start)}] must come before end time [{text_of(end)}]")
    defaults = {"skip_result": True, "skip_model_update": True} if release.since(*_SKIPS[0]) else {}
    return {**defaults, **{name: value for name, value in given.items() if name != "type"}}
