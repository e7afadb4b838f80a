# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a calendar consists of."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  description:
    description:
      - What the calendar is for.
      - Elasticsearch cannot change it. A calendar with another one has to be created anew, see O(on_immutable_change).
    type: str
  job_ids:
    description:
      - The jobs and groups of jobs to which the calendar applies, all of them; an empty list means none. Their order,
        and naming one twice, means nothing.
      - They need not exist. V(_all) means every job, from Elasticsearch 7.6 on.
    type: list
    elements: str
  events:
    description:
      - The events of the calendar, all of them; an empty list means none. Their order means nothing.
      - Events have no names. Two are the same if their times and their description are, and whatever else is declared
        of them; an event that differs is added, then the other one is removed.
    type: list
    elements: dict
    suboptions:
      description:
        description:
          - What happens.
        type: str
        required: true
      start_time:
        description:
          - When it begins, an ISO 8601 date such as V(2026-12-24T00:00:00Z) or milliseconds since 1970.
          - A date without a time zone is one in UTC.
        type: raw
        required: true
      end_time:
        description:
          - When it is over, as in O(events[].start_time), and later than that.
        type: raw
        required: true
      skip_result:
        description:
          - Whether no results are created meanwhile, which they are not if nothing is said.
          - Needs Elasticsearch 8.16 or later, as O(events[].skip_model_update) and O(events[].force_time_shift) do.
        type: bool
      skip_model_update:
        description:
          - Whether the model does not learn meanwhile, which it does not if nothing is said.
        type: bool
      force_time_shift:
        description:
          - Seconds by which the model's time is shifted once the event begins, as a change to summer time needs it.
        type: int
  ics_file:
    description:
      - Path of an iCalendar file (RFC 5545), on the host where the task runs, whose events are those of the calendar;
        it takes the place of O(events).
      - What recurs is added one by one, without its exceptions. Events that are cancelled, and those that take no time,
        are left out. The summary of an event is its description.
      - Needs the Python library C(recurring-ical-events) where the task runs.
    type: path
  ics_start:
    description:
      - With O(ics_file), a time as in O(events[].start_time); what is over by then is left out.
    type: str
  ics_end:
    description:
      - With O(ics_file), a time as in O(events[].start_time); what begins only then is left out.
      - Required where an event of the file recurs for ever.
    type: str
  ics_timezone:
    description:
      - With O(ics_file), the time zone of whole days, and of times for which the file names no zone, such as
        V(Europe/Paris).
      - The file's own C(X-WR-TIMEZONE) if not given, UTC if it has none.
    type: str
"""
