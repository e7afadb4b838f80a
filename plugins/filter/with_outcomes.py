# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: with_outcomes
short_description: Tell what became of each job that tasks were asked to change
version_added: 1.0.0
author:
  - mlops.elastic contributors (@mlops-elastic)
description:
  - Adds C(done) and C(error) to each entry of a list that M(mlops.elastic.ml_job) tasks have worked on.
options:
  _input:
    description: The entries, with C(job_id) and C(action); nothing is to be done where that is V(none).
    type: list
    elements: dict
    required: true
  results:
    description: What the tasks registered. Those that were skipped count for nothing.
    type: list
    elements: dict
    required: true
  foretold:
    description: Whether the tasks ran in check mode, so that nothing is done.
    type: bool
    default: false
seealso:
  - plugin: mlops.elastic.idle_jobs
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read all jobs
  mlops.elastic.ml_job_info:
  register: all

- name: Close those that had no data for a month
  mlops.elastic.ml_job:
    job_id: "{{ idle | map(attribute='job_id') }}"
    state: closed
  vars:
    idle: "{{ all.jobs | mlops.elastic.idle_jobs(close_after='30d') }}"
  register: closed
  failed_when: false
  when: idle | length > 0

- name: Show which could not be closed
  ansible.builtin.debug:
    msg: "{{ idle | mlops.elastic.with_outcomes([closed]) | selectattr('error') }}"
  vars:
    idle: "{{ all.jobs | mlops.elastic.idle_jobs(close_after='30d') }}"
"""

RETURN = r"""
_value:
  description: The entries, each with C(done), and C(error), empty where there was none.
  type: list
  elements: dict
"""


class FilterModule:
    def filters(self):
        return {"with_outcomes": with_outcomes}


def with_outcomes(entries, results, foretold=False):
    """Return the entries with C(done) and C(error), see DOCUMENTATION."""
    items = {item["job_id"]: item for result in results for item in result.get("jobs") or []}
    refusals = [result["msg"] for result in results if "error" in result]
    return [dict(entry, **_outcome(entry, items, refusals, foretold)) for entry in entries]


def _outcome(entry, items, refusals, foretold):
    if entry["action"] == "none":
        return {"done": False, "error": ""}
    item = items.get(entry["job_id"])
    if item is None:
        return {"done": False, "error": "".join(refusals[:1])}
    error = item["error"]["msg"] if "error" in item else ""
    return {"done": not (error or foretold), "error": error}
