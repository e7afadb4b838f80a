# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: window_report
short_description: Tell what pausing or resuming came to
version_added: 1.0.0
author:
  - mlops.elastic contributors (@mlops-elastic)
description:
  - Returns what the tasks of the role P(mlops.elastic.maintenance_window#role) changed, what they left as it is, and
    why.
positional: _input, state, record
options:
  _input:
    description: What the tasks registered that change something. Those that were skipped count for nothing.
    type: list
    elements: dict
    required: true
  state:
    description: What was to be done.
    type: str
    choices: [paused, resumed]
    required: true
  record:
    description: What P(mlops.elastic.window_record#filter) returned.
    type: dict
    required: true
  found:
    description: What the tasks registered that looked at jobs, datafeeds and analytics before.
    type: list
    elements: dict
    default: []
  check:
    description: Whether the tasks ran in check mode, so that nothing was done.
    type: bool
    default: false
seealso:
  - plugin: mlops.elastic.maintenance_window
    plugin_type: role
  - plugin: mlops.elastic.window_record
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read the jobs
  mlops.elastic.ml_job_info:
  register: found

- name: Show which the role would leave alone
  ansible.builtin.debug:
    msg: "{{ [] | mlops.elastic.window_report('paused', {}, found=[found]) }}"
"""

RETURN = r"""
_value:
  description: The report.
  type: dict
  contains:
    changed:
      description: Whether something was changed, or would be.
      type: bool
      sample: true
    jobs:
      description: The jobs that were closed or opened, or would be; in the same way C(datafeeds) and
        C(data_frame_analytics).
      type: list
      elements: str
      sample: [web-1]
    upgrade_mode:
      description: Whether upgrade mode was switched, or would be.
      type: bool
      sample: false
    gone:
      description: What is in the record and was deleted since.
      type: list
      elements: str
      sample: [job web-2]
    left:
      description: What was left as it is, and why.
      type: list
      elements: str
      sample: ["job web-3: it has failed"]
    msg:
      description: The same in a sentence.
      type: str
      sample: "resumed job web-1; job web-2 is gone; left alone: job web-3 (it has failed)"
"""

KINDS = {
    "jobs": ("job", "job_id"),
    "datafeeds": ("datafeed", "datafeed_id"),
    "data_frame_analytics": ("analytics", "id"),
}
DELETING = "deleting"
FAILED = "it has failed"
STRANGE = "the record: nothing of it exists; remove it, unless it is of another cluster"


class FilterModule:
    def filters(self):
        return {"window_report": window_report}


def window_report(results, state, record, found=(), check=False):
    """Return what was done and what was not, see DOCUMENTATION."""
    done, gone, left = {}, [], []
    for kind in KINDS:
        outcomes = _by_id(kind, results)
        seen = _by_id(kind, found)
        settled = {id: item for id, item in outcomes.items() if "error" not in item}
        done[kind] = sorted(id for id, item in settled.items() if state == "paused" or _runs_again(item))
        judged = _judged(kind, record, outcomes, seen, check) if state == "resumed" else _failed(seen)
        for id, why in judged.items():
            if why is None:
                gone.append(_named(kind, id))
            elif why == "":
                done[kind] = sorted({*done[kind], id})
            else:
                left.append(f"{_named(kind, id)}: {why}")
    if gone and len(gone) == sum(len(record.get(kind, [])) for kind in KINDS):
        left.append(STRANGE)
    switched = any(result["changed"] for result in results if "upgrade_mode" in result)
    changed = any(result["changed"] for result in results)
    report = {"changed": changed, **done, "upgrade_mode": switched, "gone": gone, "left": left}
    return dict(report, msg=_sentence(report, state, record, check))


def _by_id(kind, results):
    _noun, key = KINDS[kind]
    return {item[key]: item for result in results for item in result.get(kind, [])} | {
        id: None for result in results if kind in result for id in result.get("missing", [])
    }


def _runs_again(item):
    """A job is closed again whose look-back had come to its end."""
    return item["changed"] and item["state"] != "closed"


def _failed(seen):
    return {id: FAILED for id, item in seen.items() if item and item["state"] == "failed"}


def _judged(kind, record, outcomes, seen, check):
    """Return what is wrong with what the record has: None where it is gone, empty where it would be put right."""
    judged = {}
    for entry in record.get(kind, []):
        id = entry["datafeed_id"] if kind == "datafeeds" else entry
        item = seen.get(id)
        if item is None or item["state"] == DELETING:
            judged[id] = None
        elif id in outcomes:
            if "error" in outcomes[id]:
                judged[id] = outcomes[id]["error"]["msg"]
        elif item["state"] == "failed":
            judged[id] = FAILED
        elif kind == "datafeeds" and not check:
            judged[id] = f"its job {entry['job_id']} is not open"
        elif item["state"] == "stopped":
            judged[id] = ""
    return judged


def _named(kind, id):
    return f"{KINDS[kind][0]} {id}"


def _sentence(report, state, record, check):
    what = [f"{KINDS[kind][0]} {', '.join(report[kind])}" for kind in KINDS if report[kind]]
    switched = "machine learning by upgrade mode"
    what += [switched] if report["upgrade_mode"] else []
    done = f"would have {state}" if check else state
    nothing = {"paused": "nothing that is named runs", "resumed": "all that was paused runs"}[state]
    if state == "resumed" and (report["left"] or not record):
        nothing = "nothing was resumed" if record else "nothing was paused"
    parts = [f"{done} {', '.join(what)}" if what else nothing]
    parts += [f"{', '.join(report['gone'])}: deleted since"] if report["gone"] else []
    parts += [f"left alone: {'; '.join(report['left'])}"] if report["left"] else []
    return "; ".join(parts)
