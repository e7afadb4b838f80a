# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: report_markdown
short_description: Tell of jobs, datafeeds and analytics in Markdown
version_added: 1.0.0
author:
  - mlops.elastic contributors (@mlops-elastic)
description:
  - Makes a text for a merge request or an issue of what the information modules return. Problems come first, then how
    many there are in which state, then folded tables of each job, datafeed and analytics.
  - What others wrote, such as messages, is no markup in it, and calls nobody.
  - The playbook C(mlops.elastic.report) writes it into a file.
positional: _input
extends_documentation_fragment:
  - mlops.elastic.report
options:
  now:
    description: The time at which things were as found, in ISO 8601, to which ages refer.
    type: str
    required: true
  limit:
    description:
      - How many characters there may be. GitHub takes 65536 in a comment, GitLab about a million.
      - What has no problem is left out first, and the text says how much is.
    type: int
    default: 60000
seealso:
  - plugin: mlops.elastic.report_html
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read the jobs
  mlops.elastic.ml_job_info:
  register: found

- name: Write a text
  ansible.builtin.copy:
    content: "{{ {'jobs': found.jobs} | mlops.elastic.report_markdown(now=now(utc=True).isoformat()) }}"
    dest: jobs.md
    mode: "0644"
"""

RETURN = r"""
_value:
  description: The text.
  type: str
"""

from ansible_collections.mlops.elastic.plugins.plugin_utils.report.content import asked
from ansible_collections.mlops.elastic.plugins.plugin_utils.report.markdown import markdown


def report_markdown(found, now, title="Elasticsearch machine learning", limit=60000):
    """Return the text."""
    return markdown(asked("report_markdown", found, title, now), int(limit))


class FilterModule:
    def filters(self):
        return {"report_markdown": report_markdown}
