# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far a change of configuration may go."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  on_immutable_change:
    description:
      - What happens with O(state=present) where a declared value differs that the server cannot change.
      - V(fail) fails the task before the first change, names the values, and tells what creating anew would lose.
      - V(recreate) deletes what is there and creates it anew, with what is not declared as it was.
    type: str
    choices: [fail, recreate]
    default: fail
"""

    RESTART = r"""
options:
  restart:
    description:
      - Whether what runs is stopped for a change, and started again afterwards as it was, also where the change failed.
      - V(when_required) does that where the change needs it to be taken, or to take effect.
      - With V(never), a change that is not taken while it runs fails the task before the first change. One that is taken
        but takes effect at the next start is made, with a warning.
      - V(always) does that for every change.
    type: str
    choices: [when_required, never, always]
    default: when_required
"""
