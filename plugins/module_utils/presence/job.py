# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Anomaly detection jobs as declared: which changes need the job closed, and what is put back afterwards."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

from ansible_collections.mlops.elastic.plugins.module_utils import looks
from ansible_collections.mlops.elastic.plugins.module_utils.actions import Action
from ansible_collections.mlops.elastic.plugins.module_utils.cluster import escaped
from ansible_collections.mlops.elastic.plugins.module_utils.collection import DATAFEEDS, JOBS
from ansible_collections.mlops.elastic.plugins.module_utils.configs.datafeed import DatafeedConfig
from ansible_collections.mlops.elastic.plugins.module_utils.configs.job import JobConfig
from ansible_collections.mlops.elastic.plugins.module_utils.configs.kind import (
    AT_NEXT_START,
    IMMUTABLE,
    IN_PLACE,
    WHILE_STOPPED,
)
from ansible_collections.mlops.elastic.plugins.module_utils.errors import Refused
from ansible_collections.mlops.elastic.plugins.module_utils.listed import CALENDARS
from ansible_collections.mlops.elastic.plugins.module_utils.presence import authorization, restart
from ansible_collections.mlops.elastic.plugins.module_utils.presence.presence import RESTART_SPEC, Presence, is_left_out
from ansible_collections.mlops.elastic.plugins.module_utils.resources import shared_actions

_OPEN = ("opening", "opened")

_FORBIDDEN = 403
"""Who may only look may still ask in check mode what would change."""


class JobPresence(Presence):
    """C(ml_job) with C(state: present)."""

    CONFIG = JobConfig()
    COLLECTION = JOBS
    RESULT = "jobs"
    PLURAL = "jobs"
    REQUIRED = ("analysis_config", "data_description")
    OPTIONS = RESTART_SPEC

    def detail(self, cluster, items, params):
        concerned = {item.id: item for item in items if self._depends_on_state(item, params)}
        stats = JOBS.fetch_existing(cluster, list(concerned), stats=True, whole=True)
        is_restarted = params["restart"] != "never"
        touched = [
            id for id in stats if self._is_immutable(concerned[id]) or (is_restarted and stats[id]["state"] in _OPEN)
        ]
        feeds = restart.feeds_by_job(cluster, touched) if touched else {}
        for id, item in concerned.items():
            item.facts["stats"] = stats.get(id) or {"state": "closed"}
            item.facts["feeds"] = feeds.get(id, [])
        self._note_what_hangs_on(cluster, [item for item in concerned.values() if self._is_immutable(item)])

    def _note_what_hangs_on(self, cluster, items):
        """Note what deleting a job takes with it besides its datafeeds: their authorization, and its calendars."""
        feeds = [(item, f"datafeed {feed.id}", feed.config) for item in items for feed in item.facts["feeds"]]
        authorization.note(cluster, feeds)
        members = _calendar_members(cluster) if items else {}
        for item in items:
            item.facts["calendars"] = [id for id, job_ids in members.items() if item.id in job_ids]

    def _depends_on_state(self, item, params):
        costs = {difference.cost for difference in item.facts["differences"]}
        return bool(costs - {IN_PLACE}) or (bool(costs) and params["restart"] == "always")

    def _is_immutable(self, item):
        return any(difference.cost == IMMUTABLE for difference in item.facts["differences"])

    def updating(self, item, params):
        state = item.facts.get("stats", {}).get("state")
        if state not in _OPEN:
            return ("update",)
        blocking, later = (self._paths(item, cost) for cost in (WHILE_STOPPED, AT_NEXT_START))
        if params["restart"] != "never":
            return self._around(item, "update")
        if blocking:
            raise Refused(
                f"job {item.id}: {', '.join(blocking)} can be changed only while the job is closed, and it is {state}. "
                "Set restart: when_required to close and reopen it, or close it first"
            )
        if later:
            item.facts["warnings"].append(
                f"job {item.id}: {', '.join(later)} takes effect when the job is opened the next time"
            )
        return ("update",)

    def _paths(self, item, cost):
        return [difference.path for difference in item.facts["differences"] if difference.cost == cost]

    def _around(self, item, *names):
        if any(feed.runs for feed in item.facts["feeds"]):
            names = ("stop_datafeed", *names, "start_datafeed")
        if any(feed.state == "stopping" for feed in item.facts["feeds"]):
            names = ("await_stopped", *names)
        return ("close_job", *names, "open_job")

    def recreating(self, item, params):
        state = item.facts["stats"]["state"]
        if state not in (*_OPEN, "closed"):
            raise Refused(f"job {item.id} is {state}; bring it to state: closed before it is created anew")
        if looks.holds_data(item.facts["stats"]) and not params["force"]:
            raise Refused(
                f"job {item.id}: {self.cost_of_recreating(item)}. Set force: true beside on_immutable_change: recreate "
                "to lose that"
            )
        if state in _OPEN and params["restart"] == "never":
            raise Refused(f"job {item.id} is {state}, and restart: never forbids to close it; close it first")
        names = ("delete", "create")
        if item.facts["feeds"]:
            names = ("delete_datafeed", *names, "create_datafeed")
        if item.facts["calendars"]:
            names = (*names, "join_calendar")
        return self._around(item, *names) if state in _OPEN else names

    def cost_of_recreating(self, item):
        counts = item.facts["stats"].get("data_counts") or {}
        size = (item.facts["stats"].get("model_size_stats") or {}).get("model_bytes", 0)
        if not looks.holds_data(item.facts["stats"]):
            return "The job holds no results"
        return (
            f"Creating it anew loses model and results: {counts.get('processed_record_count', 0)} records processed, "
            f"a model of {size} bytes, last snapshot {item.facts['config'].get('model_snapshot_id', 'none')}"
        )

    def lost(self, item, outcome):
        feeds = item.facts["feeds"] if is_left_out("_datafeed", outcome) else []
        datafeeds = {"datafeeds": [DatafeedConfig().portable(feed.config) for feed in feeds]} if feeds else {}
        return dict(super().lost(item, outcome), **datafeeds)

    def actions(self, items, params):
        def feeds_of(item):
            return item.facts.get("feeds", [])

        bodies = {feed.id: DatafeedConfig().portable(feed.config) for item in items.values() for feed in feeds_of(item)}
        before, after = restart.actions(feeds_of, lambda item: [item.id])
        of_feeds = {"noun": "", "subjects_of": lambda item: [feed.id for feed in feeds_of(item)]}
        rows = (
            replace(
                shared_actions.await_stopped(DATAFEEDS),
                subjects_of=lambda item: [feed.id for feed in feeds_of(item) if feed.state == "stopping"],
            ),
            *before,
            shared_actions.delete(DATAFEEDS, "delete_datafeed", query=lambda params, insist: {}, **of_feeds),
            replace(
                restart.JOB_ACTIONS["delete"],
                query=lambda params, insist: {"wait_for_completion": "true" if insist else "false"},
                detached=lambda params: False,
            ),
            self.create(items),
            self.put_back(items),
            self.update(items),
            Action(
                "create_datafeed",
                method="PUT",
                path=DATAFEEDS.path + "/%s",
                look=looks.existence(DATAFEEDS),
                done=frozenset(["present"]),
                body=lambda id: {name: value for name, value in bodies[id].items() if name != "datafeed_id"},
                restores="delete_datafeed",
                **of_feeds,
            ),
            self._join_calendar(items),
            *after,
        )
        return {action.name: action for action in rows}

    def _join_calendar(self, items):
        """Return the row that puts jobs back into the calendars that deleting them has taken them out of."""
        jobs = {}
        for item in items.values():
            for calendar in item.facts.get("calendars", ()):
                jobs.setdefault(calendar, []).append(item.id)

        def look(cluster, ids, params):
            members = _calendar_members(cluster)
            return {id: "joined" if set(jobs[id]) <= set(members[id]) else "left" for id in ids if id in members}

        return Action(
            "join_calendar",
            look=look,
            done=frozenset(["joined"]),
            method="PUT",
            path="/_ml/calendars/%s",
            tail=lambda id: f"/jobs/{escaped(','.join(jobs[id]))}",
            restores="delete",
            subjects_of=lambda item: item.facts.get("calendars", []),
        )

    def examine(self, cluster, planned, check_mode):
        """Validate what is declared, unless one request is all there is to send (API: validate job)."""
        anew = [
            (entry.item, *authorization.rights_of_datafeed(feed.id, feed.config))
            for entry in planned
            for feed in (entry.item.facts["feeds"] if "delete_datafeed" in entry.actions else ())
        ]
        authorization.require(cluster, anew, check_mode)
        writes = list(chain.from_iterable(entry.actions for entry in planned))
        if not check_mode and len(writes) < 2:
            return
        for item, error in self.objections(cluster, planned, "validate", given=lambda id: {"job_id": id}):
            if not check_mode or error.status != _FORBIDDEN:
                raise error
            item.facts["warnings"].append(f"job {item.id} is not validated: {error.msg}")


def _calendar_members(cluster):
    """Return the members of all calendars by id."""
    return {id: calendar.get("job_ids") or [] for id, calendar in CALENDARS.fetch(cluster, ["_all"])[0].items()}
