# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: report_html
short_description: Show jobs, datafeeds and analytics on one HTML page
version_added: 1.0.0
author:
  - mlops.elastic contributors (@mlops-elastic)
description:
  - Makes one HTML document of what the information modules return. Problems come first, then figures, then each job,
    datafeed and analytics.
  - The document needs nothing else, loads nothing, and can be read without a script, on a phone and on paper.
    Everything that a cluster says is escaped.
  - The playbook C(mlops.elastic.report) writes it into a file.
positional: _input
extends_documentation_fragment:
  - mlops.elastic.report
options:
  now:
    description:
      - The time at which things were as found, in ISO 8601, to which ages refer.
      - Of the same input, the same document is made for the same time.
    type: str
    required: true
seealso:
  - plugin: mlops.elastic.report_markdown
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read the jobs
  mlops.elastic.ml_job_info:
  register: found

- name: Write a page
  ansible.builtin.copy:
    content: "{{ {'jobs': found.jobs} | mlops.elastic.report_html(now=now(utc=True).isoformat()) }}"
    dest: jobs.html
    mode: "0644"
"""

RETURN = r"""
_value:
  description: The document.
  type: str
"""

from ansible_collections.mlops.elastic.plugins.plugin_utils.report.content import asked
from ansible_collections.mlops.elastic.plugins.plugin_utils.report.page import page


def report_html(found, now, title="Elasticsearch machine learning"):
    """Return the document."""
    return page(asked("report_html", found, title, now))


class FilterModule:
    def filters(self):
        return {"report_html": report_html}
