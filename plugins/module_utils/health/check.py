# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Health: what is wrong with what an information module has described."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from ansible_collections.mlops.elastic.plugins.module_utils import units
from ansible_collections.mlops.elastic.plugins.module_utils.collection import JOBS
from ansible_collections.mlops.elastic.plugins.module_utils.errors import BadOption
from ansible_collections.mlops.elastic.plugins.module_utils.health import analytics, datafeeds, interrupted, jobs
from ansible_collections.mlops.elastic.plugins.module_utils.health.messages import Notebook


@dataclass(frozen=True)
class Subject:
    """What is judged: the job whose messages count, and a function from these to its problems."""

    job_id: str
    problems: object


class Health:
    """Base of what a resource's health is made of."""

    SPEC = {"health": {"type": "bool", "default": False}, "messages_since": {"type": "str", "default": "1d"}}
    JOB_TYPE = "anomaly_detector"

    def validate(self, params):
        """Refuse what is no duration, before anything is sent.

        :raises BadOption:
        """
        if _seconds(params) < 1:
            raise BadOption("messages_since", params["messages_since"], "it is below a second", "Write 1h, 1d, 7d.")

    def check(self, params, cluster, described):
        """Return (problems, warnings) of what was described; none of its requests depends on how many that are.

        Messages older than C(messages_since) are read, in a second search, only for what began before.
        """
        subjects = self.subjects(params, cluster, described)
        if not subjects:
            return [], []
        notebook = Notebook(cluster, self.JOB_TYPE)
        notes = notebook.read({subject.job_id for subject in subjects}, _seconds(params))
        found = {subject: subject.problems(notes.get(subject.job_id, [])) for subject in subjects}
        undated = [subject for subject in subjects if any(one["since"] is None for one in found[subject])]
        if undated and not notebook.warnings:
            older = notebook.read({subject.job_id for subject in undated})
            for subject in undated:
                recent = notes.get(subject.job_id, [])
                earlier = [note for note in older.get(subject.job_id, []) if replace(note, recent=True) not in recent]
                found[subject] = subject.problems(recent + earlier)
        return [problem for subject in subjects for problem in found[subject]], notebook.warnings

    def subjects(self, params, cluster, described):
        raise NotImplementedError


class JobHealth(Health):
    """A job and its datafeed."""

    SPEC = dict(Health.SPEC, stale_after={"type": "str"})

    def validate(self, params):
        super().validate(params)
        if params["stale_after"] is None:
            return
        units.duration("stale_after", params["stale_after"])
        if not params["health"]:
            raise BadOption("stale_after", params["stale_after"], "it belongs to health: true", "Set that as well.")

    def check(self, params, cluster, described):
        problems, warnings = super().check(params, cluster, described)
        told = interrupted.tell(cluster, described, self.JOB_TYPE)
        return problems, warnings + [warning for warning in told if warning not in warnings]

    def subjects(self, params, cluster, described):
        now = round(time.time() * 1000)
        stale_after = params["stale_after"] and units.duration_ms(params["stale_after"])

        def judged(job):
            def problems(notes):
                feed, own = job.get("datafeed"), jobs.problems(job, notes, now, stale_after)
                return own + (datafeeds.problems(feed, job["job_id"], job["state"], notes) if feed else [])

            return Subject(job["job_id"], problems)

        return [judged(job) for job in described]


class DatafeedHealth(Health):
    """A datafeed alone, in the light of its job's state."""

    def subjects(self, params, cluster, described):
        states = JOBS.fetch_existing(cluster, sorted({feed["config"]["job_id"] for feed in described}), stats=True)

        def judged(feed, job_id):
            state = states[job_id]["state"] if job_id in states else "missing"
            return Subject(job_id, lambda notes: datafeeds.problems(feed, job_id, state, notes))

        return [judged(feed, feed["config"]["job_id"]) for feed in described]


class AnalyticsHealth(Health):
    """A data frame analytics job."""

    JOB_TYPE = "data_frame_analytics"

    def subjects(self, params, cluster, described):
        return [Subject(job["id"], lambda notes, job=job: analytics.problems(job, notes)) for job in described]


def _seconds(params):
    return int(units.duration("messages_since", params["messages_since"]))
