# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: recovery_plan
short_description: Tell what has failed, why, and how to recover it
version_added: 1.0.0
author:
  - mlops.elastic contributors (@mlops-elastic)
description:
  - Takes what M(mlops.elastic.ml_job_info) and M(mlops.elastic.ml_analytics_info) returned with C(health=true) and
    gives an entry for each job that has failed.
options:
  _input:
    description: The results. One that was skipped counts for nothing.
    type: list
    elements: dict
    required: true
  restart_datafeeds:
    description: Whether datafeeds that the failure interrupted are started again.
    type: bool
    default: true
seealso:
  - plugin: mlops.elastic.recovery_progress
    plugin_type: filter
  - plugin: mlops.elastic.recover_failed
    plugin_type: role
"""

EXAMPLES = r"""
- name: Read all jobs
  mlops.elastic.ml_job_info:
    health: true
  register: all

- name: Show why some have failed
  ansible.builtin.debug:
    msg: "{{ [all] | mlops.elastic.recovery_plan | items2dict(key_name='id', value_name='why') }}"
"""

RETURN = r"""
_value:
  description:
    - A dictionary for each failed job with C(id), C(resource) (V(job) or V(data_frame_analytics)), C(state), C(since),
      C(why), C(messages), C(datafeed) (null, or C(datafeed_id), C(state), C(restart), C(end), C(end_known)), C(actions)
      (what recovering it takes), C(attempts) (V(0)), C(recovered) (V(false)) and C(error) (empty).
  type: list
  elements: dict
"""

from ansible_collections.mlops.elastic.plugins.module_utils.health import findings

_NO_REASON = "the server gives no reason; its log may"


class FilterModule:
    def filters(self):
        return {"recovery_plan": recovery_plan}


def recovery_plan(results, restart_datafeeds=True):
    """Return an entry for each failed job, see DOCUMENTATION."""
    entries = []
    for result in results:
        problems = {one["id"]: one for one in result.get("problems") or [] if one["kind"] == "failed"}
        jobs, analytics = result.get("jobs") or [], result.get("data_frame_analytics") or []
        entries += [_of_job(job, problems, restart_datafeeds) for job in jobs if job["state"] == "failed"]
        entries += [_of_analytics(job, problems) for job in analytics if job["state"] == "failed"]
    return entries


def _of_job(job, problems, restart_datafeeds):
    feed = _datafeed(job["datafeed"], restart_datafeeds) if "datafeed" in job else None
    stops = ["stop_datafeed"] if feed and feed["state"] != "stopped" else []
    starts = ["start_datafeed"] if feed and feed["restart"] else []
    entry = _entry(job["job_id"], "job", job["stats"], problems, [*stops, "close", "open", *starts])
    return dict(entry, datafeed=feed)


def _datafeed(feed, restart_datafeeds):
    how = feed.get("interrupted") or {"ran": False, "end": None, "end_known": True}
    return {
        "datafeed_id": feed["datafeed_id"],
        "state": feed["state"],
        "restart": restart_datafeeds and how["ran"],
        "end": how["end"],
        "end_known": how["end_known"],
    }


def _of_analytics(job, problems):
    return dict(_entry(job["id"], "data_frame_analytics", job["stats"], problems, ["stop", "start"]), datafeed=None)


def _entry(id, resource, stats, problems, actions):
    problem = problems.get(id) or {"since": None, "messages": []}
    return {
        "id": id,
        "resource": resource,
        "state": "failed",
        "since": problem["since"],
        "why": _why(stats, problem),
        "messages": problem["messages"],
        "actions": actions,
        "attempts": 0,
        "recovered": False,
        "error": "",
    }


def _why(stats, problem):
    """Return what the statistics say, or the message by which it failed, or the last one that tells of trouble."""
    dated = [text for text in problem["messages"] if problem["since"] and text.startswith(problem["since"])]
    noted = [text.partition(" ")[2] for text in dated + problem["messages"]]
    telling = [text for text in noted if not text.startswith(findings.NOTED_AS_INFO)]
    said = (stats.get("failure_reason"), stats.get("assignment_explanation"), *telling, _NO_REASON)
    return next(text for text in said if text)
