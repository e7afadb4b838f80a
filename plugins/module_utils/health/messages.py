# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Reading what a server has noted about jobs in C(.ml-notifications*): the only HTTP of health."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils import units
from ansible_collections.mlops.elastic.plugins.module_utils.cluster import Request
from ansible_collections.mlops.elastic.plugins.module_utils.errors import MlError, ServerError
from ansible_collections.mlops.elastic.plugins.module_utils.health.findings import NOTED_AS_INFO, Note

INDICES = ".ml-notifications*"
MOST = 10000
"""Messages of one search at most (C(index.max_result_window))."""

_MOST_IDS = 65536
"""Ids that a query may list (C(index.max_terms_count))."""

_JOB_TYPES = ("anomaly_detector", "data_frame_analytics", "inference", "system")
_UNAUTHENTICATED = 401


class Notebook:
    """What the server has noted about jobs of one type; C(warnings) say what could not be read."""

    def __init__(self, cluster, job_type):
        self._cluster = cluster
        self._others = [other for other in _JOB_TYPES if other != job_type]
        self.warnings = []

    def read(self, ids, seconds=None):
        """Return notes by job id, newest first, in one search; nothing where they may not be read.

        :arg seconds: how old they may be; None for any age, and then they don't count as recent
        """
        try:
            reply = self._cluster.send(self._search(ids, seconds))
            if not reply["_shards"]["total"]:
                self._ask_why_there_is_none()
        except MlError as error:
            if error.status in (None, _UNAUTHENTICATED):
                raise
            self._warn(error.reason)
            return {}
        hits = reply["hits"]["hits"]
        if len(hits) == MOST:
            self.warnings.append(
                f"the server has noted more than {MOST} messages about these jobs, of which the latest were read; "
                "shorten messages_since, or name fewer jobs"
            )
        return self._by_id(hits, set(ids), seconds is not None)

    def _search(self, ids, seconds):
        telling = [{"terms": {"level": ["error", "warning"]}}]
        telling += [{"prefix": {"message.raw": beginning}} for beginning in NOTED_AS_INFO]
        filters = [{"bool": {"should": telling}}]
        if len(ids) <= _MOST_IDS:
            filters.append({"terms": {"job_id": sorted(ids)}})
        if seconds is not None:
            filters.append({"range": {"timestamp": {"gte": f"now-{seconds}s"}}})
        return Request(
            "POST",
            f"/{INDICES}/_search",
            {"ignore_unavailable": "true"},
            purpose="read the server's messages about these jobs",
            expects="hits",
            reads=True,
            body={
                "size": MOST,
                "sort": [{"timestamp": {"order": "desc", "unmapped_type": "date"}}],
                "_source": ["job_id", "level", "message", "timestamp"],
                "query": {
                    "bool": {
                        "filter": filters,
                        "must_not": [{"terms": {"job_type": self._others}}, {"term": {"cleared": True}}],
                    }
                },
            },
        )

    def _ask_why_there_is_none(self):
        """An index that may not be seen is left out without a word (API: has privileges)."""
        if not self._cluster.names_itself:
            return
        question = Request(
            "POST",
            "/_security/user/_has_privileges",
            purpose="ask whether the server's messages may be read",
            body={"index": [{"names": [INDICES], "privileges": ["read"]}]},
            reads=True,
        )
        try:
            granted = self._cluster.send(question).get("has_all_requested", True)
        except ServerError:  # there is no such API
            return
        if not granted:
            self._warn(f"the user may not read {INDICES}")

    def _warn(self, reason):
        self.warnings.append(
            f"the server's messages about these jobs could not be read: {reason}. Problems of the kinds delayed_data "
            "and audit_error can't be seen, and of the others some have no since; give the user a role with the index "
            f"privilege read on {INDICES} (built in: machine_learning_user)"
        )

    def _by_id(self, hits, ids, recent):
        notes = {}
        for source in (hit["_source"] for hit in hits):
            if source["job_id"] in ids:
                time = units.event_time("timestamp", source["timestamp"])
                note = Note(time, source["level"], source["message"], recent)
                notes.setdefault(source["job_id"], []).append(note)
        return notes
