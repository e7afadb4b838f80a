# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the process that templates is holding: asked between the items of a loop, it shows what a task left."""

from __future__ import annotations

import os
import threading


def holdings(_value):
    """Return the process's id and the numbers of its open descriptors and threads."""
    return {
        "pid": os.getpid(),
        "descriptors": len(os.listdir("/proc/self/fd")),
        "threads": threading.active_count(),
    }


class FilterModule:
    """Filters of the tests."""

    def filters(self):
        return {"holdings": holdings}
