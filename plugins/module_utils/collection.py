# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Reading collections of resources by expressions, whatever the number of ids and whether all of them exist."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.mlops.elastic.plugins.module_utils import expressions
from ansible_collections.mlops.elastic.plugins.module_utils.actions import named
from ansible_collections.mlops.elastic.plugins.module_utils.cluster import Request, escaped
from ansible_collections.mlops.elastic.plugins.module_utils.errors import MlError, NotFound

_PAGE = 1000
_READ_BY_ID = 300
"""Ids up to which they are named in the request rather than picked from a reading of all."""

_PAGED_TAIL = len("?from=10000&size=1000 HTTP/1.1")


@dataclass(frozen=True)
class Collection:
    """Where a kind of resource lives and how a reply names it.

    C(paged) APIs answer 100 items unless told otherwise, and call ids beyond the page unknown (contract 1.6).
    """

    path: str
    key: str
    id_key: str
    noun: str
    config_fields: tuple
    stats_fields: tuple
    paged: bool = False

    def fetch(self, cluster, tokens, stats=False, whole=False):
        """Return documents by id, and the concrete tokens that the server does not know.

        Ids that are unknown are named by the server's 404; the rest is read without them.

        :arg tokens: expressions already checked, never empty
        :arg stats: read C(_stats) rather than the configuration
        :arg whole: read whole documents, not only what decides states
        """
        overhead = len(f"GET {self._request('', stats, whole).target}") + _PAGED_TAIL
        documents, missing = {}, []
        waiting = expressions.pack(tokens, overhead)
        while waiting:
            requests = [self._request(expression, stats, whole) for expression in waiting]
            again = []
            for expression, reply in zip(waiting, cluster.send_all(requests)):
                if isinstance(reply, NotFound):
                    unknown = self._unknown(expression.split(","), reply)
                    missing += unknown
                    known = [token for token in expression.split(",") if token not in unknown]
                    again += [",".join(known)] if known else []
                elif isinstance(reply, MlError):
                    raise reply
                else:
                    documents.update(self._by_id(reply))
                    documents.update(self._further_pages(cluster, expression, stats, whole, reply))
            waiting = again
        return documents, missing

    def fetch_existing(self, cluster, ids, stats=False, whole=False):
        """Return documents by id of those ids that exist; very many are read as a part of all, in one request."""
        if len(ids) <= _READ_BY_ID:
            return self.fetch(cluster, ids, stats, whole)[0] if ids else {}
        documents = self.fetch(cluster, ["_all"], stats, whole)[0]
        return {id: documents[id] for id in ids if id in documents}

    def _request(self, expression, stats, whole, start=0):
        fields = () if whole else self.stats_fields if stats else self.config_fields
        query = {"filter_path": ",".join(["count"] + [f"{self.key}.{field}" for field in fields])} if fields else {}
        if self.paged:
            query.update({"from": start, "size": _PAGE})
        return Request(
            "GET",
            f"{self.path}/{escaped(expression)}{'/_stats' if stats else ''}",
            query,
            purpose=f"read {self.noun} {named(expression.split(','))}",
            expects="count",
        )

    def _unknown(self, tokens, error):
        unknown = [token for token in error.missing_ids() if token in tokens]
        if not unknown:
            raise error
        return unknown

    def _by_id(self, reply):
        return {document[self.id_key]: document for document in reply.get(self.key) or []}

    def _further_pages(self, cluster, expression, stats, whole, reply):
        documents, read = {}, len(reply.get(self.key) or [])
        while self.paged and 0 < read < reply["count"]:
            page = self._by_id(cluster.send(self._request(expression, stats, whole, start=read)))
            if not page:
                break
            documents.update(page)
            read += len(page)
        return documents


JOBS = Collection(
    "/_ml/anomaly_detectors",
    "jobs",
    "job_id",
    "job",
    config_fields=("job_id", "groups", "deleting", "blocked", "analysis_config.bucket_span", "analysis_config.latency"),
    stats_fields=(
        "job_id",
        "state",
        "data_counts.*_record_count",
        "data_counts.bucket_count",
        "data_counts.latest_record_timestamp",
    ),
)
DATAFEEDS = Collection(
    "/_ml/datafeeds",
    "datafeeds",
    "datafeed_id",
    "datafeed",
    config_fields=("datafeed_id", "job_id"),
    stats_fields=("datafeed_id", "state"),
)
ANALYTICS = Collection(
    "/_ml/data_frame/analytics",
    "data_frame_analytics",
    "id",
    "data frame analytics",
    config_fields=("id",),
    stats_fields=("id", "state", "progress", "failure_reason"),
    paged=True,
)
