# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal of requests that tests read."""

import re

READING_VERBS = ("_validate", "_explain", "_preview", "_count", "_search", "_estimate_model_memory", "_has_privileges")
LISTS = re.compile(r"(/_xpack)?/_?ml/(calendars|anomaly_detectors/[^/]+/model_snapshots)(/[^/]*)?")


def is_writing(method: str, path: str) -> bool:
    """Whether a request can change the cluster: all but GET, HEAD, and POSTs that only look."""
    if method in ("GET", "HEAD", "OPTIONS"):
        return False
    segments = [segment for segment in path.split("/") if segment]
    looks = "results" in segments or any(segment in READING_VERBS for segment in segments)
    return method != "POST" or not (looks or LISTS.fullmatch(path))


class Journal:
    """The requests in the order in which they came."""

    def __init__(self):
        self.entries: list[dict] = []

    def add(self, *, method: str, path: str, query: str, body: str, opaque_id: str | None) -> dict:
        """Note a request; the caller fills in `user`, and `status` once there is an answer."""
        entry = {
            "n": len(self.entries) + 1,
            "method": method,
            "path": path,
            "query": query,
            "status": None,
            "user": None,
            "opaque_id": opaque_id,
            "body": body,
            "writing": is_writing(method, path),
        }
        self.entries.append(entry)
        return entry
