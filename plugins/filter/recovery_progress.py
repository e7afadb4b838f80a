# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: recovery_progress
short_description: Tell what an attempt to recover failed jobs has come to
version_added: 1.0.0
author:
  - mlops.elastic contributors (@mlops-elastic)
description:
  - Takes the entries of P(mlops.elastic.recovery_plan#filter) and brings up to date those that are not recovered yet.
  - A job is recovered when it is open and its datafeed runs, or has read up to its end. Analytics are when they have
    been started and have not failed again.
options:
  _input:
    description: The entries.
    type: list
    elements: dict
    required: true
  attempt:
    description: The number of this attempt.
    type: int
    required: true
  done:
    description:
      - What the tasks of this attempt have registered, results of loops included. One that was skipped counts for
        nothing.
    type: list
    elements: dict
    required: true
  seen:
    description: What M(mlops.elastic.ml_job_info) and M(mlops.elastic.ml_analytics_info) returned after it.
    type: list
    elements: dict
    required: true
seealso:
  - plugin: mlops.elastic.recovery_plan
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read all analytics
  mlops.elastic.ml_analytics_info:
    health: true
  register: found

- name: Start again what has failed
  mlops.elastic.ml_analytics:
    id: "{{ failed | map(attribute='id') }}"
    state: started
    force: true
  vars:
    failed: "{{ [found] | mlops.elastic.recovery_plan }}"
  when: failed | length > 0
  failed_when: false
  register: started

- name: Read them once more
  mlops.elastic.ml_analytics_info:
  register: seen

- name: Show which could not be started
  ansible.builtin.debug:
    msg: "{{ [found] | mlops.elastic.recovery_plan | mlops.elastic.recovery_progress(1, [started], [seen])
      | rejectattr('recovered') | map(attribute='id') }}"
"""

RETURN = r"""
_value:
  description: The entries, with C(state), C(attempts), C(recovered) and C(error) as they are now.
  type: list
  elements: dict
"""

_LISTS = {"jobs": "job_id", "datafeeds": "datafeed_id", "data_frame_analytics": "id"}
_OF_RESOURCE = {"job": "jobs", "data_frame_analytics": "data_frame_analytics"}
_AGAIN = "it has failed again"


class FilterModule:
    def filters(self):
        return {"recovery_progress": recovery_progress}


def recovery_progress(entries, attempt, done, seen):
    """Return the entries as they are after an attempt, see DOCUMENTATION."""
    results = [part for result in done for part in result.get("results") or [result]]
    items, now = _by_id(results), _by_id(seen)
    refusals = [result["msg"] for result in results + seen if "error" in result and not _lists(result)]

    def brought_up_to_date(entry):
        if entry["recovered"]:
            return entry
        job = now.get((_OF_RESOURCE[entry["resource"]], entry["id"]), {})
        state, feed = job.get("state", "unknown"), entry["datafeed"]
        feed = feed and dict(feed, state=(job.get("datafeed") or {}).get("state", "unknown"))
        entry = dict(entry, attempts=attempt, state=state, datafeed=feed)
        error = _error(entry, items, refusals)
        return dict(entry, error=error, recovered=not error)

    return [brought_up_to_date(entry) for entry in entries]


def _lists(result):
    return [name for name in _LISTS if name in result]


def _by_id(results):
    """Return items by list and id; of several the last."""
    return {(name, item[_LISTS[name]]): item for result in results for name in _lists(result) for item in result[name]}


def _error(entry, items, refusals):
    """Return why an entry is not recovered, an empty string where it is."""
    state, feed = entry["state"], entry["datafeed"]
    own, of_feed = (_OF_RESOURCE[entry["resource"]], entry["id"]), ("datafeeds", feed and feed["datafeed_id"])
    told = [items[subject]["error"]["msg"] for subject in (own, of_feed) if "error" in items.get(subject, {})]
    if told:
        return told[0]
    if state == "failed":
        return _AGAIN if own in items else next(iter(refusals), _AGAIN)
    if entry["resource"] == "data_frame_analytics":
        is_well = state != "unknown"
    elif feed is None or not feed["restart"]:
        is_well = state == "opened"
    else:
        runs = state == "opened" and feed["state"] in ("starting", "started")
        is_well = runs or (feed["end"] is not None and feed["state"] == "stopped" and of_feed in items)
    feeds = f", its datafeed {feed['state']}" if feed else ""
    return "" if is_well else next(iter(refusals), f"it is {state}{feeds}")
