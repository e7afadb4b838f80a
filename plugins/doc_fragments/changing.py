# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a change of a configuration may cost."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  on_immutable_change:
    description:
      - With O(state=present), what happens where something differs that no update can change.
      - V(fail) fails the task before the first change, names what differs, and says what would be lost.
      - V(recreate) deletes what is there and creates it anew, with what is not declared as it was.
    type: str
    choices: [fail, recreate]
    default: fail
"""

    RESTART = r"""
options:
  restart:
    description:
      - With O(state=present), whether what runs is stopped for a change, and started again as it was.
      - V(when_required) stops what the change needs stopped. It is started again also where the server refuses the
        change after that.
      - V(never) stops nothing. A change that needs it fails the task before the first change.
      - V(always) restarts what runs for any change.
    type: str
    choices: [when_required, never, always]
    default: when_required
"""
