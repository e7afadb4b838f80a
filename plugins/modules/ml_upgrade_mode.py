#!/usr/bin/python
# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ml_upgrade_mode
short_description: Put machine learning into upgrade mode, and out of it
version_added: 1.0.0
author:
  - mlops.elastic contributors (@mlops-elastic)
description:
  - Takes all jobs, datafeeds and data frame analytics of a cluster from their nodes for as long as its indices are
    upgraded or its nodes are restarted, and lets them go on afterwards.
  - Nothing is closed or stopped. What runs keeps its state, V(opened) or V(started), and its end, without a node.
  - Looks first, sends what is needed and nothing else, and waits until nothing runs on any node.
options:
  state:
    description:
      - V(enabled) puts the cluster into upgrade mode, and waits until no node runs a job, a datafeed or data frame
        analytics any more; also where somebody else has enabled it.
      - V(disabled) ends upgrade mode. What ran before runs again, each as soon as a node takes it.
      - While upgrade mode is enabled, a server refuses nearly every change of machine learning; those before 7.10
        refuse only that something is opened or started.
    type: str
    choices: [enabled, disabled]
    required: true
  timeout:
    default: 1m
extends_documentation_fragment:
  - mlops.elastic.attributes
  - mlops.elastic.connection
  - mlops.elastic.waiting
attributes:
  check_mode:
    support: full
    details: Sends reading requests only, and returns in RV(ignore:requests) the writing ones that it would send.
  diff_mode:
    support: full
    details: Shows the switch where it changes.
  idempotent:
    support: full
notes:
  - Upgrade mode is one switch of the whole cluster, on a server without API for a part. To pause some jobs only, use
    the role P(mlops.elastic.maintenance_window#role), which closes and stops what is named and can bring it back.
seealso:
  - module: mlops.elastic.ml_job
  - name: Set upgrade mode
    description: The server's own description of what this module calls.
    link: https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-ml-set-upgrade-mode
"""

EXAMPLES = r"""
- name: Take machine learning from the nodes
  mlops.elastic.ml_upgrade_mode:
    state: enabled

- name: Let it go on
  mlops.elastic.ml_upgrade_mode:
    state: disabled

- name: See whether upgrade mode is enabled, and change nothing
  mlops.elastic.ml_upgrade_mode:
    state: disabled
  check_mode: true
  register: mode

- name: Say so
  ansible.builtin.debug:
    msg: "Upgrade mode is {{ 'enabled' if mode.upgrade_mode_before else 'disabled' }}"
"""

RETURN = r"""
msg:
  description: What happened, in a sentence; where the task fails, what was tried, what the server said, and what to do.
  returned: always
  type: str
  sample: enabled upgrade mode
upgrade_mode_before:
  description: Whether upgrade mode was enabled when the task looked.
  returned: when the server said so
  type: bool
  sample: false
upgrade_mode:
  description:
    - Whether upgrade mode is enabled now, or in check mode would be; null where the task failed half way and could not
      look.
  returned: when the server said so
  type: bool
  sample: true
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
      sample: /_ml/set_upgrade_mode?enabled=true&timeout=1m
    times:
      description: How often it was sent in a row.
      returned: when more than once
      type: int
      sample: 4
diff:
  description: C(before) and C(after), each with the switch where it changes.
  returned: in diff mode
  type: dict
  sample:
    before: {upgrade_mode: false}
    after: {upgrade_mode: true}
error:
  description: Why the task failed.
  returned: failure
  type: dict
  contains:
    status:
      description: The HTTP status, null where there was no reply.
      returned: always
      type: int
      sample: 403
    type:
      description: The type that the server gave, or the module's own such as V(bad_option), V(timeout).
      returned: always
      type: str
      sample: security_exception
    reason:
      description: The server's words.
      returned: always
      type: str
      sample: action [cluster:admin/xpack/ml/upgrade_mode] is unauthorized for user [watcher]
"""

from ansible_collections.mlops.elastic.plugins.module_utils import upgrade_mode
from ansible_collections.mlops.elastic.plugins.module_utils.door import run_module


def main(on_wait=None):
    run_module(lambda params, check_mode: upgrade_mode.run(params, check_mode, on_wait), upgrade_mode.SPEC)


if __name__ == "__main__":
    main()
