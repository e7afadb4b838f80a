# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Health as data."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  health:
    description:
      - Whether to return what is wrong as RV(ignore:problems).
      - That takes one or two searches more in the indices C(.ml-notifications*), however many items there are. Where
        they may not be read, a warning says which kinds of problems can't be seen.
    type: bool
    default: false
    version_added: 1.0.0
  messages_since:
    description:
      - How old the server's messages may be that make a problem with O(health), such as V(12h) or V(7d).
    type: str
    default: 1d
    version_added: 1.0.0
"""
