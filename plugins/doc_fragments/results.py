# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How much of what was done is told."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  return_items:
    description:
      - Which items the result lists. Those that failed are always listed, and RV(ignore:summary) counts all.
      - With V(none), RV(ignore:requests) has each API once in a row, with V({id}) for the ids, so that the result stays
        small however many items there are.
    type: str
    choices: [all, changed, none]
    default: all
"""
