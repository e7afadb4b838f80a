# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers in texts, and amounts as messages show them."""

import re

INTEGER_TEXT = re.compile(r"[-+]?\d+")
DECIMAL_TEXT = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
MOST = (1 << 63) - 1


def readable(amount: int, units: dict[str, int]) -> str:
    """In the largest unit, one decimal, cut off."""
    unit, size = next(item for item in reversed(units.items()) if amount >= item[1])
    tenths = amount * 10 // size
    return f"{tenths // 10}{f'.{tenths % 10}' if tenths % 10 else ''}{unit}"
