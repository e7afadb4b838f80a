# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""The API calls on data frame analytics jobs, and how the end of each is recognised."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils.actions import Action
from ansible_collections.mlops.elastic.plugins.module_utils.collection import ANALYTICS
from ansible_collections.mlops.elastic.plugins.module_utils.resources import shared_actions

RUNNING = ("starting", "started", "reindexing", "analyzing")


def _progress(stats):
    return [phase["progress_percent"] for phase in stats.get("progress") or []]


def is_finished(stats):
    """Tell whether an analysis ran to its end: stopped, and every phase at 100 percent (contract 4)."""
    percents = _progress(stats)
    return stats["state"] == "stopped" and bool(percents) and min(percents) == 100


def _progressing(cluster, ids, params):
    """Tell the present states; one that was started may have run to its end already."""
    stats = ANALYTICS.fetch_existing(cluster, ids, stats=True)
    return {id: "finished" if is_finished(stats[id]) else stats[id]["state"] for id in stats}


def _ends(cluster, ids, params):
    """Tell how analyses that were started go on.

    7.3 reports no progress of a stopped one, and then stopped is the end.
    """
    stats = ANALYTICS.fetch_existing(cluster, ids, stats=True)
    ended = {
        id for id in stats if is_finished(stats[id]) or (stats[id]["state"] == "stopped" and not _progress(stats[id]))
    }
    return {id: "finished" if id in ended else stats[id]["state"] for id in stats}


def actions():
    """Return the actions in the order in which steps are carried out."""
    return (
        shared_actions.await_stopped(ANALYTICS),
        shared_actions.stop(ANALYTICS),
        shared_actions.start(
            ANALYTICS, look=_progressing, done=frozenset(["started", "reindexing", "analyzing", "finished"])
        ),
        Action(
            "await_finished",
            look=_ends,
            done=frozenset(["finished"]),
            going=frozenset(RUNNING),
            noun=ANALYTICS.noun,
        ),
        shared_actions.delete(ANALYTICS, query=lambda params, insist: {}),
    )
