# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Numbers, sizes and times as people read them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_SIZES = ("B", "KB", "MB", "GB", "TB", "PB")
_SPANS = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""Characters that no document may hold, and those that turn the direction of what stands around them."""


def clean(text, longest=None):
    """Return a text of somebody else's on one line, cut off after so many characters."""
    line = _CONTROLS.sub("\ufffd", " ".join(str(text).split()))
    return f"{line[: longest - 1].rstrip()}…" if longest and len(line) > longest else line


def number(count):
    """Return a whole number with separators of thousands."""
    return f"{count:,}"


def counted(count, noun):
    """Return how many there are; a noun whose plural isn't like the others' is given in the plural already."""
    return f"{number(count)} {noun}{'' if count == 1 or noun.endswith('s') else 's'}"


def size(amount):
    """Return bytes in the server's units, of 1024 each."""
    unit = 0
    while amount >= 1024 and unit < len(_SIZES) - 1:
        amount, unit = amount / 1024, unit + 1
    figures = f"{amount:.1f}" if unit and amount < 100 else f"{amount:.0f}"
    return f"{figures.removesuffix('.0')} {_SIZES[unit]}"


def share(part):
    """Return a fraction in percent."""
    return f"{part * 100:.0f} %"


def span(seconds):
    """Return a length of time in its two largest units."""
    left, parts = max(round(seconds), 0), []
    for unit, length in _SPANS:
        amount, left = divmod(left, length)
        if amount or parts:
            parts.append(f"{amount} {unit}" if amount else "")
        if len(parts) == 2:
            break
    return " ".join(filter(None, parts)) or "0 s"


def moment(ms):
    """Return epoch milliseconds as a time in UTC, to the minute."""
    return (_EPOCH + timedelta(milliseconds=ms)).strftime("%Y-%m-%d %H:%M")


def milliseconds(text):
    """Return the epoch milliseconds of an ISO 8601 time; one without a zone is in UTC.

    :raises ValueError: it is none
    """
    time = datetime.fromisoformat(str(text).strip().replace("Z", "+00:00"))
    return round((time if time.tzinfo else time.replace(tzinfo=timezone.utc)).timestamp() * 1000)
