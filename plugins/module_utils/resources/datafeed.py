# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Datafeeds: states, actions, and the job that a datafeed needs opened."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils import flush, looks, units
from ansible_collections.mlops.elastic.plugins.module_utils.actions import Action
from ansible_collections.mlops.elastic.plugins.module_utils.collection import DATAFEEDS, JOBS
from ansible_collections.mlops.elastic.plugins.module_utils.errors import BadOption, Refused
from ansible_collections.mlops.elastic.plugins.module_utils.presence import restart
from ansible_collections.mlops.elastic.plugins.module_utils.presence.datafeed import DatafeedPresence
from ansible_collections.mlops.elastic.plugins.module_utils.resource import Resource
from ansible_collections.mlops.elastic.plugins.module_utils.resources import shared_actions


def _start_query(params, insist):
    times = {name: units.as_sent(params[name]) for name in ("start", "end") if params[name] is not None}
    return dict(times, timeout=params["timeout"])


def _through(cluster, job_ids, params):
    """Return the jobs whose results reach the end that the datafeed is given: their look-back is complete."""
    end = units.datafeed_time("end", params["end"]) if params["end"] is not None else None
    if end is None:
        return set()
    configs = JOBS.fetch_existing(cluster, job_ids)
    spans = {id: flush.bucket_span_ms(config["analysis_config"]) for id, config in configs.items()}
    ends = flush.last_finalized_ends(cluster, sorted(spans))
    return {id for id in spans if (ends[id] or 0) >= end // spans[id] * spans[id]}


def _starting(cluster, ids, params):
    """Tell the present states; one that was started may have come to its end already."""
    states = looks.live_states(DATAFEEDS)(cluster, ids)
    stopped = [id for id in states if states[id] == "stopped"]
    if params["end"] is None or not stopped:
        return states
    configs = DATAFEEDS.fetch_existing(cluster, stopped)
    through = _through(cluster, sorted({config["job_id"] for config in configs.values()}), params)
    return dict(states, **{id: "through" for id in configs if configs[id]["job_id"] in through})


def _actions():
    return (
        shared_actions.await_stopped(DATAFEEDS),
        shared_actions.stop(DATAFEEDS),
        Action("await_started", **shared_actions.passing(DATAFEEDS, "starting", "started")),
        shared_actions.start(DATAFEEDS, look=_starting, done=frozenset(["started", "through"]), query=_start_query),
        shared_actions.delete(DATAFEEDS),
    )


class Datafeed(Resource):
    """C(ml_datafeed)."""

    MODULE = "ml_datafeed"
    PRESENCE = DatafeedPresence()
    SPEC = {"start": {"type": "str"}, "end": {"type": "str"}}
    COLLECTION = DATAFEEDS
    ID_OPTION = "datafeed_id"
    RESULT = "datafeeds"
    PLURAL = "datafeeds"
    MAX_ID_LENGTH = None
    ACTIONS = {action.name: action for action in _actions()}
    ENDS = ("stopped", "absent")
    ENDED_BY_FORCE = {"await_stopped": "stop"}
    WORDS = {
        "started": ("start", "started", "started, or through with its data"),
        "stopped": ("stop", "stopped", "stopped"),
        "absent": ("delete", "deleted", "absent"),
    }
    TABLE = {
        "started": {
            "stopped": ("start",),
            "starting": ("await_started",),
            "started": (),
            "stopping": ("await_stopped", "start"),
        },
        "stopped": {
            "stopped": (),
            "starting": ("stop",),
            "started": ("stop",),
            "stopping": ("await_stopped",),
        },
        "absent": {
            "stopped": ("delete",),
            "starting": ("stop", "delete"),
            "started": ("stop", "delete"),
            "stopping": ("await_stopped", "delete"),
            "missing": (),
        },
    }

    def validate(self, params):
        super().validate(params)
        times = {}
        for name in ("start", "end"):
            if params[name] is None:
                continue
            if params["state"] != "started":
                raise BadOption(
                    name,
                    params[name],
                    "it belongs to state: started, and state is {}".format(params["state"]),
                    "Remove it.",
                )
            times[name] = units.datafeed_time(name, params[name])
        start, end = times.get("start", 0), times.get("end")
        if None not in (start, end) and end <= start:
            raise BadOption("end", params["end"], f"it is not later than start {params['start']}", "Exchange them.")

    def remark(self, params):
        given = [name for name in ("start", "end") if params[name] is not None]
        return f" ({' and '.join(given)}: only for one that has to be started)" if given else ""

    def info_spec(self):
        return dict(super().info_spec(), look_back_end={"type": "bool", "default": False})

    def related(self, cluster, items, params):
        if not params["look_back_end"]:
            return {}
        running = {id: item.facts["stats"] for id, item in items.items() if item.state in restart.RUNNING}
        ends = restart.ends_of(cluster, running, "or do not ask for look_back_end")
        told = {id: {"end": None if ends.get(id) is None else units.iso(ends[id])} for id in items}
        for id in set(running) - set(ends):  # it came to its end meanwhile
            told[id]["state"] = "stopped"
        return told

    def detail(self, cluster, items, params):
        idle = [item for item in items if item.state in ("stopped", "stopping")]
        if params["state"] != "started" or not idle:
            return
        configs = looks.configs_of(DATAFEEDS, cluster, idle)
        jobs = {id: config["job_id"] for id, config in configs.items()}
        states = JOBS.fetch_existing(cluster, sorted(set(jobs.values())), stats=True)
        through = _through(cluster, sorted(states), params)
        for item in idle:
            job_id = jobs[item.id]
            item.facts["job_id"] = job_id
            item.facts["job_state"] = states[job_id]["state"] if job_id in states else "missing"
            item.facts["through"] = job_id in through

    def actions_for(self, item, params):
        actions = super().actions_for(item, params)
        if "start" not in actions:
            return actions
        if item.facts["through"]:
            return ()
        if item.facts["job_state"] not in ("opening", "opened"):
            raise Refused(
                f"datafeed {item.id} cannot be started: its job {item.facts['job_id']} is {item.facts['job_state']}; "
                "open the job first (ml_job with state: opened)"
            )
        return actions
