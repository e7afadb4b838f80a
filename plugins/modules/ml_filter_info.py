#!/usr/bin/python
# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ml_filter_info
short_description: Read filters
version_added: 1.0.0
author:
  - mlops.elastic contributors (@mlops-elastic)
description:
  - Returns filters, of Elasticsearch machine learning.
  - What is returned as RV(filters[].config) can be declared to M(mlops.elastic.ml_filter).
options:
  filter_id:
    description:
      - Ids of filters, wildcards (C(*) only), or V(_all) alone.
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
  - module: mlops.elastic.ml_filter
"""

EXAMPLES = r"""
- name: Read all filters
  mlops.elastic.ml_filter_info:
  register: all

- name: Show how many items each has
  ansible.builtin.debug:
    msg: "{{ item.filter_id }}: {{ item.config['items'] | length }}"
  loop: "{{ all.filters }}"
  loop_control:
    label: "{{ item.filter_id }}"
"""

RETURN = r"""
filters:
  description: The filters that are named, one entry each.
  returned: success
  type: list
  elements: dict
  contains:
    filter_id:
      description: The filter.
      returned: always
      type: str
      sample: safe-domains
    config:
      description: The configuration, without what only a server sets.
      returned: always
      type: dict
      sample: {filter_id: safe-domains, items: ["*.example.com", example.org]}
missing:
  description: The ids that are named and do not exist.
  returned: with O(allow_missing=true)
  type: list
  elements: str
  sample: [safe-9]
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
      sample: /_ml/filters/safe-domains
    times:
      description: How often it was sent in a row.
      returned: when more than once
      type: int
      sample: 2
msg:
  description: What was tried, what the server said, and what to do.
  returned: failure
  type: str
  sample: "filter_id: no known filter with id 'safe-domains'; nothing was changed. Check the spelling"
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
      sample: no known filter with id 'safe-domains'
"""

from ansible_collections.mlops.elastic.plugins.module_utils import info
from ansible_collections.mlops.elastic.plugins.module_utils.door import run_module
from ansible_collections.mlops.elastic.plugins.module_utils.resources.filter import Filter


def main(on_wait=None):
    resource = Filter()
    run_module(lambda params, check_mode: info.run(resource, params), resource.info_spec())


if __name__ == "__main__":
    main()
