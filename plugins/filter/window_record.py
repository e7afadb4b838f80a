# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: window_record
short_description: Add what runs to the record of a maintenance window
version_added: 1.0.0
author:
  - mlops.elastic contributors (@mlops-elastic)
description:
  - Returns a record of what has to run again after maintenance. The role P(mlops.elastic.maintenance_window#role) keeps
    it.
  - What the record has is never taken away, because it may be paused already. Of a datafeed that runs, the present end
    counts.
  - A record is empty as long as there is nothing to be resumed.
positional: _input
options:
  _input:
    description: The record so far, empty at first.
    type: dict
    required: true
  jobs:
    description: Those of RV(mlops.elastic.ml_job_info#module:jobs) that are open.
    type: list
    elements: dict
    default: []
  datafeeds:
    description:
      - Those of RV(mlops.elastic.ml_datafeed_info#module:datafeeds) that run, as it returns them with
        O(mlops.elastic.ml_datafeed_info#module:look_back_end=true).
    type: list
    elements: dict
    default: []
  data_frame_analytics:
    description: Those of RV(mlops.elastic.ml_analytics_info#module:data_frame_analytics) that run.
    type: list
    elements: dict
    default: []
  upgrade_mode:
    description: Whether upgrade mode is about to be enabled, and so has to be disabled again.
    type: bool
    default: false
seealso:
  - plugin: mlops.elastic.maintenance_window
    plugin_type: role
  - plugin: mlops.elastic.window_report
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read the jobs
  mlops.elastic.ml_job_info:
  register: found

- name: Show what would be recorded
  ansible.builtin.debug:
    msg: "{{ {} | mlops.elastic.window_record(jobs=found.jobs | selectattr('state', 'eq', 'opened')) }}"
"""

RETURN = r"""
_value:
  description: The record.
  type: dict
  sample:
    maintenance_window: 1
    jobs: [web-1]
    datafeeds: [{datafeed_id: datafeed-web-1, job_id: web-1, end: "2018-01-08T00:00:00Z"}]
    data_frame_analytics: []
    upgrade_mode: false
"""

FORMAT = 1


class FilterModule:
    def filters(self):
        return {"window_record": window_record}


def window_record(record, jobs=(), datafeeds=(), data_frame_analytics=(), upgrade_mode=False):
    """Return the record with what runs, see DOCUMENTATION."""
    feeds = {feed["datafeed_id"]: feed for feed in record.get("datafeeds", [])}
    feeds.update((feed["datafeed_id"], _feed(feed)) for feed in datafeeds)
    kept = {
        "jobs": sorted({*record.get("jobs", []), *(job["job_id"] for job in jobs)}),
        "datafeeds": [feeds[id] for id in sorted(feeds)],
        "data_frame_analytics": sorted(
            {*record.get("data_frame_analytics", []), *(analysis["id"] for analysis in data_frame_analytics)}
        ),
        "upgrade_mode": record.get("upgrade_mode", False) or upgrade_mode,
    }
    return {"maintenance_window": FORMAT, **kept} if any(kept.values()) else {}


def _feed(found):
    return {"datafeed_id": found["datafeed_id"], "job_id": found["config"]["job_id"], "end": found["end"]}
