#!/usr/bin/python
# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ml_analytics_info
short_description: Read configuration and state of data frame analytics jobs
version_added: 0.1.0
author:
  - mlops.elastic contributors (@mlops-elastic)
description:
  - Returns the configuration and the live state of data frame analytics jobs of Elasticsearch machine learning in one
    result.
options:
  id:
    description:
      - Ids of data frame analytics jobs, wildcards (C(*) only), or V(_all) alone.
      - One string is accepted too; separate several expressions by commas.
    type: list
    elements: str
    default: [_all]
extends_documentation_fragment:
  - mlops.elastic.attributes
  - mlops.elastic.attributes.info
  - mlops.elastic.connection
  - mlops.elastic.targeting
  - mlops.elastic.targeting.missing
  - mlops.elastic.health
seealso:
  - module: mlops.elastic.ml_analytics
"""

EXAMPLES = r"""
- name: Read all that are called nightly
  mlops.elastic.ml_analytics_info:
    id: nightly-*
  register: nightly

- name: Show how far each has come
  ansible.builtin.debug:
    msg: "{{ item.id }}: {{ item.stats.progress }}"
  loop: "{{ nightly.data_frame_analytics }}"
  loop_control:
    label: "{{ item.id }}"

- name: Look for what is wrong
  mlops.elastic.ml_analytics_info:
    health: true
"""

RETURN = r"""
data_frame_analytics:
  description: The data frame analytics jobs that are named, one entry each.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The data frame analytics job.
      returned: always
      type: str
      sample: churn
    state:
      description: >-
        Its state, V(stopped), V(starting), V(started), V(reindexing), V(analyzing), V(stopping) or V(failed).
        RV(data_frame_analytics[].stats) tells by its C(progress) whether a stopped one is finished.
      returned: always
      type: str
      sample: stopped
    config:
      description: The configuration, without what only a server sets.
      returned: always
      type: dict
      sample: {id: churn, source: {index: [customers]}, dest: {index: churn}, analysis: {outlier_detection: {}}}
    stats:
      description: What the server's statistics API says.
      returned: always
      type: dict
      sample: {state: stopped, progress: [{phase: reindexing, progress_percent: 100}]}
problems:
  description: What is wrong, item by item.
  returned: with O(health)
  type: list
  elements: dict
  version_added: 1.0.0
  contains:
    id:
      description: The item.
      returned: always
      type: str
      sample: churn
    resource:
      description: Its kind, V(data_frame_analytics).
      returned: always
      type: str
      sample: data_frame_analytics
    kind:
      description: The kind of the problem, V(failed), V(lazily_unassigned), V(hard_memory_limit) or V(audit_error).
      returned: always
      type: str
      sample: failed
    since:
      description: Since when, as far as the server's statistics and messages tell; null where they don't.
      returned: always
      type: str
      sample: "2026-08-01T07:30:00Z"
    hint:
      description: What is wrong and what to do, in one sentence.
      returned: always
      type: str
      sample: >-
        It has failed (no space left): stop it with force: true and start it again, or let
        mlops.elastic.recover_failed do that.
    messages:
      description: The server's last messages about it with their times, the newest first; five at most.
      returned: always
      type: list
      elements: str
      sample: ["2026-08-01T07:30:00Z Updated analytics task state to [failed] with reason [no space left]"]
missing:
  description: The ids that are named and do not exist.
  returned: with O(allow_missing=true)
  type: list
  elements: str
  sample: [outliers-9]
requests:
  description: What was sent to the server, in order.
  returned: when the options are valid
  type: list
  elements: dict
  contains:
    method:
      description: The HTTP method.
      returned: always
      type: str
      sample: GET
    path:
      description: The path and the parameters.
      returned: always
      type: str
      sample: /_ml/data_frame/analytics/churn/_stats?from=0&size=1000
    times:
      description: How often it was sent in a row.
      returned: when more than once
      type: int
      sample: 2
msg:
  description: What was tried, what the server said, and what to do.
  returned: failure
  type: str
  sample: "id: no known data frame analytics with id 'churn-9'; nothing was changed. Check the spelling"
error:
  description: Why the task failed.
  returned: failure
  type: dict
  contains:
    status:
      description: The HTTP status, null where there was no reply.
      returned: always
      type: int
      sample: 404
    type:
      description: The type that the server gave, or the module's own such as V(bad_option).
      returned: always
      type: str
      sample: resource_not_found_exception
    reason:
      description: The server's words.
      returned: always
      type: str
      sample: no known data frame analytics with id 'churn-9'
"""

from ansible_collections.mlops.elastic.plugins.module_utils import info
from ansible_collections.mlops.elastic.plugins.module_utils.door import run_module
from ansible_collections.mlops.elastic.plugins.module_utils.health.check import AnalyticsHealth
from ansible_collections.mlops.elastic.plugins.module_utils.resources.analytics import Analytics


def main(on_wait=None):
    resource = Analytics()
    health = AnalyticsHealth()
    run_module(lambda params, check_mode: info.run(resource, params, health), dict(resource.info_spec(), **health.SPEC))


if __name__ == "__main__":
    main()
