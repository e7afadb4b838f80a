# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One line now and then for whoever watches a long wait."""

from __future__ import annotations

FIRST_LINE_SECONDS = 3.0
"""Waiting time before the first line; every further line comes after twice the time."""


class Progress:
    """Called with (what is done, subjects done, subjects in all, budget) by whoever waits.

    :arg display: Ansible's Display
    :arg host: name at the head of each line
    :arg silent: say nothing (C(no_log))
    """

    def __init__(self, display, host, silent=False):
        self._display = display
        self._host = host
        self._silent = silent
        self._due = FIRST_LINE_SECONDS

    def is_due(self, budget):
        """Tell whether the next call would say anything."""
        return not self._silent and budget.used() >= self._due

    def __call__(self, doing, done, total, budget):
        if not self.is_due(budget):
            return
        used = budget.used()
        while self._due <= used:
            self._due *= 2
        self._display.display(
            f"[{self._host}] {doing}: {done} of {total} done, {in_words(used)} of {in_words(budget.seconds)}"
        )


def in_words(seconds):
    """Return seconds as a person writes them: 45s, 2m10s, 30m, 1h5m."""
    minutes, seconds = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "m"), (0 if hours else seconds, "s"))
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0s"
