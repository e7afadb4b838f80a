# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Declared datafeeds and their jobs: a datafeed needs its job, a job has one datafeed."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils import collection
from ansible_collections.mlops.elastic.plugins.module_utils.bundle_kinds import DATAFEEDS, JOBS
from ansible_collections.mlops.elastic.plugins.module_utils.errors import Refused


def check(cluster, present, absent):
    """Return the ids of pruned datafeeds that have to go before those of their jobs can be created.

    :arg present: Plan by kind, of what is declared
    :arg absent: Plan by kind, of what is pruned
    :raises Refused: a declared datafeed would lose its job, has none, or the job has another one
    """
    feeds, jobs = _items(present, DATAFEEDS), _items(present, JOBS)
    wanted = {id: _job_of(item) for id, item in feeds.items()}
    _check_jobs_stay(wanted, _items(absent, JOBS))
    new = {id: wanted[id] for id, item in feeds.items() if item.facts.get("config", {}).get("job_id") != wanted[id]}
    undeclared = _undeclared_jobs(cluster, new, jobs)
    claims = {job: id for id, job in new.items() if job in undeclared or jobs[job].state == "present"}
    if not claims:
        return set()
    there = {id: config["job_id"] for id, config in collection.DATAFEEDS.fetch(cluster, ["_all"])[0].items()}
    rivals = {id: claims[job] for id, job in there.items() if job in claims and wanted.get(id, job) == job}
    _check_rivals(rivals, wanted, _items(absent, DATAFEEDS))
    return set(rivals)


def _items(plans, kind):
    return {entry.item.id: entry.item for entry in plans[kind].items} if kind in plans else {}


def _job_of(item):
    return item.facts["declared"].get("job_id") or item.facts["config"]["job_id"]


def _check_jobs_stay(wanted, pruned):
    for id, job in wanted.items():
        if job in pruned:
            raise Refused(
                f"datafeeds[{id}] is declared, and its job {job} is pruned, which would remove it as well; declare the "
                "job, or leave out the datafeed"
            )


def _undeclared_jobs(cluster, new, declared):
    """Return the ids of the jobs of datafeeds new to them that exist and are not declared.

    :raises Refused: one does not exist
    """
    wanted = sorted({job for job in new.values() if job not in declared})
    found = collection.JOBS.fetch_existing(cluster, wanted)
    for id, job in new.items():
        if job in wanted and job not in found:
            raise Refused(f"datafeeds[{id}]: its job {job} neither exists nor is declared; declare it under jobs")
    return found


def _check_rivals(rivals, wanted, pruned):
    for id, claimant in rivals.items():
        if id not in pruned:
            raise Refused(
                f"datafeeds[{claimant}]: its job {wanted[claimant]} has the datafeed {id} already; declare "
                f"that one, or prune it (prune: {{datafeeds: {id}}})"
            )
