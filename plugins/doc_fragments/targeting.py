# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which resources are meant."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  exclude:
    description:
      - Expressions that are taken away again from what is named, in the same form.
    type: list
    elements: str
    default: []
  allow_no_match:
    description:
      - Whether a wildcard or V(_all) may match nothing.
      - An id without a wildcard that does not exist is an error either way.
    type: bool
    default: true
"""

    MISSING = r"""
options:
  allow_missing:
    description:
      - Whether ids that do not exist are no error. RV(ignore:missing) names them.
    type: bool
    default: false
    version_added: 1.0.0
"""

    MAX_AFFECTED = r"""
options:
  max_affected:
    description:
      - The task fails before the first change when it would change more than this many.
      - With O(state=absent), V(_all) and V(*) need it.
    type: int
"""
