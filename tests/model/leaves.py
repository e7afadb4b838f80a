# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The types at which reading ends: what a JSON value, or the text of a parameter, has to be to fit one."""

import re
from collections.abc import Callable

from model.schema import Name

DURATION = re.compile(r"-1|0|\d+(nanos|micros|ms|s|m|h|d)")
BYTES = re.compile(r"\d+(b|kb|mb|gb|tb|pb|k|m|g|t|p)?", re.IGNORECASE)
RANGES = {
    "byte": (-(2**7), 2**7 - 1),
    "short": (-(2**15), 2**15 - 1),
    "integer": (-(2**31), 2**31 - 1),
    "long": (-(2**63), 2**63 - 1),
    "uint": (0, 2**32 - 1),
    "ulong": (0, 2**64 - 1),
}


def is_text(value: object) -> bool:
    return isinstance(value, str)


def is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_whole(smallest: int, largest: int) -> Callable[[object], bool]:
    return lambda value: is_number(value) and isinstance(value, int) and smallest <= value <= largest


def is_duration(value: object) -> bool:
    return value in (-1, 0) if is_number(value) else is_text(value) and DURATION.fullmatch(value) is not None


def is_byte_size(value: object) -> bool:
    return is_whole(*RANGES["long"])(value) or (is_text(value) and BYTES.fullmatch(value) is not None)


def types(namespace: str, **predicates) -> dict[Name, Callable[[object], bool]]:
    return {Name(namespace, name): predicate for name, predicate in predicates.items()}


JSON = {
    **types(
        "_builtins",
        string=is_text,
        binary=is_text,
        number=is_number,
        boolean=lambda value: isinstance(value, bool),
        null=lambda value: value is None,
        void=lambda value: value in (None, ""),
    ),
    **types("_types", **{name: is_whole(*limits) for name, limits in RANGES.items()}),
    **types("_types", float=is_number, double=is_number, Duration=is_duration, ByteSize=is_byte_size),
}


def is_whole_text(smallest: int, largest: int) -> Callable[[str], bool]:
    return lambda text: re.fullmatch(r"-?\d+", text) is not None and smallest <= int(text) <= largest


def is_number_text(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


TEXT = {
    **JSON,
    **types("_builtins", number=is_number_text, boolean=lambda text: text in ("true", "false", "")),
    **types("_types", **{name: is_whole_text(*limits) for name, limits in RANGES.items()}),
    **types("_types", float=is_number_text, double=is_number_text),
}
"""For parameters of the query. A boolean that is there and empty is true."""
