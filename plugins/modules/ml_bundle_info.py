#!/usr/bin/python
# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ml_bundle_info
short_description: Read an estate of machine learning as a declaration, and write it into files
version_added: 1.0.0
author:
  - mlops.elastic contributors (@mlops-elastic)
description:
  - Returns the configurations of anomaly detection jobs, datafeeds, data frame analytics, calendars and filters in the
    form that M(mlops.elastic.ml_bundle) takes, without what only a server sets.
  - Declared again on the same cluster it changes nothing, on an empty one it builds the same estate.
  - With O(to_files) it writes that into a directory, one file for a job with its datafeed, and one for anything else.
  - Without O(jobs), O(datafeeds), O(data_frame_analytics), O(calendars) and O(filters) it reads all there is; otherwise
    what these name and, as O(include_related) says, what belongs to the jobs.
  - Sends one request for each kind, and further ones only for further pages and for events. What runs, and how far it
    is, is no part of it; M(mlops.elastic.ml_job_info) tells that.
options:
  jobs:
    description:
      - Ids of jobs, names of job groups, wildcards (C(*) only), or V(_all) alone.
    type: list
    elements: str
  datafeeds:
    description:
      - Ids of datafeeds, wildcards, or V(_all) alone.
    type: list
    elements: str
  data_frame_analytics:
    description:
      - Ids of data frame analytics, wildcards, or V(_all) alone.
    type: list
    elements: str
  calendars:
    description:
      - Ids of calendars, wildcards, or V(_all) alone.
    type: list
    elements: str
  filters:
    description:
      - Ids of filters, wildcards, or V(_all) alone.
    type: list
    elements: str
  include_related:
    description:
      - With O(jobs), whether what belongs to these jobs is read too. That is their datafeeds, the calendars that they,
        their groups or all jobs are members of, and the filters that their rules refer to.
    type: bool
    default: true
  allow_no_match:
    description:
      - Whether a wildcard or V(_all) may match nothing.
      - An id without a wildcard that does not exist is an error either way.
    type: bool
    default: true
  to_files:
    description:
      - A directory to write files into, on the machine where the module runs; it is made where there is none.
      - C(jobs/ID.yml) has a job and its datafeed, C(datafeeds/ID.yml) a datafeed whose job is not read,
        C(analytics/ID.yml), C(calendars/ID.yml) and C(filters/ID.yml) one thing each.
      - A file that says the same already is left as it is, with its comments. Others are replaced as a whole.
      - P(mlops.elastic.bundle_files#lookup) reads them again.
    type: path
  prune_files:
    description:
      - Whether files in these folders are removed whose things O(jobs), O(datafeeds), O(data_frame_analytics),
        O(calendars) and O(filters) name, and which are not there any more.
    type: bool
    default: false
extends_documentation_fragment:
  - mlops.elastic.attributes
  - mlops.elastic.connection
requirements:
  - PyYAML, with O(to_files)
attributes:
  check_mode:
    support: full
    details: Writes no files, and returns in RV(ignore:files) those that it would write.
  diff_mode:
    support: full
    details: Shows the files that change.
  idempotent:
    support: full
seealso:
  - module: mlops.elastic.ml_bundle
  - plugin: mlops.elastic.bundle_files
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: Read all there is
  mlops.elastic.ml_bundle_info:
  register: estate

- name: Declare it again, which changes nothing
  mlops.elastic.ml_bundle:
    jobs: "{{ estate.bundle.jobs }}"
    datafeeds: "{{ estate.bundle.datafeeds }}"

- name: Keep the web jobs in files
  mlops.elastic.ml_bundle_info:
    jobs: web-*
    to_files: "{{ playbook_dir }}/estate"
    prune_files: true
"""

RETURN = r"""
bundle:
  description:
    - The declaration, as M(mlops.elastic.ml_bundle) takes it. It has the kinds that were asked for, sorted by id, and
      each configuration in the order of the module's options.
  returned: success
  type: dict
  sample:
    jobs: [{job_id: web-1, groups: [web]}]
    datafeeds: [{datafeed_id: datafeed-web-1, job_id: web-1, indices: [web]}]
summary:
  description: How many of each kind there are.
  returned: success
  type: dict
  sample: {jobs: 1, datafeeds: 1}
files:
  description: The files that were written or removed, or would be in check mode; those that stay are left out.
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: The file, below O(to_files).
      returned: always
      type: str
      sample: jobs/web-1.yml
    action:
      description: What became of it, V(created), V(updated) or V(removed).
      returned: always
      type: str
      sample: created
msg:
  description: What was read and written, in a sentence; where the task fails, what was tried and what to do.
  returned: always
  type: str
  sample: read 1 job, 1 datafeed; wrote 1 file
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
      sample: /_ml/anomaly_detectors/web-*
    times:
      description: How often it was sent in a row.
      returned: when more than once
      type: int
      sample: 2
diff:
  description: For each file that changes, its text before and after.
  returned: in diff mode
  type: list
  elements: dict
  contains:
    before_header:
      description: The file, empty where there was none.
      returned: always
      type: str
      sample: jobs/web-1.yml
    after_header:
      description: The file, empty where it is removed.
      returned: always
      type: str
      sample: jobs/web-1.yml
    before:
      description: Its text before.
      returned: always
      type: str
      sample: ""
    after:
      description: Its text now.
      returned: always
      type: str
      sample: "---"
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
      description: The type that the server gave, or the module's own such as V(bad_option), V(file).
      returned: always
      type: str
      sample: resource_not_found_exception
    reason:
      description: The server's words.
      returned: always
      type: str
      sample: no known job with id 'web-9'
"""

from ansible_collections.mlops.elastic.plugins.module_utils import export
from ansible_collections.mlops.elastic.plugins.module_utils.door import run_module


def main(on_wait=None):
    run_module(export.run, export.SPEC)


if __name__ == "__main__":
    main()
