# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets two playbooks begin a task at the same moment."""

from __future__ import annotations

import os
import time

LONGEST_SECONDS = 20


def meet(who, where):
    """Return the name given, once the other one of ann and bob has come to the same place too."""
    folder = os.environ["DOORS_MEETING"]
    with open(os.path.join(folder, f"{where}.{who}"), "w", encoding="utf-8"):
        pass
    other = os.path.join(folder, "{}.{}".format(where, {"ann": "bob", "bob": "ann"}[who]))
    limit = time.monotonic() + LONGEST_SECONDS
    while not os.path.exists(other):
        if time.monotonic() > limit:
            raise TimeoutError(other)
        time.sleep(0.002)
    return who


class FilterModule:
    def filters(self):
        return {"meet": meet}
