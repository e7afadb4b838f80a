# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: idle_jobs
short_description: Tell which anomaly detection jobs are idle, and whether to close or delete them
version_added: 1.0.0
author:
  - mlops.elastic contributors (@mlops-elastic)
description:
  - Takes the jobs that M(mlops.elastic.ml_job_info) returns and gives those that have been idle for longer than said,
    the longest idle first, with what is to be done with each.
  - A job is idle since it last received data by the server's clock (C(data_counts.last_data_time)), whatever the times
    in that data; one that never received any, since it was created.
  - Whether a datafeed runs makes no difference unless O(spare_running_datafeeds) says so.
positional: _input
options:
  _input:
    description: The jobs.
    type: list
    elements: dict
    required: true
  close_after:
    description:
      - Jobs that are not closed are to be closed when they have been idle for longer than this, such as V(30d).
    type: str
  delete_after:
    description:
      - Jobs are to be deleted when they have been idle for longer than this. Not shorter than O(close_after).
    type: str
  spare_running_datafeeds:
    description: Whether a job whose datafeed runs is left alone.
    type: bool
    default: false
  failed:
    description: Whether failed jobs are closed and deleted too. Otherwise they are left alone.
    type: bool
    default: false
  now:
    description: The time to count from, in seconds since 1970; the controller's clock unless said.
    type: float
seealso:
  - plugin: mlops.elastic.retire_jobs
    plugin_type: role
"""

EXAMPLES = r"""
- name: Read all jobs
  mlops.elastic.ml_job_info:
  register: all

- name: Show which have had no data for a month
  ansible.builtin.debug:
    msg: "{{ all.jobs | mlops.elastic.idle_jobs(close_after='30d') | map(attribute='job_id') }}"
"""

RETURN = r"""
_value:
  description:
    - The idle jobs, a dictionary each with C(job_id), C(state_before), C(datafeed_state) (null where there is
      none), C(idle_since) (ISO 8601, UTC), C(idle_days) (whole days), C(action) (V(close), V(delete), V(none)) and
      C(why) (why the action is V(none), else empty).
  type: list
  elements: dict
"""

import time

from ansible.errors import AnsibleFilterError

from ansible_collections.mlops.elastic.plugins.module_utils import units
from ansible_collections.mlops.elastic.plugins.module_utils.errors import BadOption

_DAY = 86400


class FilterModule:
    def filters(self):
        return {"idle_jobs": idle_jobs}


def idle_jobs(jobs, close_after=None, delete_after=None, spare_running_datafeeds=False, failed=False, now=None):
    """Return the jobs that are idle for longer than said, see DOCUMENTATION.

    :raises AnsibleFilterError: no duration, or jobs would be deleted before they are closed
    """
    closing, deleting = _seconds("close_after", close_after), _seconds("delete_after", delete_after)
    if closing is not None and deleting is not None and deleting < closing:
        raise AnsibleFilterError(
            f"delete_after ({delete_after}) is shorter than close_after ({close_after}), so that jobs would be deleted "
            "before they are closed"
        )
    now = time.time() if now is None else now
    found = []
    for job in jobs:
        since = _idle_since(job)
        age = 0 if since is None else now - since / 1000
        if deleting is not None and age > deleting:
            action = "delete"
        elif closing is not None and age > closing and job["state"] != "closed":
            action = "close"
        else:
            continue
        why = _why_left(job, spare_running_datafeeds, failed)
        found.append(
            {
                "job_id": job["job_id"],
                "state_before": job["state"],
                "datafeed_state": job["datafeed"]["state"] if "datafeed" in job else None,
                "idle_since": units.iso(since // 1000 * 1000),
                "idle_days": int(age // _DAY),
                "action": "none" if why else action,
                "why": why,
            }
        )
    return sorted(found, key=lambda entry: (entry["idle_since"], entry["job_id"]))


def _seconds(option, text):
    try:
        return None if text in (None, "") else units.duration(option, text)
    except BadOption as error:
        raise AnsibleFilterError(error.msg) from error


def _idle_since(job):
    """Return epoch milliseconds, None where the server tells neither."""
    return ((job.get("stats") or {}).get("data_counts") or {}).get("last_data_time") or job.get("create_time")


def _why_left(job, spares_running, takes_failed):
    if job["state"] == "deleting":
        return "somebody is deleting it"
    if job["state"] == "failed" and not takes_failed:
        return "it has failed"
    if spares_running and "datafeed" in job and job["datafeed"]["state"] != "stopped":
        return "its datafeed is {}".format(job["datafeed"]["state"])
    return ""
