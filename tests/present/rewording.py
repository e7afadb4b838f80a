# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same configuration in other words: other units, another order where order means nothing, one for a list of it."""

import re
from collections.abc import Callable
from random import Random

from hypothesis import strategies as st

DURATION = re.compile(r"(\d+)([mhd])")
SMALLER = {"d": (24, "h"), "h": (60, "m"), "m": (60, "s")}
SIZE = re.compile(r"(\d+)([mg])b")
DURATIONS = ("bucket_span", "frequency", "query_delay", "time_span", "check_window", "model_prune_window")
DURATIONS += ("background_persist_interval", "latency")
LIMITS = ("model_memory_limit",)
SETS = ("groups", "influencers", "items", "job_ids", "includes", "excludes")
LONG = {"nzc": "non_zero_count", "dc": "distinct_count"}


@st.composite
def reworded(draw) -> Callable:
    """A function from an estate to one that means the same."""
    seed = draw(st.integers(0, 2**16))
    return lambda estate: _reworded(estate, Random(seed))


def _reworded(value, random: Random, name: str = ""):
    if isinstance(value, dict):
        return {key: _member(key, member, random) for key, member in value.items()}
    if isinstance(value, list):
        entries = [_reworded(entry, random) for entry in value]
        return random.sample(entries, len(entries)) if name in SETS else entries
    return value


def _member(name: str, value, random: Random):
    if name == "custom_settings" or random.random() < 0.3:
        return value
    if name in DURATIONS:
        return _in_smaller_unit(DURATION, SMALLER, value)
    if name in LIMITS:
        return _in_smaller_unit(SIZE, {"g": (1024, "mb"), "m": (1024, "kb")}, value)
    if name == "function":
        return LONG.get(value, value)
    if name == "results_index_name" and value != "shared":
        return value.removeprefix("custom-") if value.startswith("custom-") else f"custom-{value}"
    return _reworded(value, random, name)


def _in_smaller_unit(pattern: re.Pattern, units: dict, text: str) -> str:
    found = pattern.fullmatch(text)
    if not found:
        return text
    factor, unit = units[found[2]]
    return f"{int(found[1]) * factor}{unit}"


AMOUNTS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "kb": 1, "mb": 1024, "gb": 1024**2}
NAMES = ("indices", "index", "expand_wildcards", "events")


def meaning(name: str, value):
    """What a member of a stored configuration means: amounts without units, an order where there is none."""
    if name in (*DURATIONS, *LIMITS) and value:
        number, unit = re.fullmatch(r"(\d+)(\w+)", value).groups()
        return int(number) * AMOUNTS[unit]
    if isinstance(value, list) and name in (*SETS, *NAMES):
        return sorted(value, key=str)
    return value or None
