#!/usr/bin/python
# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ml_calendar_info
short_description: Read calendars
version_added: 1.0.0
author:
  - mlops.elastic contributors (@mlops-elastic)
description:
  - Returns calendars, each with its events, whose times are ISO dates, of Elasticsearch machine learning.
  - What is returned as RV(calendars[].config) can be declared to M(mlops.elastic.ml_calendar).
options:
  calendar_id:
    description:
      - Ids of calendars, wildcards (C(*) only), or V(_all) alone.
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
seealso:
  - module: mlops.elastic.ml_calendar
"""

EXAMPLES = r"""
- name: Read the calendars of a team
  mlops.elastic.ml_calendar_info:
    calendar_id: team-a-*
  register: ours

- name: Show their events of next year
  ansible.builtin.debug:
    msg: "{{ ours.calendars | map(attribute='config.events') | flatten | selectattr('start_time', '>', '2027') }}"
"""

RETURN = r"""
calendars:
  description: The calendars that are named, one entry each.
  returned: success
  type: list
  elements: dict
  contains:
    calendar_id:
      description: The calendar.
      returned: always
      type: str
      sample: maintenance
    config:
      description: The configuration, without what only a server sets.
      returned: always
      type: dict
      sample:
        calendar_id: maintenance
        job_ids: [web-jobs]
        events:
          - description: New load balancer
            start_time: "2026-11-07T22:00:00Z"
            end_time: "2026-11-08T02:00:00Z"
missing:
  description: The ids that are named and do not exist.
  returned: with O(allow_missing=true)
  type: list
  elements: str
  sample: [holidays-9]
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
      sample: /_ml/calendars/maintenance
    times:
      description: How often it was sent in a row.
      returned: when more than once
      type: int
      sample: 2
msg:
  description: What was tried, what the server said, and what to do.
  returned: failure
  type: str
  sample: "calendar_id: no known calendar with id 'maintenance'; nothing was changed. Check the spelling"
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
      sample: no known calendar with id 'maintenance'
"""

from ansible_collections.mlops.elastic.plugins.module_utils import info
from ansible_collections.mlops.elastic.plugins.module_utils.door import run_module
from ansible_collections.mlops.elastic.plugins.module_utils.resources.calendar import Calendar


def main(on_wait=None):
    resource = Calendar()
    run_module(lambda params, check_mode: info.run(resource, params), resource.info_spec())


if __name__ == "__main__":
    main()
