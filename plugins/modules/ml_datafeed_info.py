#!/usr/bin/python
# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ml_datafeed_info
short_description: Read configuration and state of datafeeds
version_added: 0.1.0
author:
  - mlops.elastic contributors (@mlops-elastic)
description:
  - Returns the configuration and the live state of datafeeds of Elasticsearch machine learning in one result.
options:
  datafeed_id:
    description:
      - Ids of datafeeds, wildcards (C(*) only), or V(_all) alone. The names of job groups mean nothing here.
      - One string is accepted too; separate several expressions by commas.
    type: list
    elements: str
    default: [_all]
  look_back_end:
    description:
      - Whether to return up to which time datafeeds read that are running. Only the cluster's state has that, which
        needs the cluster privilege C(monitor); it is asked only where a running datafeed may have an end, before
        Elasticsearch 7.14 any.
      - A datafeed whose end cannot be read is an error.
    type: bool
    default: false
    version_added: 1.0.0
extends_documentation_fragment:
  - mlops.elastic.attributes
  - mlops.elastic.attributes.info
  - mlops.elastic.connection
  - mlops.elastic.targeting
  - mlops.elastic.targeting.missing
  - mlops.elastic.health
seealso:
  - module: mlops.elastic.ml_datafeed
"""

EXAMPLES = r"""
- name: Read all datafeeds
  mlops.elastic.ml_datafeed_info:
  register: all

- name: Show which jobs get no data
  ansible.builtin.debug:
    msg: "{{ all.datafeeds | selectattr('state', 'equalto', 'stopped') | map(attribute='config.job_id') }}"

- name: Look for datafeeds with problems of the last week
  mlops.elastic.ml_datafeed_info:
    health: true
    messages_since: 7d
"""

RETURN = r"""
datafeeds:
  description: The datafeeds that are named, one entry each.
  returned: success
  type: list
  elements: dict
  contains:
    datafeed_id:
      description: The datafeed.
      returned: always
      type: str
      sample: datafeed-web-1
    state:
      description: Its state, V(stopped), V(starting), V(started) or V(stopping).
      returned: always
      type: str
      sample: started
    config:
      description: The configuration, without what only a server sets.
      returned: always
      type: dict
      sample: {datafeed_id: datafeed-web-1, job_id: web-1, indices: [web], query: {match_all: {}}}
    end:
      description: The time up to which it reads; null in real time, and where it does not run.
      returned: with O(look_back_end=true)
      type: str
      sample: "2018-01-08T00:00:00Z"
    stats:
      description: What the server's statistics API says.
      returned: always
      type: dict
      sample: {state: started, timing_stats: {search_count: 4}}
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
      sample: datafeed-web-1
    resource:
      description: Its kind, V(datafeed).
      returned: always
      type: str
      sample: datafeed
    kind:
      description: >-
        The kind of the problem, V(datafeed_not_started), V(lazily_unassigned), V(delayed_data) or V(audit_error).
      returned: always
      type: str
      sample: datafeed_not_started
    since:
      description: Since when, as far as the server's statistics and messages tell; null where they don't.
      returned: always
      type: str
      sample: "2026-08-01T07:30:00Z"
    hint:
      description: What is wrong and what to do, in one sentence.
      returned: always
      type: str
      sample: "Its job web-1 is open and gets no data: start the datafeed, or close the job."
    messages:
      description: The server's last messages about it with their times, the newest first; five at most.
      returned: always
      type: list
      elements: str
      sample: ["2026-08-01T07:30:00Z Datafeed stopped"]
missing:
  description: The ids that are named and do not exist.
  returned: with O(allow_missing=true)
  type: list
  elements: str
  sample: [datafeed-web-9]
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
      sample: /_ml/datafeeds/datafeed-web-1/_stats
    times:
      description: How often it was sent in a row.
      returned: when more than once
      type: int
      sample: 2
msg:
  description: What was tried, what the server said, and what to do.
  returned: failure
  type: str
  sample: "datafeed_id: no known datafeed with id 'datafeed-web-9'; nothing was changed. Check the spelling"
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
      sample: no known datafeed with id 'datafeed-web-9'
"""

from ansible_collections.mlops.elastic.plugins.module_utils import info
from ansible_collections.mlops.elastic.plugins.module_utils.door import run_module
from ansible_collections.mlops.elastic.plugins.module_utils.health.check import DatafeedHealth
from ansible_collections.mlops.elastic.plugins.module_utils.resources.datafeed import Datafeed


def main(on_wait=None):
    resource = Datafeed()
    health = DatafeedHealth()
    run_module(lambda params, check_mode: info.run(resource, params, health), dict(resource.info_spec(), **health.SPEC))


if __name__ == "__main__":
    main()
