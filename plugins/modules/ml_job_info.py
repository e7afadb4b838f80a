#!/usr/bin/python
# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ml_job_info
short_description: Read configuration and state of anomaly detection jobs
version_added: 0.1.0
author:
  - mlops.elastic contributors (@mlops-elastic)
description:
  - Returns the configuration and the live state of anomaly detection jobs and their datafeeds of Elasticsearch machine
    learning in one result.
options:
  job_id:
    description:
      - Ids of jobs, names of job groups, wildcards (C(*) only), or V(_all) alone.
      - One string is accepted too; separate several expressions by commas.
    type: list
    elements: str
    default: [_all]
  stale_after:
    description:
      - With O(health), how long an open job may get no record from a datafeed that runs without an end, such as V(2h).
      - By default the query delay of its datafeed, ten of the datafeed's searches and a bucket span, since after ten
        searches without data the server warns too.
    type: str
    version_added: 1.0.0
extends_documentation_fragment:
  - mlops.elastic.attributes
  - mlops.elastic.attributes.info
  - mlops.elastic.connection
  - mlops.elastic.targeting
  - mlops.elastic.targeting.missing
  - mlops.elastic.health
seealso:
  - module: mlops.elastic.ml_job
"""

EXAMPLES = r"""
- name: Read all web jobs
  mlops.elastic.ml_job_info:
    job_id: web-*
  register: web

- name: Show those that have failed
  ansible.builtin.debug:
    msg: "{{ web.jobs | selectattr('state', 'equalto', 'failed') | map(attribute='job_id') }}"

- name: Read one job
  mlops.elastic.ml_job_info:
    job_id: web-frontend
  register: frontend

- name: Fail unless its datafeed runs
  ansible.builtin.assert:
    that: frontend.jobs[0].datafeed.state == 'started'

- name: Look for what is wrong with jobs and their datafeeds
  mlops.elastic.ml_job_info:
    health: true
  register: checked

- name: Show it
  ansible.builtin.debug:
    msg: "{{ item.kind }} {{ item.id }} since {{ item.since }}: {{ item.hint }}"
  loop: "{{ checked.problems }}"
  loop_control:
    label: "{{ item.id }}"
"""

RETURN = r"""
jobs:
  description: The anomaly detection jobs that are named, one entry each.
  returned: success
  type: list
  elements: dict
  contains:
    job_id:
      description: The job.
      returned: always
      type: str
      sample: web-1
    state:
      description: Its state, V(closed), V(opening), V(opened), V(closing), V(failed), or V(deleting) during a deletion.
      returned: always
      type: str
      sample: opened
    config:
      description: The configuration, without what only a server sets.
      returned: always
      type: dict
      sample: {job_id: web-1, groups: [web], analysis_config: {bucket_span: 15m, detectors: [{function: count}]}}
    stats:
      description: What the server's statistics API says, empty during a deletion.
      returned: always
      type: dict
      sample: {state: opened, data_counts: {processed_record_count: 1000}}
    create_time:
      description: When it was created, in milliseconds since 1970.
      returned: where the server says so
      type: int
      sample: 1514764800000
      version_added: 1.0.0
    datafeed:
      description: Its datafeed.
      returned: where it has one
      type: dict
      contains:
        datafeed_id:
          description: The datafeed.
          returned: always
          type: str
          sample: datafeed-web-1
        state:
          description: Its state.
          returned: always
          type: str
          sample: started
        config:
          description: Its configuration, without what only a server sets.
          returned: always
          type: dict
          sample: {job_id: web-1, indices: [web], query: {match_all: {}}}
        stats:
          description: What the server's statistics API says.
          returned: always
          type: dict
          sample: {state: started, timing_stats: {search_count: 4}}
        interrupted:
          description: How the failure of its job found it.
          returned: with O(health), where its job has failed
          type: dict
          version_added: 1.0.0
          contains:
            ran:
              description:
                - Whether it ran. A server before 7.16 leaves it as it is, a later one stops it. Of one that is stopped
                  the server's messages tell; where they don't, one that ever searched counts, from 7.16.
              returned: always
              type: bool
              sample: true
            end:
              description: Up to which time it was to read, as the server has it; null in real time.
              returned: always
              type: str
              sample: "2026-08-01T00:00:00Z"
            end_known:
              description: Whether that could be read.
              returned: always
              type: bool
              sample: true
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
      sample: web-1
    resource:
      description: Its kind, V(job), or V(datafeed) for that of a job.
      returned: always
      type: str
      sample: job
    kind:
      description: >-
        The kind of the problem, V(failed), V(lazily_unassigned), V(hard_memory_limit), V(stale), V(audit_error),
        V(datafeed_not_started) or V(delayed_data).
      returned: always
      type: str
      sample: stale
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
        Its datafeed datafeed-web-1 runs and has brought no record for longer than 5490 s: check the datafeed's
        indices and query, and whether data still arrives there.
    messages:
      description: The server's last messages about it with their times, the newest first; five at most.
      returned: always
      type: list
      elements: str
      sample: ["2026-08-01T08:45:00Z Datafeed has been retrieving no data for a while"]
missing:
  description: The ids that are named and do not exist.
  returned: with O(allow_missing=true)
  type: list
  elements: str
  sample: [web-9]
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
      sample: /_ml/anomaly_detectors/web-1/_stats
    times:
      description: How often it was sent in a row.
      returned: when more than once
      type: int
      sample: 2
msg:
  description: What was tried, what the server said, and what to do.
  returned: failure
  type: str
  sample: "job_id: no known job with id 'web-9'; nothing was changed. Check the spelling"
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
      sample: no known job with id 'web-9'
"""

from ansible_collections.mlops.elastic.plugins.module_utils import info
from ansible_collections.mlops.elastic.plugins.module_utils.door import run_module
from ansible_collections.mlops.elastic.plugins.module_utils.health.check import JobHealth
from ansible_collections.mlops.elastic.plugins.module_utils.resources.job import Job


def main(on_wait=None):
    resource = Job()
    health = JobHealth()
    run_module(lambda params, check_mode: info.run(resource, params, health), dict(resource.info_spec(), **health.SPEC))


if __name__ == "__main__":
    main()
