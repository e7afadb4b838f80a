# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long a task waits for the server, and what it says meanwhile."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  timeout:
    description:
      - The time that the whole task may take, as a whole number with a unit (V(500ms), V(20s), V(30m), V(1h), V(1d)).
      - Also sent to the server as the time to wait within a request.
      - A connection that is cut meanwhile, or a wait that the server or a proxy ends early, is no failure while time is
        left. The module looks again and goes on waiting.
      - When the time is up the task fails; what the server has begun goes on, and the same task run again waits for it.
    type: str
  display_progress:
    description:
      - Whether a long wait says now and then how far it is, on the screen of whoever runs the playbook.
      - Only a task that runs in the controller's own process can do that, as one with connection C(local) does.
    type: bool
    default: true
"""
