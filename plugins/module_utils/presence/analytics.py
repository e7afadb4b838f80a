# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Data frame analytics jobs as declared: what needs them stopped, what only a new one can have."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.mlops.elastic.plugins.module_utils.actions import named
from ansible_collections.mlops.elastic.plugins.module_utils.cluster import dotted
from ansible_collections.mlops.elastic.plugins.module_utils.collection import ANALYTICS
from ansible_collections.mlops.elastic.plugins.module_utils.configs.analytics import AnalyticsConfig
from ansible_collections.mlops.elastic.plugins.module_utils.configs.kind import IMMUTABLE, IN_PLACE
from ansible_collections.mlops.elastic.plugins.module_utils.errors import Refused
from ansible_collections.mlops.elastic.plugins.module_utils.presence import authorization
from ansible_collections.mlops.elastic.plugins.module_utils.presence.presence import RESTART_SPEC, Presence
from ansible_collections.mlops.elastic.plugins.module_utils.resources import analytics_actions, shared_actions

_UPDATE = (7, 7)
_START = next(action for action in analytics_actions.actions() if action.name == "start")


class AnalyticsPresence(Presence):
    """C(ml_analytics) with C(state: present)."""

    CONFIG = AnalyticsConfig()
    COLLECTION = ANALYTICS
    RESULT = "data_frame_analytics"
    PLURAL = "data frame analytics"
    REQUIRED = ("source", "dest", "analysis")
    OPTIONS = RESTART_SPEC

    def detail(self, cluster, items, params):
        existing = {item.id: item for item in items if item.state == "present"}
        stats = ANALYTICS.fetch_existing(cluster, list(existing), stats=True)
        for id, item in existing.items():
            item.facts["stats"] = stats.get(id) or {"state": "stopped"}
        self._check_that_updates_are_known(cluster, existing.values())
        authorization.note(
            cluster, [(item, f"{ANALYTICS.noun} {id}", item.facts["config"]) for id, item in existing.items()]
        )

    def _check_that_updates_are_known(self, cluster, items):
        """Refuse to stop what runs for a request that the server does not have."""
        updated = [item for item in items if not any(d.cost == IMMUTABLE for d in item.facts["differences"])]
        running = [item.id for item in updated if item.facts["stats"]["state"] != "stopped"]
        version = cluster.version() if running else None
        if version and version < _UPDATE:
            raise Refused(
                f"data frame analytics {named(running)} cannot be updated: that needs Elasticsearch "
                f"{dotted(_UPDATE)} or later, and this server is {dotted(version)}",
                type="unsupported_version",
            )

    def updating(self, item, params):
        blocking = [difference.path for difference in item.facts["differences"] if difference.cost != IN_PLACE]
        if not blocking and params["restart"] != "always":
            return ("update",)
        return self._around(item, params, f"{', '.join(blocking) or 'it'} can be changed", "update")

    def recreating(self, item, params):
        if self._holds_results(item) and not params["force"]:
            raise Refused(
                f"data frame analytics {item.id}: {self.cost_of_recreating(item)}. Set force: true beside "
                "on_immutable_change: recreate to lose that"
            )
        names = self._around(item, params, "it can be created anew", "delete", "create")
        item.facts["warnings"].append(
            f"data frame analytics {item.id} is left stopped: it starts only where its destination index is empty, and "
            "that stays as it is"
        )
        return tuple(name for name in names if name != "start")

    def _around(self, item, params, doing, *names):
        state = item.facts["stats"]["state"]
        if state == "stopped":
            return names
        if state == "failed":
            raise Refused(
                f"data frame analytics {item.id} is failed, and {doing} only while it is stopped; stop it first with "
                "state: stopped, force: true"
            )
        if params["restart"] == "never":
            raise Refused(
                f"data frame analytics {item.id}: {doing} only while it is stopped, and it is {state}. Set restart: "
                "when_required to stop and start it again, or stop it first"
            )
        return ("await_stopped", *names) if state == "stopping" else ("stop", *names, "start")

    def _holds_results(self, item):
        return any(phase["progress_percent"] for phase in item.facts["stats"].get("progress") or [])

    def cost_of_recreating(self, item):
        if not self._holds_results(item):
            return "It has not analysed anything yet"
        return "Creating it anew loses its progress, and leaves its results in the destination index"

    def actions(self, items, params):
        rows = (
            shared_actions.await_stopped(ANALYTICS),
            replace(
                shared_actions.stop(ANALYTICS),
                query=shared_actions.timeout_query,
                settled=lambda reply, params: True,
            ),
            shared_actions.delete(ANALYTICS, query=lambda params, insist: {}),
            self.create(items),
            self.put_back(items),
            self.update(items),
            replace(_START, restores="stop"),
            replace(_START, name="start_again", restores="stop", instead_of="delete"),
        )
        return {action.name: action for action in rows}

    def examine(self, cluster, planned, check_mode):
        """Explain in check mode what is declared; what the server says against it is a warning (API: explain)."""
        anew = [
            (entry.item, *authorization.rights_of_analytics(entry.item.id, entry.item.facts["body"]))
            for entry in planned
            if "delete" in entry.actions
        ]
        authorization.require(cluster, anew, check_mode)
        if not check_mode:
            return
        for item, error in self.objections(cluster, planned, "explain"):
            item.facts["warnings"].append(error.msg)
