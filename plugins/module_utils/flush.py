# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""What flushing means: which buckets are final, how far a time reaches, and whether anything is left to do.

A bucket result that is not interim tells the last finalized bucket to whoever may read. C(advance_time) finalizes
every bucket that ends, latency included, at or before it; C(skip_time) moves on to the end of its bucket and leaves no
result.
"""

from __future__ import annotations

import time

from ansible_collections.mlops.elastic.plugins.module_utils import looks, units
from ansible_collections.mlops.elastic.plugins.module_utils.cluster import Request, escaped
from ansible_collections.mlops.elastic.plugins.module_utils.collection import JOBS
from ansible_collections.mlops.elastic.plugins.module_utils.errors import BadOption, MlError

FLUSH_SPEC = {
    "calc_interim": {"type": "bool"},
    "start": {"type": "str"},
    "end": {"type": "str"},
    "advance_time": {"type": "str"},
    "skip_time": {"type": "str"},
}

_TIMES = ("start", "end", "advance_time", "skip_time")


def validate(params):
    """Refuse flush options that the server would refuse, before anything is sent.

    :raises BadOption: another state, an unreadable time, a pair in the wrong order
    """
    given = [name for name in FLUSH_SPEC if params[name] is not None]
    if params["state"] != "flushed":
        if given:
            raise BadOption(
                given[0],
                params[given[0]],
                "it belongs to state: flushed, and state is {}".format(params["state"]),
                "Remove it, or set state: flushed.",
            )
        return
    now = _now()
    times = {name: units.flush_time(name, params[name], now) for name in _TIMES if params[name] is not None}
    for name in ("start", "end"):
        if name in times and not params["calc_interim"]:
            raise BadOption(name, params[name], "it needs calc_interim", "Set calc_interim: true, or remove it.")
    if "end" in times and "start" not in times:
        raise BadOption("end", params["end"], "start is missing", "Set start as well.")
    if "end" in times and times["end"] < times["start"]:
        raise BadOption("end", params["end"], "it is before start {}".format(params["start"]), "Exchange them.")
    if "advance_time" in times and "skip_time" in times and times["advance_time"] <= times["skip_time"]:
        raise BadOption(
            "advance_time",
            params["advance_time"],
            "it must be later than skip_time {}".format(params["skip_time"]),
            "Skip first, then advance.",
        )


def query(params, insist=False):
    """Return the parameters of C(_flush) as given."""
    sent = {name: units.as_sent(params[name]) for name in _TIMES if params[name] is not None}
    return dict(sent, calc_interim="true") if params["calc_interim"] else sent


def detail(cluster, items, params):
    """Note for each job the end of its last finalized bucket and the end that the options ask for (epoch ms)."""
    configs = looks.configs_of(JOBS, cluster, items)
    replies = cluster.send_all([_last_bucket(item.id) for item in items])
    for item, reply in zip(items, replies):
        if isinstance(reply, MlError):
            raise reply
        item.facts["finalized_end"] = bucket_end(reply)
        item.facts["target"] = _target(configs[item.id]["analysis_config"], item.facts["stats"], params)
        item.facts["interim"] = bool(params["calc_interim"])
        item.facts["skips"] = params["skip_time"] is not None


def last_finalized_ends(cluster, job_ids):
    """Return for each job the end of its last finalized bucket in epoch ms, None where there is none."""
    replies = cluster.send_all([_last_bucket(id) for id in job_ids])
    return {id: None if isinstance(reply, MlError) else bucket_end(reply) for id, reply in zip(job_ids, replies)}


def _last_bucket(job_id):
    return Request(
        "GET",
        f"{JOBS.path}/{escaped(job_id)}/results/buckets",
        {"exclude_interim": "true", "sort": "timestamp", "desc": "true", "size": 1},
        purpose=f"read the last finalized bucket of job {job_id}",
        expects="count",
    )


def bucket_end(reply):
    """Return the end in epoch ms of the newest bucket in a C(results/buckets) reply, or None."""
    buckets = reply.get("buckets") or []
    return buckets[0]["timestamp"] + buckets[0]["bucket_span"] * 1000 if buckets else None


def bucket_span_ms(analysis_config):
    return units.duration_ms(analysis_config["bucket_span"])


def _target(analysis, stats, params):
    span = bucket_span_ms(analysis)
    latency = units.duration_ms(analysis["latency"]) if analysis.get("latency") else 0
    latest = (stats.get("data_counts") or {}).get("latest_record_timestamp")
    if params["advance_time"] is not None:
        if latest is None:
            return None
        return (units.flush_time("advance_time", params["advance_time"], _now()) - latency) // span * span
    if params["skip_time"] is not None:
        return -(-units.flush_time("skip_time", params["skip_time"], _now()) // span) * span
    return None if latest is None else (latest - latency) // span * span


def actions_for(item):
    """Return what an opened job needs: nothing where the target is final and no interim results are asked for."""
    facts = item.facts
    reached = facts["target"] is None or (facts["finalized_end"] or 0) >= facts["target"]
    if reached and not facts["interim"]:
        return ()
    return ("flush_buffered", "flush") if facts["skips"] else ("flush",)


def unneeded(item, extras):
    """Tell whether the first flush showed that a skip is already behind the job: bucket results do not show skips."""
    return item.facts["skips"] and not item.facts["interim"] and extras.get("buffered_end", 0) >= item.facts["target"]


def moved(item, extras):
    """Tell whether a flush changed anything: interim results were asked for, or the final end moved.

    An end beyond what was asked for was there before: a skip to it has left no bucket.
    """
    before = max(item.facts["finalized_end"] or 0, extras.get("buffered_end", 0))
    return item.facts["interim"] or before < extras.get("last_finalized_bucket_end", 0) <= item.facts["target"]


def end_in(key):
    """Return what keeps a flush reply's C(last_finalized_bucket_end) under this key."""

    def extras(reply):
        end = reply.get("last_finalized_bucket_end")
        return {} if end is None else {key: end}

    return extras


def _now():
    return int(time.time() * 1000)
