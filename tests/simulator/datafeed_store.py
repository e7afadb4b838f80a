# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The datafeeds of a cluster, found by their id or by the job they feed."""


class Datafeeds(dict):
    """Datafeeds by id. A job has one datafeed at most, so there is an index by job as well."""

    def __init__(self):
        super().__init__()
        self._by_job = {}

    def __setitem__(self, datafeed_id: str, datafeed) -> None:
        super().__setitem__(datafeed_id, datafeed)
        self._by_job[datafeed.job_id] = datafeed

    def __delitem__(self, datafeed_id: str) -> None:
        del self._by_job[self[datafeed_id].job_id]
        super().__delitem__(datafeed_id)

    def pop(self, datafeed_id: str, default=None):
        datafeed = self.get(datafeed_id, default)
        if datafeed_id in self:
            del self[datafeed_id]
        return datafeed

    def of_job(self, job_id: str):
        """The datafeed of a job, or None."""
        return self._by_job.get(job_id)
