# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a filter consists of."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  description:
    description:
      - What the filter is for.
    type: str
  items:
    description:
      - The items of the filter, all of them; an empty list empties it. Their order, and naming one twice, means
        nothing.
      - An item may begin or end with V(*), which the rules of jobs then read as a wildcard.
    type: list
    elements: str
"""
