# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Anomaly detection jobs: states, actions, and what a job's datafeed adds to them."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils import flush, looks
from ansible_collections.mlops.elastic.plugins.module_utils.collection import JOBS
from ansible_collections.mlops.elastic.plugins.module_utils.errors import BadOption, Refused
from ansible_collections.mlops.elastic.plugins.module_utils.plan import Item
from ansible_collections.mlops.elastic.plugins.module_utils.presence.job import JobPresence
from ansible_collections.mlops.elastic.plugins.module_utils.resource import FORCE, Resource
from ansible_collections.mlops.elastic.plugins.module_utils.resources import job_actions

_CLOSE_STOPS_DATAFEED = (7, 14)
_DELETE_REMOVES_DATAFEED = (7, 15)
_RESET = (7, 14)
_DELETE_USER_ANNOTATIONS = (8, 7)

_BEING_DELETED = "it is being deleted; wait for that with state: absent"
_NOT_OPEN = "only an opened job can be flushed, and it is %s; open it first with state: opened"


class Job(Resource):
    """C(ml_job)."""

    MODULE = "ml_job"
    PRESENCE = JobPresence()
    SPEC = dict(
        flush.FLUSH_SPEC,
        wait_for_completion={"type": "bool", "default": True},
        delete_user_annotations={"type": "bool", "default": False},
    )
    TIMEOUT = "30m"
    COLLECTION = JOBS
    ID_OPTION = "job_id"
    RESULT = "jobs"
    PLURAL = "jobs"
    ACTIONS = {action.name: action for action in job_actions.actions()}
    ENDS = ("closed", "reset", "absent")
    ENDED_BY_FORCE = {"await_closed": "close"}
    UNDER_WAY = ("deleting", "resetting")
    WORDS = {
        "opened": ("open", "opened", "opened"),
        "closed": ("close", "closed", "closed"),
        "flushed": ("flush", "flushed", "flushed that far"),
        "reset": ("reset", "reset", "without data"),
        "absent": ("delete", "deleted", "absent"),
    }
    TABLE = {
        "opened": {
            "closed": ("open",),
            "opening": ("await_opened",),
            "opened": (),
            "closing": ("await_closed", "open"),
            "failed": (FORCE, "close", "open"),
            "deleting": _BEING_DELETED,
        },
        "closed": {
            "closed": (),
            "opening": ("close",),
            "opened": ("close",),
            "closing": ("await_closed",),
            "failed": (FORCE, "close"),
            "deleting": _BEING_DELETED,
        },
        "flushed": {
            "closed": _NOT_OPEN % "closed",
            "opening": ("await_opened", "flush"),
            "opened": ("flush",),
            "closing": _NOT_OPEN % "closing",
            "failed": _NOT_OPEN % "failed",
            "deleting": _BEING_DELETED,
        },
        "reset": {
            "closed": ("reset",),
            "opening": ("close", "reset"),
            "opened": ("close", "reset"),
            "closing": ("await_closed", "reset"),
            "failed": (FORCE, "close", "reset"),
            "deleting": _BEING_DELETED,
        },
        "absent": {
            "closed": ("delete",),
            "opening": ("close", "delete"),
            "opened": ("close", "delete"),
            "closing": ("await_closed", "delete"),
            "failed": (FORCE, "delete"),
            "deleting": ("await_deleted",),
            "missing": (),
        },
    }
    _AFTER = {"flushed": "opened", "reset": "closed"}

    def validate(self, params):
        super().validate(params)
        flush.validate(params)
        if params["delete_user_annotations"] and params["state"] not in ("absent", "reset"):
            raise BadOption(
                "delete_user_annotations",
                True,
                "it belongs to state: absent and state: reset, and state is {}".format(params["state"]),
                "Remove it.",
            )

    def features(self, params):
        needed = [("state: reset", _RESET)] if params["state"] == "reset" else []
        if params["delete_user_annotations"]:
            needed.append(("delete_user_annotations", _DELETE_USER_ANNOTATIONS))
        return needed

    def observe(self, cluster, tokens, params):
        if params["state"] == "absent":
            configs, missing = JOBS.fetch(cluster, tokens)
        else:
            items, unknown = super().observe(cluster, tokens, params)
            configs, missing = JOBS.fetch(cluster, unknown) if unknown else ({}, [])
            items.update((id, Item(id, "deleting")) for id in configs)
            return items, missing
        alive = [id for id in configs if looks.block_of(configs[id]) != "deleting"]
        stats = JOBS.fetch_existing(cluster, alive, stats=True)
        return {
            id: Item(id, stats[id]["state"] if id in stats else "deleting", {"stats": stats.get(id)}) for id in configs
        }, missing

    def names(self, cluster, items):
        configs = {id: item.facts["config"] for id, item in items.items() if "config" in item.facts}
        configs.update(JOBS.fetch_existing(cluster, [id for id in items if id not in configs]))
        return {id: {id}.union(configs.get(id, {}).get("groups") or []) for id in items}

    def related(self, cluster, items, params):
        datafeeds = looks.datafeed_documents(cluster, items)
        ages = {id: item.facts["config"].get("create_time") for id, item in items.items()}
        return {
            id: {
                **({"create_time": ages[id]} if ages[id] is not None else {}),
                **({"datafeed": datafeeds[id]} if id in datafeeds else {}),
            }
            for id in items
        }

    def detail(self, cluster, items, params):
        state = params["state"]
        if state == "flushed":
            flush.detail(cluster, [item for item in items if item.state in ("opening", "opened")], params)
        if state in ("opened", "reset"):
            blocks = looks.job_blocks(cluster, [item.id for item in items])
            for item in items:
                item.facts["block"] = blocks.get(item.id, "free")
        if state in ("closed", "reset", "absent"):
            self._note_datafeeds(cluster, items, closed_too=state == "absent")

    def _note_datafeeds(self, cluster, items, closed_too):
        concerned = {
            item.id: item
            for item in items
            if item.state in ("opening", "opened", "closing", "failed") or (closed_too and item.state == "closed")
        }
        found = looks.datafeeds_of(cluster, concerned) if concerned else {}
        for id, datafeeds in found.items():
            concerned[id].facts["datafeeds"] = datafeeds
            concerned[id].facts["version"] = cluster.version()

    def is_settled(self, item, params):
        if params["state"] == "reset" and item.state == "closed":
            return not looks.holds_data(item.facts["stats"])
        return super().is_settled(item, params)

    def actions_for(self, item, params):
        actions = super().actions_for(item, params)
        block = item.facts.get("block", "free")
        if block == "deleting":
            raise Refused(f"job {item.id}: {_BEING_DELETED}")
        if block == "resetting" and params["state"] == "reset":
            return ("await_unblocked",)
        if block != "free":
            actions = ("await_unblocked", *actions)
        if "flush" in actions:
            return actions[:-1] + flush.actions_for(item)
        return self._with_datafeeds(item, actions)

    def _with_datafeeds(self, item, actions):
        version = item.facts.get("version") or (0, 0)
        if job_actions.running(item) and version < _CLOSE_STOPS_DATAFEED:
            actions = ("stop_datafeed", *actions)
        if "delete" in actions and job_actions.datafeeds(item) and version < _DELETE_REMOVES_DATAFEED:
            actions += ("delete_datafeed",)
        return actions

    def state_after(self, item, actions, params):
        state = super().state_after(item, actions, params)
        return self._AFTER.get(state, state)

    def result_of(self, planned, outcome):
        extras, result = outcome.extras, {}
        if job_actions.running(planned.item) and {"stop_datafeed", "close", "delete"}.intersection(outcome.actions):
            result["datafeeds_stopped"] = job_actions.running(planned.item)
        if job_actions.datafeeds(planned.item) and "delete" in outcome.actions:
            result["datafeeds_deleted"] = job_actions.datafeeds(planned.item)
        if "finalized_end" in planned.item.facts:
            ends = (extras.get("last_finalized_bucket_end"), extras.get("buffered_end"))
            result["last_finalized_bucket_end"] = next(
                (end for end in ends if end is not None), planned.item.facts["finalized_end"]
            )
        if "task" in extras:
            result["task"] = extras["task"]
        return result
