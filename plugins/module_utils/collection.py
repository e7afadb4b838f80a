# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Reading collections of resources by expressions, whatever the number of ids and whether all of them exist."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.mlops.elastic.plugins.module_utils import expressions
from ansible_collections.mlops.elastic.plugins.module_utils.actions import named
from ansible_collections.mlops.elastic.plugins.module_utils.cluster import Request
from ansible_collections.mlops.elastic.plugins.module_utils.errors import MlError, NotFound

_PAGE = 1000
_LONGEST_TAIL = len("/_stats?from=10000&size=1000 HTTP/1.1")


@dataclass(frozen=True)
class Collection:
    """Where a kind of resource lives and how a reply names it.

    C(paged) APIs answer 100 items unless told otherwise, and call ids beyond the page unknown (contract 1.6).
    """

    path: str
    key: str
    id_key: str
    noun: str
    paged: bool = False

    def fetch(self, cluster, tokens, stats=False):
        """Return documents by id, and the concrete tokens that the server does not know.

        Ids that are unknown are named by the server's 404; the rest is read without them.

        :arg tokens: expressions already checked, never empty
        :arg stats: read C(_stats) rather than the configuration
        """
        overhead = len(f"GET {self.path}/") + _LONGEST_TAIL
        documents, missing = {}, []
        waiting = expressions.pack(tokens, overhead)
        while waiting:
            requests = [self._request(expression, stats) for expression in waiting]
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
                    documents.update(self._further_pages(cluster, expression, stats, reply))
            waiting = again
        return documents, missing

    def fetch_existing(self, cluster, ids, stats=False):
        """Return documents by id of those ids that exist."""
        return self.fetch(cluster, ids, stats)[0] if ids else {}

    def _request(self, expression, stats, start=0):
        return Request(
            "GET",
            "{}/{}{}".format(self.path, expression, "/_stats" if stats else ""),
            {"from": start, "size": _PAGE} if self.paged else {},
            purpose="read {} {}".format(self.noun, named(expression.split(","))),
            expects="count",
        )

    def _unknown(self, tokens, error):
        unknown = [token for token in error.missing_ids() if token in tokens]
        if not unknown:
            raise error
        return unknown

    def _by_id(self, reply):
        return {document[self.id_key]: document for document in reply.get(self.key) or []}

    def _further_pages(self, cluster, expression, stats, reply):
        documents, read = {}, len(reply.get(self.key) or [])
        while self.paged and 0 < read < reply["count"]:
            page = self._by_id(cluster.send(self._request(expression, stats, start=read)))
            if not page:
                break
            documents.update(page)
            read += len(page)
        return documents


JOBS = Collection("/_ml/anomaly_detectors", "jobs", "job_id", "job")
DATAFEEDS = Collection("/_ml/datafeeds", "datafeeds", "datafeed_id", "datafeed")
ANALYTICS = Collection("/_ml/data_frame/analytics", "data_frame_analytics", "id", "data frame analytics", paged=True)
