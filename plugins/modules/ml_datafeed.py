#!/usr/bin/python
# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ml_datafeed
short_description: Declare datafeeds, or bring them into a state
version_added: 0.1.0
author:
  - mlops.elastic contributors (@mlops-elastic)
description:
  - Creates, changes, starts, stops and deletes the datafeeds of anomaly detection jobs of Elasticsearch machine
    learning.
  - Looks at the datafeeds first, sends what is needed and nothing else, and waits until the server is really there.
  - With O(state=present), compares what is declared with what the server has, as the server understands it. What is not
    declared is neither compared nor changed.
  - Everything that is named is found and checked before the first change.
options:
  datafeed_id:
    description:
      - Ids of datafeeds, wildcards (C(*) only), or V(_all) alone. The names of job groups mean nothing here.
      - One string is accepted too; separate several expressions by commas.
      - With O(state=present), an id that does not exist is created; wildcards mean datafeeds that exist.
      - An empty list or element is refused, because the server would take it for all datafeeds.
    type: list
    elements: str
    required: true
  state:
    description:
      - V(present) creates what does not exist, and changes what differs from what is declared. A datafeed that runs is
        stopped for a change and started again, see O(restart); one that reads up to an end goes on up to that end, and
        its job is opened again where the server closes it.
      - V(started) starts stopped datafeeds, whose jobs have to be opened. With O(end), a datafeed whose job has results
        up to there is left alone.
      - V(stopped) stops running datafeeds. Their jobs stay open, except that a server closes the job of a datafeed that
        was started with O(end).
      - V(absent) deletes datafeeds, stopping them first.
    type: str
    choices: [present, started, stopped, absent]
    default: present
  force:
    description:
      - With O(state=stopped) and O(state=absent), whether datafeeds are stopped and deleted by force.
      - What the datafeed has read and not handed on is not waited for.
    type: bool
    default: false
  timeout:
    default: 20s
  start:
    description:
      - With O(state=started), the time from which data is read. Without it, the server goes on where the job left off,
        or begins with the oldest data.
      - An ISO 8601 date such as V(2018-01-01T00:00:00Z), milliseconds since 1970, or date math such as V(now-1h).
      - Means nothing to a datafeed that is running.
    type: str
  end:
    description:
      - With O(state=started), the time up to which data is read, as in O(start). The server stops the datafeed and
        closes its job when it comes there. Without it, the datafeed goes on in real time.
    type: str
extends_documentation_fragment:
  - mlops.elastic.attributes
  - mlops.elastic.changing
  - mlops.elastic.changing.restart
  - mlops.elastic.connection
  - mlops.elastic.datafeed_config
  - mlops.elastic.results
  - mlops.elastic.targeting
  - mlops.elastic.targeting.max_affected
  - mlops.elastic.waiting
attributes:
  check_mode:
    support: full
    details: Sends reading requests only, and returns in RV(ignore:requests) the writing ones that it would send.
  diff_mode:
    support: full
    details: Shows the states of the datafeeds that change, with O(state=present) what is declared of them.
  idempotent:
    support: partial
    details:
      - With O(end), what tells that a datafeed is through is the end of its job's last final bucket. Where no data lies
        in the last buckets before O(end), or O(end) is relative to C(now), the datafeed counts as one to be started.
notes:
  - Since Elasticsearch 8.4, a datafeed runs with the rights of whoever changed it last. A change that makes these
    others is warned of and shown in the diff; a task that finds nothing to change sends nothing, and leaves them.
  - To know where a running datafeed ends, the module reads the cluster's state, which needs the cluster privilege
    C(monitor).
  - The task ends when the datafeed is started. It does not wait until the datafeed has read its data.
seealso:
  - module: mlops.elastic.ml_datafeed_info
  - module: mlops.elastic.ml_job
  - name: Anomaly detection APIs
    description: The server's own description of what this module calls.
    link: https://www.elastic.co/docs/api/doc/elasticsearch/group/endpoint-ml-anomaly
"""

EXAMPLES = r"""
- name: Declare the datafeed of a job
  mlops.elastic.ml_datafeed:
    datafeed_id: datafeed-nightly-sales
    job_id: nightly-sales
    indices: ["source*"]
    query:
      range:
        value:
          gte: 0
    query_delay: 90s
    delayed_data_check_config:
      enabled: true
      check_window: 2h

- name: Have those of the web jobs read more at once; what runs is stopped for that and started again
  mlops.elastic.ml_datafeed:
    datafeed_id: datafeed-web-*
    scroll_size: 5000

- name: Stop all datafeeds of the web jobs
  mlops.elastic.ml_datafeed:
    datafeed_id: datafeed-web-*
    state: stopped

- name: Start one from a day on, in real time
  mlops.elastic.ml_datafeed:
    datafeed_id: datafeed-web-frontend
    state: started
    start: "2018-01-01T00:00:00Z"

- name: Have another one read a week, after which the server closes its job
  mlops.elastic.ml_datafeed:
    datafeed_id: datafeed-web-checkout
    state: started
    start: "2018-01-01T00:00:00Z"
    end: "2018-01-08T00:00:00Z"
    timeout: 1m

- name: Delete two datafeeds, running or not
  mlops.elastic.ml_datafeed:
    datafeed_id: [datafeed-payments, datafeed-logins]
    state: absent
"""

RETURN = r"""
msg:
  description: What happened, in a sentence; where the task fails, what was tried, what the server said, and what to do.
  returned: always
  type: str
  sample: stopped 1 of 2 datafeeds (datafeed-web-1); datafeed-web-2 was stopped already
datafeeds:
  description: The datafeeds that are named, one entry each, as far as O(return_items) says.
  returned: when the datafeeds were found
  type: list
  elements: dict
  contains:
    datafeed_id:
      description: The datafeed.
      returned: always
      type: str
      sample: datafeed-web-1
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
        - What was done, in order. C(await_started) and C(await_stopped) wait for what somebody else began, and change
          nothing.
        - With O(state=present), C(create), C(update), or C(delete) and C(create); around them C(close_job),
          C(stop_datafeed), C(open_job) and C(start_datafeed), as far as each is needed.
      returned: always
      type: list
      elements: str
      sample: [stop]
    differences:
      description: The options in which it differed from what is declared.
      returned: with O(state=present), where it existed and differed
      type: list
      elements: str
      sample: [query_delay, indices_options.expand_wildcards]
    lost:
      description:
        - What was deleted and could not be created again, in the form of the options of M(mlops.elastic.ml_bundle),
          which creates it as it was.
      returned: where that happened
      type: dict
      sample: {datafeeds: [{datafeed_id: datafeed-web-1, job_id: web-1}]}
    error:
      description: Why this datafeed failed.
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
            sample: cannot start datafeed [datafeed-web-1] because job [web-1] is closing
        msg:
          description: The same with what was tried and what to do.
          returned: always
          type: str
          sample: >-
            could not start datafeed datafeed-web-1: the server answered 409 status_exception:
            cannot start datafeed [datafeed-web-1] because job [web-1] is closing
summary:
  description: Counts of RV(datafeeds).
  returned: when the datafeeds were found
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
      sample: /_ml/datafeeds/datafeed-web-1/_stop?timeout=20s
    times:
      description: How often it was sent in a row.
      returned: when more than once
      type: int
      sample: 4
diff:
  description:
    - C(before) and C(after), each with the states of the datafeeds that change.
    - With O(state=present), a list with one such entry a datafeed, each with what is declared of it as YAML.
  returned: in diff mode
  type: raw
  sample:
    before: {datafeed-web-1: {state: started}}
    after: {datafeed-web-1: {state: stopped}}
error:
  description: Why the task failed; the first of several reasons.
  returned: failure
  type: dict
  contains: *error
"""

from ansible_collections.mlops.elastic.plugins.module_utils import converge
from ansible_collections.mlops.elastic.plugins.module_utils.door import run_module
from ansible_collections.mlops.elastic.plugins.module_utils.resources.datafeed import Datafeed


def main(on_wait=None):
    resource = Datafeed()
    run_module(lambda params, check_mode: converge.run(resource, params, check_mode, on_wait), resource.argument_spec())


if __name__ == "__main__":
    main()
