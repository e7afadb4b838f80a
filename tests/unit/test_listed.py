# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How filters, calendars and events are read: by a number of requests that does not grow with theirs."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from ansible_collections.mlops.elastic.plugins.module_utils import units
from ansible_collections.mlops.elastic.plugins.module_utils.errors import NotFound, Refused, ServerError
from ansible_collections.mlops.elastic.plugins.module_utils.listed import CALENDARS, FILTERS, events_of

ONE = re.compile(r"/_ml/(filters|calendars)/(\w+)(/events)?")
WINDOW = 10_000


class Server:
    """Filters, calendars and events in pages, no further than a search reaches."""

    def __init__(self, calendars=(), filters=(), events=()):
        self.documents = {
            "calendars": [{"calendar_id": id, "job_ids": []} for id in calendars],
            "filters": [{"filter_id": id, "items": ["i"]} for id in filters],
        }
        self.events = sorted(events, key=lambda event: event["start_time"])
        self.lines = []

    def send_all(self, requests):
        return [self._reply(request) for request in requests]

    def send(self, request):
        reply = self._reply(request)
        if isinstance(reply, NotFound):
            raise reply
        return reply

    def _reply(self, request):
        self.lines.append(request.target)
        url = urlsplit(request.target)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        found = ONE.fullmatch(url.path)
        if found and found[3]:
            return self._events(found[2], query)
        if not found:
            key = url.path.rpartition("/")[2]
            return page(key, self.documents[key], query)
        key, id = found[1], found[2]
        named = [document for document in self.documents[key] if document[f"{key[:-1]}_id"] == id]
        assert "size" not in query
        return page(key, named, query) if named else NotFound("", status=404, reason=f"No {key} with id [{id}]")

    def _events(self, id, query):
        if id not in ("_all", *(document["calendar_id"] for document in self.documents["calendars"])):
            return NotFound("", status=404)
        begin = units.event_time("start", query["start"]) if "start" in query else -1
        found = [event for event in self.events if id in ("_all", event["calendar_id"]) and event["end_time"] > begin]
        return page("events", found, query)


def page(key, found, query):
    first, size = int(query.get("from", 0)), int(query.get("size", 100))
    assert first + size <= WINDOW
    return {"count": min(len(found), WINDOW), key: found[first : first + size]}


def happening(number, calendar_id="c", step=1, length=1):
    return [
        {
            "event_id": f"{calendar_id}{i}",
            "calendar_id": calendar_id,
            "start_time": i * step,
            "end_time": i * step + length,
        }
        for i in range(number)
    ]


IDS = [f"x{number:04}" for number in range(2500)]


@pytest.mark.parametrize(
    ("tokens", "found", "missing", "reads"),
    [
        (["x0001"], ["x0001"], [], 1),
        (["x0001", "y"], ["x0001"], ["y"], 2),
        (IDS[:8], IDS[:8], [], 8),
        (IDS[:9], IDS[:9], [], 3),
        ([*IDS[:9], "y"], IDS[:9], ["y"], 3),
        (["x000*", "y", "z*"], IDS[:10], ["y"], 3),
        (["_all"], IDS, [], 3),
        (["*"], IDS, [], 3),
    ],
)
@pytest.mark.parametrize("collection", [FILTERS, CALENDARS], ids=lambda collection: collection.key)
def test_few_are_read_one_by_one_and_many_in_pages(collection, tokens, found, missing, reads):
    server = Server(**{collection.key: IDS})
    documents, unknown = collection.fetch(server, tokens)
    assert (sorted(documents), unknown, len(server.lines)) == (found, missing, reads)
    assert all(f"filter_path=count,{collection.key}.{collection.id_key}" in line for line in server.lines)


@pytest.mark.parametrize("tokens", [["c"], ["_all"], ["c*"], ["c", "d", "nobody"]])
def test_a_whole_calendar_has_its_events(tokens):
    server = Server(["c", "d"], events=happening(1200) + happening(3, "e"))
    documents, _missing = CALENDARS.fetch(server, tokens, whole=True)
    assert {len(document["events"]) for id, document in documents.items() if id == "c"} == {1200}
    assert [document["events"] for id, document in documents.items() if id == "d"] in ([], [[]])
    assert not any("filter_path" in line for line in server.lines)
    assert sum("/events" in line for line in server.lines) == 2


def test_none_named_none_read():
    server = Server()
    assert CALENDARS.fetch(server, ["c"], whole=True) == ({}, ["c"])
    assert server.lines == ["/_ml/calendars/c"]


def test_a_refusal_is_none_that_is_missing():
    refused = ServerError("no")
    server = Server(["c"])
    server.send_all = lambda requests: [refused]
    with pytest.raises(ServerError) as caught:
        FILTERS.fetch(server, ["c"])
    assert caught.value is refused


@pytest.mark.parametrize(("number", "length"), [(0, 1), (999, 1), (1000, 1), (10_000, 1), (25_000, 1), (15_000, 7_000)])
def test_more_events_than_a_search_reaches(number, length):
    events = happening(number, step=100, length=length)
    server = Server(["c"], events=events)
    assert events_of(server, "c") == events
    assert len(server.lines) <= number / 1000 + 2 + number / WINDOW * length / 1000


def test_more_events_at_one_moment_than_a_search_reaches():
    server = Server(["c"], events=happening(20_000, step=0, length=10))
    with pytest.raises(Refused, match="more events at 1970-01-01T00:00:00Z than a server lists"):
        events_of(server, "_all")


def test_a_calendar_that_has_just_been_deleted_has_none():
    assert events_of(Server(), "c") == []
