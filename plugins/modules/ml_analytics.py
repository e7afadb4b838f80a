#!/usr/bin/python
# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ml_analytics
short_description: Declare data frame analytics jobs, or bring them into a state
version_added: 0.1.0
author:
  - mlops.elastic contributors (@mlops-elastic)
description:
  - Creates, changes, starts, stops and deletes data frame analytics jobs of Elasticsearch machine learning.
  - Looks at the jobs first, sends what is needed and nothing else, and waits until the server is really there.
  - With O(state=present), compares what is declared with what the server has, as the server understands it. What is not
    declared is neither compared nor changed.
  - Everything that is named is found and checked before the first change. A job that cannot be brought into the state
    (a typo, a failed job without O(force)) fails the task while nothing has been changed.
options:
  id:
    description:
      - Ids of data frame analytics jobs, wildcards (C(*) only), or V(_all) alone.
      - An id consists of lower-case letters, digits, hyphens and underscores, and begins and ends with a letter or
        digit.
      - With O(state=present), an id that does not exist is created; wildcards mean jobs that exist.
      - One string is accepted too; separate several expressions by commas.
      - An empty list or element is refused, because the server would take it for all jobs.
    type: list
    elements: str
    required: true
  state:
    description:
      - V(present) creates what does not exist, and changes what differs from what is declared. A job that runs is
        stopped only for what needs that, and started again, see O(restart).
      - V(started) starts stopped jobs. One that is finished is left alone, because a server runs it only once.
      - V(stopped) stops running jobs. What they have done is kept, and V(started) goes on from there.
      - V(absent) deletes jobs, stopping them first. The destination index stays.
    type: str
    choices: [present, started, stopped, absent]
    default: present
  force:
    description:
      - Whether jobs are stopped and deleted by force. Failed jobs need it.
      - With O(state=started), a failed job is stopped by force and started again.
      - With O(state=present) and O(on_immutable_change=recreate), whether a job that has analysed something is deleted
        and created anew.
      - A forced stop does not wait for a job to put down what it has done.
    type: bool
    default: false
  timeout:
    default: 20s
    description:
      - The time that the whole task may take, as a whole number with a unit (V(500ms), V(20s), V(30m), V(1h), V(1d)).
      - Also sent to the server as the time to wait within a request, because the server's own default differs between
        versions.
      - A connection that is cut meanwhile, or a wait that the server or a proxy ends early, is no failure while time is
        left. The module looks again and goes on waiting.
      - When the time is up the task fails; what the server has begun goes on, and the same task run again waits for it.
      - With O(wait_for=finished), give it the time that the analysis takes.
  wait_for:
    description:
      - With O(state=started), what the task waits for.
      - V(started), as if not set, waits until the job runs.
      - V(finished) waits for the end of the analysis, also of one that was running already.
    type: str
    choices: [started, finished]
extends_documentation_fragment:
  - mlops.elastic.analytics_config
  - mlops.elastic.attributes
  - mlops.elastic.changing
  - mlops.elastic.changing.restart
  - mlops.elastic.connection
  - mlops.elastic.results
  - mlops.elastic.targeting
  - mlops.elastic.targeting.max_affected
  - mlops.elastic.waiting
attributes:
  check_mode:
    support: full
    details:
      - Sends reading requests only, and returns in RV(ignore:requests) the writing ones that it would send.
      - With O(state=present), has the server explain the job as it would become; what the server says against it is a
        warning.
  diff_mode:
    support: full
    details: Shows the states of the jobs that change, with O(state=present) what is declared of them.
  idempotent:
    support: partial
    details:
      - Elasticsearch 7.3 does not tell a finished job from one that was stopped, so that O(state=started) starts it
        again.
notes:
  - Since Elasticsearch 8.4, a job runs with the rights of whoever changed it last. A change that makes these others is
    warned of and shown in the diff; a task that finds nothing to change sends nothing, and leaves them as they are.
seealso:
  - module: mlops.elastic.ml_analytics_info
  - name: Data frame analytics APIs
    description: The server's own description of what this module calls.
    link: https://www.elastic.co/docs/api/doc/elasticsearch/group/endpoint-ml-data-frame
"""

EXAMPLES = r"""
- name: Declare a job
  mlops.elastic.ml_analytics:
    id: sensor-outliers
    description: Readings unlike the others
    source:
      index: source
    dest:
      index: sensor-outliers
    analysis:
      outlier_detection:
        n_neighbors: 20
    analyzed_fields:
      includes: [value]
    model_memory_limit: 100mb

- name: Make it another analysis, which only another job can be
  mlops.elastic.ml_analytics:
    id: sensor-outliers
    analysis:
      outlier_detection:
        method: lof
    on_immutable_change: recreate

- name: Stop everything that is called nightly, before a maintenance
  mlops.elastic.ml_analytics:
    id: nightly-*
    state: stopped
    timeout: 2m

- name: Start one again, and wait until it has finished
  mlops.elastic.ml_analytics:
    id: nightly-outliers
    state: started
    wait_for: finished
    timeout: 2h

- name: Stop two, on a cluster whose certificate has an authority of its own
  mlops.elastic.ml_analytics:
    hosts: "{{ elasticsearch_hosts }}"
    username: "{{ elasticsearch_username }}"
    password: "{{ elasticsearch_password }}"
    ca_cert: "{{ elasticsearch_ca_cert }}"
    id: [churn, house-prices]
    state: stopped

- name: Start a failed one again
  mlops.elastic.ml_analytics:
    id: broken
    state: started
    force: true

- name: Delete all others, ten at most
  mlops.elastic.ml_analytics:
    id: "*"
    exclude: [churn, nightly-*]
    state: absent
    max_affected: 10
"""

RETURN = r"""
msg:
  description: What happened, in a sentence; where the task fails, what was tried, what the server said, and what to do.
  returned: always
  type: str
  sample: stopped 1 of 2 data frame analytics (churn-2); churn-1 was stopped already
data_frame_analytics:
  description: The data frame analytics jobs that are named, one entry each, as far as O(return_items) says.
  returned: when the jobs were found
  type: list
  elements: dict
  contains:
    id:
      description: The data frame analytics job.
      returned: always
      type: str
      sample: churn-2
    state_before:
      description: Its state as it was found, V(absent) where there was none. With O(state=present) else V(present).
      returned: always
      type: str
      sample: started
    state:
      description: Its state now, or in check mode the one it would have; V(unknown) where it failed half way.
      returned: always
      type: str
      sample: stopped
    changed:
      description: Whether this task changed it.
      returned: always
      type: bool
      sample: true
    actions:
      description:
        - What was done, in order. C(await_stopped) waits for what somebody else began, and C(await_finished) for the
          end of the analysis; they change nothing.
        - With O(state=present), C(create), C(update), or C(delete) and C(create); around them C(stop) and C(start), as
          far as each is needed.
      returned: always
      type: list
      elements: str
      sample: [stop]
    differences:
      description: The options in which it differed from what is declared.
      returned: with O(state=present), where it existed and differed
      type: list
      elements: str
      sample: [model_memory_limit, analysis.regression.eta]
    lost:
      description:
        - What was deleted and could not be created again, in the form of the options of M(mlops.elastic.ml_bundle),
          which creates it as it was.
      returned: where that happened
      type: dict
      sample: {data_frame_analytics: [{id: outliers}]}
    failure_reason:
      description: What the server gives as the cause of its failure, at the time it was found.
      returned: where the server gives one
      type: str
      sample: Unable to start churn-2 as there are no analyzable data in source indices [churn].
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
            sample: cannot close data frame analytics [churn-2] because it failed, use force stop instead
        msg:
          description: The same with what was tried and what to do.
          returned: always
          type: str
          sample: >-
            could not stop data frame analytics churn-2: the server answered 409 status_exception:
            cannot close data frame analytics [churn-2] because it failed, use force stop instead.
            Set force: true to end what has failed.
summary:
  description: Counts of RV(data_frame_analytics).
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
      sample: /_ml/data_frame/analytics/churn-2/_stop?timeout=20s
    times:
      description: How often it was sent in a row.
      returned: when more than once
      type: int
      sample: 4
diff:
  description:
    - C(before) and C(after), each with the states of the jobs that change.
    - With O(state=present), a list with one such entry a job, each with what is declared of it as YAML.
  returned: in diff mode
  type: raw
  sample:
    before: {churn-2: {state: started}}
    after: {churn-2: {state: stopped}}
error:
  description: Why the task failed; the first of several reasons.
  returned: failure
  type: dict
  contains: *error
"""

from ansible_collections.mlops.elastic.plugins.module_utils import converge
from ansible_collections.mlops.elastic.plugins.module_utils.door import run_module
from ansible_collections.mlops.elastic.plugins.module_utils.resources.analytics import Analytics


def main(on_wait=None):
    resource = Analytics()
    run_module(lambda params, check_mode: converge.run(resource, params, check_mode, on_wait), resource.argument_spec())


if __name__ == "__main__":
    main()
