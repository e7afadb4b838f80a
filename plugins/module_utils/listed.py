# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Calendars with their events, and filters: few are read one by one, many in pages, whatever their number."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.mlops.elastic.plugins.module_utils import expressions, units
from ansible_collections.mlops.elastic.plugins.module_utils.cluster import Request, escaped
from ansible_collections.mlops.elastic.plugins.module_utils.collection import Collection
from ansible_collections.mlops.elastic.plugins.module_utils.errors import MlError, NotFound, Refused

_PAGE = 1000
_WINDOW = 10_000
"""How far pages go (index.max_result_window)."""

_ONE_BY_ONE = 8
"""Ids up to which each is read by a request of its own."""


@dataclass(frozen=True)
class Listed(Collection):
    """A kind whose API takes one id, or none with pages: no lists, and wildcards only here and there (contract 5)."""

    def fetch(self, cluster, tokens, stats=False, whole=False):
        """Return documents by id, and the concrete tokens that do not exist.

        :arg stats: there are none; for the sake of what reads any collection
        """
        concrete = [token for token in tokens if not expressions.is_wildcard(token) and not expressions.is_all(token)]
        if len(concrete) == len(tokens) <= _ONE_BY_ONE:
            documents = self._one_by_one(cluster, tokens, whole)
        else:
            everything = self._pages(cluster, self._listing(whole))
            documents = {
                document[self.id_key]: document
                for document in everything
                if any(expressions.matches(token, {document[self.id_key]}) for token in tokens)
            }
        if whole and documents:
            self._complete(cluster, documents)
        return documents, [token for token in concrete if token not in documents]

    def _complete(self, cluster, documents):
        """Add to whole documents what another API tells of them."""

    def _one_by_one(self, cluster, ids, whole):
        requests = [self._listing(whole, f"/{escaped(id)}", f"{self.noun} {id}") for id in ids]
        documents = {}
        for reply in cluster.send_all(requests):
            if isinstance(reply, NotFound):
                continue
            if isinstance(reply, MlError):
                raise reply
            documents.update(self._by_id(reply))
        return documents

    def _listing(self, whole, part="", what=None):
        fields = ",".join(f"{self.key}.{field}" for field in self.config_fields)
        query = {} if whole else {"filter_path": f"count,{fields}"}
        return Request("GET", self.path + part, query, purpose=f"read {what or f'all {self.key}'}", expects="count")

    def _pages(self, cluster, request):
        for start in range(0, _WINDOW + 1, _PAGE):
            page = cluster.send(_paged(request, start)).get(self.key) or []
            yield from page
            if len(page) < _PAGE:
                return


@dataclass(frozen=True)
class _Calendars(Listed):
    """Calendars; a whole one has its C(events)."""

    def _complete(self, cluster, documents):
        for document in documents.values():
            document["events"] = []
        for event in events_of(cluster, next(iter(documents)) if len(documents) == 1 else "_all"):
            if event["calendar_id"] in documents:
                documents[event["calendar_id"]]["events"].append(event)


def _paged(request, start):
    query = dict(request.query, **{"from": start, "size": _PAGE})
    return Request("GET", request.path, query, purpose=request.purpose, expects=request.expects)


def events_of(cluster, calendar_id):
    """Return the events of a calendar, C(_all) for all; none where it has just been deleted.

    The API sorts them by their start, so that what lies beyond its window is read from the last one's start on.

    :raises Refused: more of them happen at one moment than can be read
    """
    found, begin = {}, {}
    while True:
        request = Request(
            "GET",
            f"{CALENDARS.path}/{escaped(calendar_id)}/events",
            begin,
            purpose=f"read the events of calendar {calendar_id}",
            expects="count",
        )
        for start in range(0, _WINDOW, _PAGE):
            try:
                page = cluster.send(_paged(request, start)).get("events") or []
            except NotFound:
                return []
            found.update((event["event_id"], event) for event in page)
            if len(page) < _PAGE:
                return list(found.values())
        following = {"start": units.iso(page[-1]["start_time"])}
        if following == begin:
            raise Refused(f"calendar {calendar_id} has more events at {begin['start']} than a server lists")
        begin = following


CALENDARS = _Calendars(
    "/_ml/calendars", "calendars", "calendar_id", "calendar", config_fields=("calendar_id", "job_ids"), stats_fields=()
)
FILTERS = Listed("/_ml/filters", "filters", "filter_id", "filter", config_fields=("filter_id",), stats_fields=())
