# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Datafeeds as declared: a change needs the datafeed stopped, and it is started again as it was."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils.collection import DATAFEEDS
from ansible_collections.mlops.elastic.plugins.module_utils.configs.datafeed import DatafeedConfig
from ansible_collections.mlops.elastic.plugins.module_utils.errors import Refused
from ansible_collections.mlops.elastic.plugins.module_utils.presence import authorization, restart
from ansible_collections.mlops.elastic.plugins.module_utils.presence.presence import RESTART_SPEC, Presence
from ansible_collections.mlops.elastic.plugins.module_utils.resources import shared_actions


class DatafeedPresence(Presence):
    """C(ml_datafeed) with C(state: present)."""

    CONFIG = DatafeedConfig()
    COLLECTION = DATAFEEDS
    RESULT = "datafeeds"
    PLURAL = "datafeeds"
    REQUIRED = ("job_id", "indices")
    OPTIONS = RESTART_SPEC

    def detail(self, cluster, items, params):
        existing = {item.id: item for item in items if item.state == "present"}
        jobs = {item.facts["config"]["job_id"] for item in existing.values()}
        feeds = restart.feeds_by_job(cluster, jobs) if jobs else {}
        for feed in (feed for found in feeds.values() for feed in found if feed.id in existing):
            existing[feed.id].facts["feed"] = feed
        authorization.note(
            cluster, [(item, f"{DATAFEEDS.noun} {id}", item.facts["config"]) for id, item in existing.items()]
        )

    def examine(self, cluster, planned, check_mode):
        anew = [
            (entry.item, *authorization.rights_of_datafeed(entry.item.id, entry.item.facts["body"]))
            for entry in planned
            if "delete" in entry.actions
        ]
        authorization.require(cluster, anew, check_mode)

    def updating(self, item, params):
        return self._around(item, params, "update")

    def recreating(self, item, params):
        return self._around(item, params, "delete", "create")

    def cost_of_recreating(self, item):
        return "Creating it anew loses its statistics alone"

    def _around(self, item, params, *names):
        feed = item.facts.get("feed")
        if not feed or feed.state == "stopped":
            return names
        if params["restart"] == "never":
            raise Refused(
                f"datafeed {item.id} can be changed only while it is stopped, and it is {feed.state}. Set restart: "
                "when_required to stop and start it again, or stop it first"
            )
        if feed.state == "stopping":
            return ("await_stopped", *names)
        names = ("stop_datafeed", *names, "start_datafeed")
        return ("close_job", *names, "open_job") if feed.end is not None else names

    def actions(self, items, params):
        def feeds_of(item):
            return [item.facts["feed"]] if "feed" in item.facts else []

        def job_of(item):
            """The server closes the job of a look-back that is stopped, so that it must be opened again."""
            return [feed.config["job_id"] for feed in feeds_of(item) if feed.end is not None]

        before, after = restart.actions(feeds_of, job_of)
        rows = (
            shared_actions.await_stopped(DATAFEEDS),
            *before,
            shared_actions.delete(DATAFEEDS, query=lambda params, insist: {}),
            self.create(items),
            self.put_back(items),
            self.update(items),
            *after,
        )
        return {action.name: action for action in rows}
