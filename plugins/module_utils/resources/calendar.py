# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Calendars: where they live, and how they are deleted."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils.listed import CALENDARS
from ansible_collections.mlops.elastic.plugins.module_utils.presence.calendar import CalendarPresence
from ansible_collections.mlops.elastic.plugins.module_utils.resources import stateless


class Calendar(stateless.Stateless):
    """C(ml_calendar)."""

    MODULE = "ml_calendar"
    PRESENCE = CalendarPresence()
    COLLECTION = CALENDARS
    ID_OPTION = "calendar_id"
    RESULT = "calendars"
    PLURAL = "calendars"
    ACTIONS = stateless.actions(CALENDARS)
