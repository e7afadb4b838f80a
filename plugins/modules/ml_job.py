#!/usr/bin/python
# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ml_job
short_description: Declare anomaly detection jobs, and bring them into a state
version_added: 0.1.0
author:
  - mlops.elastic contributors (@mlops-elastic)
description:
  - Creates, updates, opens, closes, flushes, resets and deletes anomaly detection jobs of Elasticsearch machine
    learning.
  - Looks at the jobs first, sends what is needed and nothing else, and waits until the server is really there.
  - Everything that is named is found and checked before the first change. A job that cannot be brought into the state
    (a typo, a failed job without O(force)) fails the task while nothing has been changed.
  - A running datafeed of a job that is closed, reset or deleted is stopped first, and the datafeed of a deleted job is
    deleted with it. Servers from 7.14 on (7.15 for the deletion) do that themselves, for older ones the module does it.
  - A configuration is compared with the server's as the server understands it. What is not declared is neither compared
    nor touched, and nothing is sent where nothing differs.
  - A job is changed in place wherever the server can do that, and its model survives. What would cost the model is
    refused, unless O(on_immutable_change=recreate) asks for it.
options:
  job_id:
    description:
      - Ids of jobs, names of job groups, wildcards (C(*) only), or V(_all) alone.
      - One string is accepted too; separate several expressions by commas.
      - An empty list or element is refused, because the server would take it for all jobs.
      - With O(state=present), ids of jobs that do not exist are created, and everything else means those that exist.
    type: list
    elements: str
    required: true
  state:
    description:
      - V(present) creates and updates jobs. A new job is closed; one that exists stays open or closed as it is.
      - V(opened) opens closed jobs.
      - V(closed) closes opened jobs.
      - V(flushed) has opened jobs process what they hold back, up to the time that O(advance_time) or O(skip_time)
        names, or to the latest record. Nothing is sent where the buckets up to there are final already. See the notes.
      - V(reset) removes all data and results of jobs, closing them first; the configuration stays. A closed job that
        never received a record is left alone. Needs Elasticsearch 7.14.
      - V(absent) deletes jobs, closing them first. A job whose deletion is running already is waited for.
      - Options of the configuration belong to V(present) alone.
    type: str
    default: present
    choices: [present, opened, closed, flushed, reset, absent]
  force:
    description:
      - Whether jobs are closed and deleted by force. Failed jobs need it.
      - With O(state=opened), only failed jobs are closed by force, and then opened. With O(state=closed),
        O(state=reset) and O(state=absent), all are, so name the failed ones alone.
      - With O(state=present) and O(on_immutable_change=recreate), whether a job that holds results is created anew.
        Nothing else is forced.
      - A job that is closed by force does not persist its model. What it learned since the last model snapshot is lost,
        and so is data that it held back. Its datafeed is stopped by force as well.
    type: bool
    default: false
  timeout:
    default: 30m
  wait_for_completion:
    description:
      - With O(state=absent) and O(state=reset), whether to wait until the work is done.
      - With V(false) the result holds the C(task) of each job. The same task with V(true) joins the work later.
    type: bool
    default: true
  delete_user_annotations:
    description:
      - With O(state=absent) and O(state=reset), whether annotations that users made are deleted too.
      - Needs Elasticsearch 8.7.
    type: bool
    default: false
  calc_interim:
    description:
      - With O(state=flushed), whether interim results are calculated for the latest buckets.
      - With V(true) the flush is sent in any case and the job counts as changed.
    type: bool
  start:
    description:
      - With O(calc_interim=true), the time from which interim results are calculated.
      - C(now), an ISO 8601 date such as V(2018-01-01T13:00:00Z), or a number. A number of up to 10 digits counts
        seconds since 1970, a longer one milliseconds.
    type: str
  end:
    description:
      - With O(calc_interim=true) and O(start), the time up to which interim results are calculated, as in O(start).
    type: str
  advance_time:
    description:
      - With O(state=flushed), the time up to which buckets are finalized, whether or not data has arrived, as in
        O(start). Data before it that arrives later is out of order and dropped.
      - Without any data the server does not advance a job, so that such a job is left alone.
    type: str
  skip_time:
    description:
      - With O(state=flushed), the time to which the job skips without results for the buckets in between, as in
        O(start). Must be before O(advance_time).
    type: str
extends_documentation_fragment:
  - mlops.elastic.attributes
  - mlops.elastic.changing
  - mlops.elastic.changing.restart
  - mlops.elastic.connection
  - mlops.elastic.job_config
  - mlops.elastic.results
  - mlops.elastic.targeting
  - mlops.elastic.targeting.max_affected
  - mlops.elastic.waiting
attributes:
  check_mode:
    support: full
    details:
      - Sends reading requests only, and returns in RV(ignore:requests) the writing ones that it would send.
      - With O(skip_time), a job that has skipped that far already is predicted as changed, because only a flush tells
        it.
      - With O(state=present), the server itself validates what would be created or changed.
  diff_mode:
    support: full
    details: Shows the states of the jobs that change, with O(state=present) the declared part of their configurations.
  idempotent:
    support: partial
    details:
      - With O(state=present), full.
      - With O(calc_interim=true) each run flushes and is changed.
      - With O(skip_time), a second run sends one plain flush to learn how far the job is, and is not changed.
      - V(now) as O(advance_time) or O(skip_time) is later each time.
notes:
  - Elasticsearch deprecates the flush API since 9.1 in favour of closing jobs, which persists them as well.
  - An open job whose change needs that is closed and reopened, and its datafeed stopped and started again as it was, a
    look-back with its own end, which only a user with the privilege C(monitor) can read.
  - What an open job has not taken over because of O(restart=never) is no difference to the next run, which leaves it
    alone.
seealso:
  - module: mlops.elastic.ml_job_info
  - module: mlops.elastic.ml_datafeed
  - name: Anomaly detection APIs
    description: The server's own description of what this module calls.
    link: https://www.elastic.co/docs/api/doc/elasticsearch/group/endpoint-ml-anomaly
"""

EXAMPLES = r"""
- name: Declare a job
  mlops.elastic.ml_job:
    job_id: checkout-latency
    description: Response times of the checkout
    groups: [checkout]
    analysis_config:
      bucket_span: 15m
      detectors:
        - function: high_mean
          field_name: duration
          partition_field_name: service
          detector_description: Slow services
          custom_rules:
            - conditions:
                - {applies_to: actual, operator: lt, value: 200}
      influencers: [service]
    data_description:
      time_field: "@timestamp"
    analysis_limits:
      model_memory_limit: 256mb

- name: Give it more memory, for which it is closed and reopened if it is open
  mlops.elastic.ml_job:
    job_id: checkout-latency
    analysis_limits:
      model_memory_limit: 1gb

- name: Keep the results of all jobs of a group for a year, and restart none of them
  mlops.elastic.ml_job:
    job_id: nightly
    results_retention_days: 365
    restart: never

- name: Ask what another bucket span would cost
  mlops.elastic.ml_job:
    job_id: checkout-latency
    analysis_config:
      bucket_span: 1h
    on_immutable_change: recreate
  check_mode: true
  diff: true

- name: Close all web jobs but one
  mlops.elastic.ml_job:
    job_id: web-*
    exclude: [web-checkout]
    state: closed

- name: Close a group and two jobs, on a cluster that asks for an API key
  mlops.elastic.ml_job:
    hosts: "{{ elasticsearch_hosts }}"
    api_key: "{{ elasticsearch_api_key }}"
    job_id: [nightly, payments, logins]
    state: closed
    timeout: 10m

- name: Close a failed job, losing what it learned since its last model snapshot
  mlops.elastic.ml_job:
    job_id: broken
    state: closed
    force: true

- name: Open it again
  mlops.elastic.ml_job:
    job_id: broken
    state: opened

- name: Finalize the buckets up to a time
  mlops.elastic.ml_job:
    job_id: web-checkout
    state: flushed
    advance_time: "2018-01-01T13:00:00Z"
  register: flush

- name: Show how far that came
  ansible.builtin.debug:
    var: flush.jobs[0].last_finalized_bucket_end

- name: Calculate interim results of an hour
  mlops.elastic.ml_job:
    job_id: web-checkout
    state: flushed
    calc_interim: true
    start: "2018-01-01T13:00:00Z"
    end: "2018-01-01T14:00:00Z"

- name: Forget what a job has learned, and keep its configuration
  mlops.elastic.ml_job:
    job_id: payments
    state: reset

- name: Begin to delete retired jobs, five at most
  mlops.elastic.ml_job:
    job_id: retired-*
    state: absent
    max_affected: 5
    wait_for_completion: false

- name: Wait for the deletion
  mlops.elastic.ml_job:
    job_id: retired-*
    state: absent
    max_affected: 5

- name: Ask what closing everything would do
  mlops.elastic.ml_job:
    job_id: _all
    state: closed
  check_mode: true
  register: forecast

- name: Show the requests that it would take
  ansible.builtin.debug:
    var: forecast.requests
"""

RETURN = r"""
msg:
  description: What happened, in a sentence; where the task fails, what was tried, what the server said, and what to do.
  returned: always
  type: str
  sample: closed 2 of 3 jobs (web-1, web-2); web-3 was closed already
jobs:
  description: The jobs that are named, one entry each, as far as O(return_items) says.
  returned: when the jobs were found
  type: list
  elements: dict
  contains:
    job_id:
      description: The job.
      returned: always
      type: str
      sample: web-1
    state_before:
      description:
        - Its state as it was found, V(absent) where there was none, V(deleting) during a deletion.
        - With O(state=present), V(present) where there was one.
      returned: always
      type: str
      sample: opened
    state:
      description:
        - Its state now, or in check mode the one it would have. V(unknown) where it failed half way.
        - With O(wait_for_completion=false), V(deleting) or V(resetting) while the server works on it.
      returned: always
      type: str
      sample: closed
    changed:
      description: Whether this task changed it.
      returned: always
      type: bool
      sample: true
    actions:
      description:
        - What was done, in order. C(await_opened), C(await_closed), C(await_unblocked), C(await_deleted), and for a
          datafeed C(await_stopped) wait for what somebody else began, and change nothing.
        - With O(state=present), C(create) or C(update), C(delete) and C(create) where it was created anew, and around
          it C(stop_datafeed), C(close_job), C(open_job) and C(start_datafeed) as far as they were needed. C(put_back)
          where the new one was refused, and the old one was created again without its model and results.
      returned: always
      type: list
      elements: str
      sample: [close]
    differences:
      description: Paths of what was declared and differed from what the server had.
      returned: with O(state=present), where the job existed and something differed
      type: list
      elements: str
      sample: [analysis_limits.model_memory_limit, "analysis_config.detectors[0].custom_rules"]
    lost:
      description:
        - What was deleted and could not be created again, in the form of the options of M(mlops.elastic.ml_bundle),
          which creates it as it was.
      returned: where that happened
      type: dict
      sample: {jobs: [{job_id: web-1, description: Web}]}
    datafeeds_stopped:
      description: Datafeeds that were running and were stopped with the job.
      returned: when there were any
      type: list
      elements: str
      sample: [datafeed-web-1]
    datafeeds_deleted:
      description: Datafeeds that were deleted with the job.
      returned: when there were any
      type: list
      elements: str
      sample: [datafeed-web-1]
    last_finalized_bucket_end:
      description: The end of the last final bucket in milliseconds since 1970, null where there is none.
      returned: with O(state=flushed)
      type: int
      sample: 1514811600000
    task:
      description: The server's task that does the work, for C(GET _tasks), which needs the privilege C(monitor).
      returned: with O(state=absent) and O(state=reset), where the server gave one
      type: str
      sample: "oTUltX4IQMOUUVeiohTt8A:464"
    error:
      description: Why this job failed.
      returned: where it failed
      type: dict
      contains:
        <<: &error
          status:
            description: The HTTP status, null where there was no reply.
            returned: always
            type: int
            sample: 409
          type:
            description:
              The type that the server gave, or the module's own such as V(bad_option), V(refused), V(timeout).
            returned: always
            type: str
            sample: status_exception
          reason:
            description: The server's words.
            returned: always
            type: str
            sample: cannot close job [web-1] because it failed, use force close
        msg:
          description: The same with what was tried and what to do.
          returned: always
          type: str
          sample: >-
            could not close job web-1: the server answered 409 status_exception:
            cannot close job [web-1] because it failed, use force close. Set force: true to end what has failed.
summary:
  description: Counts of RV(jobs).
  returned: when the jobs were found
  type: dict
  contains:
    matched: {description: Those that are named., returned: always, type: int, sample: 3}
    changed: {description: Those that were changed., returned: always, type: int, sample: 2}
    unchanged: {description: Those that needed nothing., returned: always, type: int, sample: 1}
    failed: {description: Those that failed., returned: always, type: int, sample: 0}
requests:
  description: What was sent to the server, in order, and in check mode what would be sent after that.
  returned: when the options are valid
  type: list
  elements: dict
  contains:
    method:
      description: The HTTP method.
      returned: always
      type: str
      sample: POST
    path:
      description: The path and the parameters.
      returned: always
      type: str
      sample: /_ml/anomaly_detectors/web-1,web-2/_close?timeout=30m
    times:
      description: How often it was sent in a row.
      returned: when more than once
      type: int
      sample: 4
diff:
  description:
    - C(before) and C(after), each with the states of the jobs that change.
    - With O(state=present), a list of them, one for each job that changes, with texts of what is declared, as it was
      and as it comes to be, and C(before_header) and C(after_header) that name the job, the actions
      and the options that differ.
  returned: in diff mode
  type: raw
  sample:
    before: {web-1: {state: opened}}
    after: {web-1: {state: closed}}
error:
  description: Why the task failed; the first of several reasons.
  returned: failure
  type: dict
  contains: *error
"""

from ansible_collections.mlops.elastic.plugins.module_utils import converge
from ansible_collections.mlops.elastic.plugins.module_utils.door import run_module
from ansible_collections.mlops.elastic.plugins.module_utils.resources.job import Job


def main(on_wait=None):
    resource = Job()
    run_module(lambda params, check_mode: converge.run(resource, params, check_mode, on_wait), resource.argument_spec())


if __name__ == "__main__":
    main()
