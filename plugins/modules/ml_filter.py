#!/usr/bin/python
# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ml_filter
short_description: Bring filters to a declared configuration
version_added: 1.0.0
author:
  - mlops.elastic contributors (@mlops-elastic)
description:
  - Creates, updates and deletes filters of Elasticsearch machine learning, the lists of items to which the custom rules
    of anomaly detection jobs refer.
  - Compares what is declared with what the server has, and sends one request for what differs, if anything does.
  - What is not declared is neither compared nor changed.
options:
  filter_id:
    description:
      - Ids of filters, wildcards (C(*) only), or V(_all) alone. With O(state=present), ids that do not exist are
        created, and wildcards mean what exists.
      - One string is accepted too; separate several expressions by commas.
      - An empty list or element is refused, because the server would take it for all filters.
    type: list
    elements: str
    required: true
  state:
    description:
      - V(present) creates the filters that do not exist, and changes in the others what is declared and differs.
      - V(absent) deletes filters. The server refuses that while a job's rules refer to one, and names the jobs.
    type: str
    choices: [present, absent]
    default: present
  timeout:
    description:
      - The time that the whole task may take, as a whole number with a unit (V(500ms), V(20s), V(1m)).
      - A connection that is cut meanwhile is no failure while time is left. The module looks whether the change took
        hold, and sends it again if not.
    type: str
    default: 20s
  display_progress:
    description:
      - Whether a long wait says now and then how far it is, on the screen of whoever runs the playbook.
      - Only a task that runs in the controller's own process can do that, as one with connection C(local) does.
    type: bool
    default: true
extends_documentation_fragment:
  - mlops.elastic.attributes
  - mlops.elastic.connection
  - mlops.elastic.results
  - mlops.elastic.targeting
  - mlops.elastic.targeting.max_affected
  - mlops.elastic.filter_config
attributes:
  check_mode:
    support: full
    details: Sends reading requests only, and returns in RV(ignore:requests) the writing ones that it would send.
  diff_mode:
    support: full
    details: Shows what is declared of the filters that change, as it was and as it comes to be.
  idempotent:
    support: full
notes:
  - Jobs that are open take a changed filter into account at once.
seealso:
  - module: mlops.elastic.ml_filter_info
  - module: mlops.elastic.ml_job
  - name: Anomaly detection APIs
    description: The server's own description of what this module calls.
    link: https://www.elastic.co/docs/api/doc/elasticsearch/group/endpoint-ml-anomaly
"""

EXAMPLES = r"""
- name: Have a filter with exactly these items
  mlops.elastic.ml_filter:
    filter_id: safe-domains
    description: Domains that nobody needs to look at
    items:
      - "*.example.com"
      - example.org

- name: Show what would be changed, and change nothing
  mlops.elastic.ml_filter:
    filter_id: safe-domains
    items: [example.org, example.net]
  check_mode: true
  diff: true

- name: Empty all filters of a team
  mlops.elastic.ml_filter:
    filter_id: team-a-*
    items: []

- name: Delete one
  mlops.elastic.ml_filter:
    filter_id: old-domains
    state: absent
"""

RETURN = r"""
msg:
  description: What happened, in a sentence; where the task fails, what was tried, what the server said, and what to do.
  returned: always
  type: str
  sample: updated filter safe-domains
filters:
  description: The filters that are named, one entry each, as far as O(return_items) says.
  returned: when the filters were found
  type: list
  elements: dict
  contains:
    filter_id:
      description: The filter.
      returned: always
      type: str
      sample: safe-domains
    state_before:
      description: Whether it was there, V(present) or V(absent).
      returned: always
      type: str
      sample: present
    state:
      description: Whether it is there now, or in check mode would be; V(unknown) where it failed half way.
      returned: always
      type: str
      sample: present
    changed:
      description: Whether this task changed it.
      returned: always
      type: bool
      sample: true
    actions:
      description: What was done, in order, such as V(create), V(update) and V(delete).
      returned: always
      type: list
      elements: str
      sample: [update]
    differences:
      description: What was declared and had another value on the server.
      returned: with O(state=present), where anything differed
      type: list
      elements: str
      sample: [items]
    error:
      description: Why this filter failed.
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
            sample: Cannot delete filter [safe-domains] currently used by jobs [web-1]
        msg:
          description: The same with what was tried and what to do.
          returned: always
          type: str
          sample: >-
            could not delete filter safe-domains: the server answered 409 status_exception:
            Cannot delete filter [safe-domains] currently used by jobs [web-1]
summary:
  description: Counts of RV(filters).
  returned: when the filters were found
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
      sample: /_ml/filters/safe-domains/_update
    times:
      description: How often it was sent in a row.
      returned: when more than once
      type: int
      sample: 4
diff:
  description:
    - C(before) and C(after) of each filter that changes, in YAML and without what is not declared.
    - With O(state=absent), the states of the filters that are deleted.
  returned: in diff mode
  type: raw
  sample:
    - before_header: filters/safe-domains
      after_header: "filters/safe-domains (update): items"
      before: "items: [example.org]\n"
      after: "items: [example.net, example.org]\n"
error:
  description: Why the task failed; the first of several reasons.
  returned: failure
  type: dict
  contains: *error
"""

from ansible_collections.mlops.elastic.plugins.module_utils import converge
from ansible_collections.mlops.elastic.plugins.module_utils.door import run_module
from ansible_collections.mlops.elastic.plugins.module_utils.resources.filter import Filter


def main(on_wait=None):
    resource = Filter()
    run_module(lambda params, check_mode: converge.run(resource, params, check_mode, on_wait), resource.argument_spec())


if __name__ == "__main__":
    main()
