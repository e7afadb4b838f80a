# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Progress of a data frame analytics job: its phases, and how far each of them is."""

OUTLIER_PHASES = ("reindexing", "loading_data", "computing_outliers", "writing_results")
BOOSTED_TREE_PHASES = (
    "reindexing",
    "loading_data",
    "feature_selection",
    "coarse_parameter_search",
    "fine_tuning_parameters",
    "final_training",
    "writing_results",
)
# What a run that goes on until it is stopped shows in its first phase after loading, as the recorded servers do.
STUCK_AT = 42


def phases(analysis: str, version) -> tuple[str, ...]:
    """Phases in their order (API: data frame analytics stats, 7.10 and later).

    `inference` came with 7.11; its place in the list is not known from a recording.
    """
    if analysis == "outlier_detection":
        return OUTLIER_PHASES
    return (*BOOSTED_TREE_PHASES, "inference") if version.since(7, 11) else BOOSTED_TREE_PHASES


def untouched(count: int) -> list[int]:
    return [0] * count


def finished(count: int) -> list[int]:
    return [100] * count


def reindexing(count: int, fraction: float) -> list[int]:
    return [max(1, round(100 * fraction)), *untouched(count - 1)]


def loaded(count: int) -> list[int]:
    return [100, 100, *untouched(count - 2)]


def stuck(count: int) -> list[int]:
    return [100, 100, STUCK_AT, *untouched(count - 3)]


def analyzing(count: int, fraction: float) -> list[int]:
    """Percentages when this fraction of all work after reindexing is done, one phase after the other."""
    done = fraction * (count - 1)
    return [100, *(int(100 * min(1.0, max(0.0, done - phase))) for phase in range(count - 1))]


def analyzed(progress: list[int]) -> float:
    """The fraction of the work after reindexing that these percentages stand for."""
    return sum(progress[1:]) / (100 * (len(progress) - 1))


def overall(count: int, percent: int) -> list[int]:
    """Percentages when `percent` of all phases together is done."""
    if percent >= 100:
        return finished(count)
    done = percent / 100 * count
    return [int(100 * min(1.0, max(0.0, done - phase))) for phase in range(count)]
