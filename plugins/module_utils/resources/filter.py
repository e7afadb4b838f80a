# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Filters: where they live, and how they are deleted."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils.listed import FILTERS
from ansible_collections.mlops.elastic.plugins.module_utils.presence.filter import FilterPresence
from ansible_collections.mlops.elastic.plugins.module_utils.resources import stateless


class Filter(stateless.Stateless):
    """C(ml_filter)."""

    MODULE = "ml_filter"
    PRESENCE = FilterPresence()
    COLLECTION = FILTERS
    ID_OPTION = "filter_id"
    RESULT = "filters"
    PLURAL = "filters"
    MAX_ID_LENGTH = None
    ACTIONS = stateless.actions(FILTERS)
