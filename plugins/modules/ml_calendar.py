#!/usr/bin/python
# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ml_calendar
short_description: Bring calendars to a declared configuration
version_added: 1.0.0
author:
  - mlops.elastic contributors (@mlops-elastic)
description:
  - Creates, changes and deletes calendars of Elasticsearch machine learning, the lists of scheduled events during which
    anomaly detection jobs neither learn nor report.
  - Compares what is declared with what the server has, and sends requests only for what differs, adding before it
    removes.
  - The events may come from an iCalendar file.
  - What is not declared is neither compared nor changed.
options:
  calendar_id:
    description:
      - Ids of calendars, wildcards (C(*) only), or V(_all) alone. With O(state=present), ids that do not exist are
        created, and wildcards mean what exists.
      - One string is accepted too; separate several expressions by commas.
      - An empty list or element is refused, because the server would take it for all calendars.
    type: list
    elements: str
    required: true
  state:
    description:
      - V(present) creates the calendars that do not exist, and changes in the others what is declared and differs.
      - V(absent) deletes calendars with their events.
    type: str
    choices: [present, absent]
    default: present
  on_immutable_change:
    description:
      - What is done where O(description) differs, which the server cannot change.
      - V(fail) refuses it. V(recreate) deletes the calendar, creates it anew, and puts back its members and events as
        far as nothing else is declared.
      - Between these requests no event is in effect.
    type: str
    choices: [fail, recreate]
    default: fail
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
  - mlops.elastic.calendar_config
attributes:
  check_mode:
    support: full
    details: Sends reading requests only, and returns in RV(ignore:requests) the writing ones that it would send.
  diff_mode:
    support: full
    details: Shows what is declared of the calendars that change, as it was and as it comes to be.
  idempotent:
    support: full
notes:
  - There is no API that reads several calendars by their ids. Up to eight are read one by one, more are picked from a
    reading of all, in pages of 1000, whatever their number.
seealso:
  - module: mlops.elastic.ml_calendar_info
  - module: mlops.elastic.ml_job
  - name: Anomaly detection APIs
    description: The server's own description of what this module calls.
    link: https://www.elastic.co/docs/api/doc/elasticsearch/group/endpoint-ml-anomaly
"""

EXAMPLES = r"""
- name: Have a calendar with these members and events
  mlops.elastic.ml_calendar:
    calendar_id: maintenance
    description: Planned maintenance
    job_ids: [web-jobs]
    events:
      - description: New load balancer
        start_time: "2026-11-07T22:00:00Z"
        end_time: "2026-11-08T02:00:00Z"

- name: Add the jobs of another group, whatever the events
  mlops.elastic.ml_calendar:
    calendar_id: maintenance
    job_ids: [web-jobs, payments]

- name: Take the public holidays of two years from a file
  mlops.elastic.ml_calendar:
    calendar_id: holidays
    job_ids: [_all]
    ics_file: "{{ playbook_dir }}/holidays.ics"
    ics_start: "2026-01-01"
    ics_end: "2028-01-01"
    ics_timezone: Europe/Paris

- name: Give it another description, which needs a new calendar
  mlops.elastic.ml_calendar:
    calendar_id: maintenance
    description: Planned and unplanned maintenance
    on_immutable_change: recreate

- name: Delete one
  mlops.elastic.ml_calendar:
    calendar_id: maintenance
    state: absent
"""

RETURN = r"""
msg:
  description: What happened, in a sentence; where the task fails, what was tried, what the server said, and what to do.
  returned: always
  type: str
  sample: updated calendar maintenance
calendars:
  description: The calendars that are named, one entry each, as far as O(return_items) says.
  returned: when the calendars were found
  type: list
  elements: dict
  contains:
    calendar_id:
      description: The calendar.
      returned: always
      type: str
      sample: maintenance
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
      description:
        - What was done, in order, of V(delete), V(create), V(add_jobs), V(remove_jobs), V(add_events) and
          V(remove_events).
      returned: always
      type: list
      elements: str
      sample: [add_jobs, add_events]
    differences:
      description: What was declared and had another value on the server.
      returned: with O(state=present), where anything differed
      type: list
      elements: str
      sample: [job_ids, events]
    lost:
      description:
        - What was deleted and could not be created again, in the form of the options of M(mlops.elastic.ml_bundle),
          which creates it as it was.
      returned: where that happened
      type: dict
      sample: {calendars: [{calendar_id: holidays}]}
    error:
      description: Why this calendar failed.
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
              The type that the server gave, or the module's own such as V(bad_option), V(refused), V(timeout).
            returned: always
            type: str
            sample: status_exception
          reason:
            description: The server's words.
            returned: always
            type: str
            sample: Cannot create calendar with id [maintenance] as it already exists
        msg:
          description: The same with what was tried and what to do.
          returned: always
          type: str
          sample: >-
            could not create calendar maintenance: the server answered 400 status_exception:
            Cannot create calendar with id [maintenance] as it already exists
summary:
  description: Counts of RV(calendars).
  returned: when the calendars were found
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
      sample: PUT
    path:
      description: The path and the parameters.
      returned: always
      type: str
      sample: /_ml/calendars/maintenance/jobs/payments
    times:
      description: How often it was sent in a row.
      returned: when more than once
      type: int
      sample: 4
diff:
  description:
    - C(before) and C(after) of each calendar that changes, in YAML and without what is not declared.
    - With O(state=absent), the states of the calendars that are deleted.
  returned: in diff mode
  type: raw
  sample:
    - before_header: calendars/maintenance
      after_header: "calendars/maintenance (add_jobs, add_events): job_ids, events"
      before: "job_ids: [web-jobs]\n"
      after: "job_ids: [payments, web-jobs]\n"
error:
  description: Why the task failed; the first of several reasons.
  returned: failure
  type: dict
  contains: *error
"""

from ansible_collections.mlops.elastic.plugins.module_utils import converge
from ansible_collections.mlops.elastic.plugins.module_utils.door import run_module
from ansible_collections.mlops.elastic.plugins.module_utils.resources.calendar import Calendar


def main(on_wait=None):
    resource = Calendar()
    run_module(lambda params, check_mode: converge.run(resource, params, check_mode, on_wait), resource.argument_spec())


if __name__ == "__main__":
    main()
