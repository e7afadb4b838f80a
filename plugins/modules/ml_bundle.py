#!/usr/bin/python
# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ml_bundle
short_description: Bring a whole estate of machine learning to what is declared
version_added: 1.0.0
author:
  - mlops.elastic contributors (@mlops-elastic)
description:
  - Takes anomaly detection jobs, datafeeds, data frame analytics, calendars and filters in one task, compares them with
    the server, and creates and updates what differs.
  - Reads each kind as a whole, so that the number of reading requests does not grow with the number of items, and sends
    writing requests for the items that differ only, side by side where they do not depend on each other.
  - Everything is checked before the first change. A declaration that cannot be carried out (a misspelt option, a change
    that needs an item created anew) fails the task while nothing has been changed.
  - The order is the one that the server needs. What has to rest is stopped; what is created anew is removed; filters,
    jobs, calendars, datafeeds and data frame analytics are written; what was stopped is started again, also after a
    failure; what is pruned is removed.
  - What is not declared, of an item or altogether, is neither compared nor touched.
options:
  jobs:
    description:
      - Anomaly detection jobs, each a dictionary of C(job_id) and options of M(mlops.elastic.ml_job) that belong to the
        configuration.
      - A datafeed is not declared here but in O(datafeeds).
    type: list
    elements: dict
  datafeeds:
    description:
      - Datafeeds, each a dictionary of C(datafeed_id) and options of M(mlops.elastic.ml_datafeed) that belong to the
        configuration. A job has one at most.
    type: list
    elements: dict
  data_frame_analytics:
    description:
      - Data frame analytics, each a dictionary of C(id) and options of M(mlops.elastic.ml_analytics) that belong to the
        configuration.
    type: list
    elements: dict
  calendars:
    description:
      - Calendars, each a dictionary of C(calendar_id) and options of M(mlops.elastic.ml_calendar) that belong to the
        configuration.
    type: list
    elements: dict
  filters:
    description:
      - Filters, each a dictionary of C(filter_id) and options of M(mlops.elastic.ml_filter) that belong to the
        configuration.
    type: list
    elements: dict
  prune:
    description:
      - What is removed unless it is declared, as expressions by kind.
      - Needs O(max_affected), and that the kind is declared, if only as an empty list.
      - Jobs are closed first, and their datafeeds go with them.
    type: dict
    suboptions:
      jobs:
        description:
          - Ids of jobs, names of job groups, wildcards (C(*) only), or V(_all) alone.
        type: list
        elements: str
      datafeeds:
        description:
          - Ids of datafeeds, wildcards, or V(_all) alone.
          - A datafeed whose job gets another one is removed before that is created.
        type: list
        elements: str
      data_frame_analytics:
        description:
          - Ids of data frame analytics, wildcards, or V(_all) alone. What they wrote stays in its index.
        type: list
        elements: str
      calendars:
        description:
          - Ids of calendars, wildcards, or V(_all) alone. Their events go with them.
        type: list
        elements: str
      filters:
        description:
          - Ids of filters, wildcards, or V(_all) alone. One that a job refers to cannot be removed.
        type: list
        elements: str
  max_affected:
    description:
      - The task fails before the first change when it would change and remove more items than this.
      - O(prune) needs it.
    type: int
  continue_on_error:
    description:
      - Whether the task goes on with other items after one has failed. It fails in the end either way.
      - With V(false), nothing more is begun after a failure. What runs at that moment is waited for, and what was
        stopped is started again.
      - What depends on an item that failed (a datafeed on its job, a job on its filters, a calendar on its jobs) is not
        tried either way.
    type: bool
    default: false
  on_immutable_change:
    description:
      - What happens where a declared value differs that the server cannot change.
      - V(fail) fails the task before the first change, and tells what creating the item anew would lose.
      - V(recreate) deletes the item and creates it anew. An item that holds results needs O(force), too.
    type: str
    choices: [fail, recreate]
    default: fail
  restart:
    description:
      - Whether what runs is stopped for a change and started again afterwards as it was.
      - With V(when_required) only where the change needs it to take effect, with V(always) for every change.
      - With V(never) a change that needs it fails the task before the first change.
    type: str
    choices: [when_required, never, always]
    default: when_required
  force:
    description:
      - With O(on_immutable_change=recreate), whether items that hold results are created anew.
      - With O(prune), whether items are closed, stopped and deleted by force. Failed ones need it.
    type: bool
    default: false
  timeout:
    default: 30m
extends_documentation_fragment:
  - mlops.elastic.attributes
  - mlops.elastic.connection
  - mlops.elastic.results
  - mlops.elastic.waiting
attributes:
  check_mode:
    support: full
    details:
      - Sends requests only that change nothing, and returns in RV(ignore:requests) the writing ones that it would send.
      - The server itself validates the jobs that would be created or updated, and explains such data frame analytics.
  diff_mode:
    support: full
    details: Shows the declared options of items that change, before and after, one part for each item.
  idempotent:
    support: full
notes:
  - What RV(mlops.elastic.ml_bundle_info#module:bundle) holds can be declared as it is.
  - The playbooks C(mlops.elastic.apply), C(mlops.elastic.drift) and C(mlops.elastic.export) of this collection do all
    that with a directory of files, which P(mlops.elastic.bundle_files#lookup) reads.
seealso:
  - module: mlops.elastic.ml_bundle_info
  - plugin: mlops.elastic.bundle_files
    plugin_type: lookup
  - module: mlops.elastic.ml_job
  - module: mlops.elastic.ml_datafeed
  - module: mlops.elastic.ml_analytics
  - module: mlops.elastic.ml_calendar
  - module: mlops.elastic.ml_filter
"""

EXAMPLES = r"""
- name: Declare a job with its datafeed, and the filter and the calendar that belong to it
  mlops.elastic.ml_bundle:
    filters:
      - filter_id: safe-hosts
        items: [monitoring.example.com]
    jobs:
      - job_id: checkout-errors
        groups: [checkout]
        analysis_config:
          bucket_span: 15m
          detectors:
            - function: high_count
              partition_field_name: host
              custom_rules:
                - actions: [skip_result]
                  scope: {host: {filter_id: safe-hosts, filter_type: include}}
        data_description: {time_field: "@timestamp"}
    calendars:
      - calendar_id: sales
        job_ids: [checkout]
        events:
          - {description: black friday, start_time: "2026-11-27T00:00:00Z", end_time: "2026-11-28T00:00:00Z"}
    datafeeds:
      - datafeed_id: datafeed-checkout-errors
        job_id: checkout-errors
        indices: [source]

- name: Remove what a team has that is not declared, ten items at most
  mlops.elastic.ml_bundle:
    jobs:
      - job_id: checkout-errors
        description: Errors of the checkout
    prune:
      jobs: checkout-*
    max_affected: 10

- name: Read what there is
  mlops.elastic.ml_bundle_info:
    jobs: checkout-*
  register: read

- name: Declare it again, which changes nothing
  mlops.elastic.ml_bundle:
    jobs: "{{ read.bundle.jobs }}"
    datafeeds: "{{ read.bundle.datafeeds }}"
    calendars: "{{ read.bundle.calendars }}"
    filters: "{{ read.bundle.filters }}"
"""

RETURN = r"""
msg:
  description: What happened, in a sentence; where the task fails, what was tried, what the server said, and what to do.
  returned: always
  type: str
  sample: created 2 jobs (web-1, web-2), 1 filter (safe); updated 1 datafeed (feed-db); 36 were as declared already
jobs:
  description: The jobs that are declared or pruned, one entry each, as far as O(return_items) says.
  returned: when O(jobs) is given and the declaration could be compared
  type: list
  elements: dict
  contains:
    job_id:
      <<: &id
        description: Which one it is.
        returned: always
        type: str
      sample: web-1
    <<: &item
      state_before:
        description: V(present) or V(absent) as it was found; for what is pruned, the state that it was in.
        returned: always
        type: str
        sample: absent
      state:
        description: The same now, or in check mode as it would be; V(unknown) where it failed half way.
        returned: always
        type: str
        sample: present
      changed:
        description: Whether this task changed it.
        returned: always
        type: bool
        sample: true
      actions:
        description:
          What was done, in order. What several items need, like stopping a datafeed, stands with one of them.
        returned: always
        type: list
        elements: str
        sample: [create]
      differences:
        description: The paths of declared values that the server had otherwise.
        returned: where there are any
        type: list
        elements: str
        sample: [description]
      error:
        description: Why it failed, or was not tried.
        returned: where it failed
        type: dict
        contains:
          <<: &error
            status:
              description: The HTTP status, null where there was no reply.
              returned: always
              type: int
              sample: 400
            type:
              description:
                The type that the server gave, or the module's own such as V(bad_option), V(refused), V(not_tried),
                V(timeout).
              returned: always
              type: str
              sample: status_exception
            reason:
              description: The server's words.
              returned: always
              type: str
              sample: Unknown function 'cuont'
          msg:
            description: The same with what was tried and what to do.
            returned: always
            type: str
            sample: could not create job web-1
    lost:
      <<: &lost
        description:
          - What was deleted and could not be created again, in the form of the options of M(mlops.elastic.ml_bundle),
            which creates it as it was.
        returned: where that happened
        type: dict
      sample: {jobs: [{job_id: web-1}]}
    datafeeds_stopped:
      description: Datafeeds that were stopped because the job was pruned.
      returned: where there are any
      type: list
      elements: str
      sample: [datafeed-web-1]
    datafeeds_deleted:
      description: Datafeeds that were deleted because the job was pruned.
      returned: where there are any
      type: list
      elements: str
      sample: [datafeed-web-1]
    task:
      description: The task of the deletion of a job that is pruned.
      returned: where there is one
      type: str
      sample: oTUltX4IQMOUUVeiohTt8A:124
datafeeds:
  description: The datafeeds that are declared or pruned, one entry each, as far as O(return_items) says.
  returned: when O(datafeeds) is given and the declaration could be compared
  type: list
  elements: dict
  contains:
    datafeed_id: {<<: *id, sample: datafeed-web-1}
    <<: *item
    lost:
      <<: *lost
      sample: {datafeeds: [{datafeed_id: datafeed-web-1}]}
data_frame_analytics:
  description: The data frame analytics that are declared or pruned, one entry each, as far as O(return_items) says.
  returned: when O(data_frame_analytics) is given and the declaration could be compared
  type: list
  elements: dict
  contains:
    id: {<<: *id, sample: churn}
    <<: *item
    lost:
      <<: *lost
      sample: {data_frame_analytics: [{id: outliers}]}
    failure_reason:
      description: Why the server gave up on what is pruned.
      returned: where it did
      type: str
      sample: cannot connect
calendars:
  description: The calendars that are declared or pruned, one entry each, as far as O(return_items) says.
  returned: when O(calendars) is given and the declaration could be compared
  type: list
  elements: dict
  contains:
    calendar_id: {<<: *id, sample: holidays}
    <<: *item
    lost:
      <<: *lost
      sample: {calendars: [{calendar_id: holidays}]}
filters:
  description: The filters that are declared or pruned, one entry each, as far as O(return_items) says.
  returned: when O(filters) is given and the declaration could be compared
  type: list
  elements: dict
  contains:
    filter_id: {<<: *id, sample: safe-hosts}
    <<: *item
summary:
  description: Counts, for each kind that is declared and, as C(total), for all.
  returned: when the declaration could be compared
  type: dict
  contains:
    jobs: &counts
      description: Counts of one kind.
      returned: when it is given
      type: dict
      contains:
        matched: {description: Those that are declared or pruned., returned: always, type: int, sample: 40}
        changed: {description: Those that were changed., returned: always, type: int, sample: 4}
        unchanged: {description: Those that needed nothing., returned: always, type: int, sample: 36}
        failed: {description: Those that failed., returned: always, type: int, sample: 0}
        not_tried:
          description: Those that were left alone because others had failed.
          returned: always
          type: int
          sample: 0
    datafeeds: *counts
    data_frame_analytics: *counts
    calendars: *counts
    filters: *counts
    total: *counts
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
      sample: PUT
    path:
      description: The path and the parameters.
      returned: always
      type: str
      sample: /_ml/anomaly_detectors/web-1
    times:
      description: How often it was sent in a row.
      returned: when more than once
      type: int
      sample: 4
diff:
  description: For each item that changes, its declared options before and after, as YAML.
  returned: in diff mode
  type: list
  elements: dict
  contains:
    before_header:
      description: Which item it is.
      returned: always
      type: str
      sample: jobs/web-1
    after_header:
      description: The same with what is done to it, and with the options that differ, as many as fit.
      returned: always
      type: str
      sample: "jobs/web-1 (update): description, groups"
    before:
      description: Its declared options as they were found.
      returned: always
      type: str
      sample: "description: before"
    after:
      description: Its declared options as they are now.
      returned: always
      type: str
      sample: "description: after"
error:
  description: Why the task failed; the first of several reasons.
  returned: failure
  type: dict
  contains: *error
"""

from ansible_collections.mlops.elastic.plugins.module_utils import bundle
from ansible_collections.mlops.elastic.plugins.module_utils.door import run_module


def main(on_wait=None):
    run_module(lambda params, check_mode: bundle.run(params, check_mode, on_wait), bundle.SPEC)


if __name__ == "__main__":
    main()
