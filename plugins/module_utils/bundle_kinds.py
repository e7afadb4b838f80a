# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""What a bundle consists of: the kinds, each with the option that declares it."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils.resources.analytics import Analytics
from ansible_collections.mlops.elastic.plugins.module_utils.resources.calendar import Calendar
from ansible_collections.mlops.elastic.plugins.module_utils.resources.datafeed import Datafeed
from ansible_collections.mlops.elastic.plugins.module_utils.resources.filter import Filter
from ansible_collections.mlops.elastic.plugins.module_utils.resources.job import Job

JOBS = Job()
DATAFEEDS = Datafeed()
ANALYTICS = Analytics()
CALENDARS = Calendar()
FILTERS = Filter()
KINDS = (JOBS, DATAFEEDS, ANALYTICS, CALENDARS, FILTERS)


def kind_spec(rule):
    """Return an option for each kind."""
    return {kind.RESULT: dict(rule) for kind in KINDS}


def counted(kind, number):
    """Return a number of items for a sentence."""
    return f"{number} {kind.COLLECTION.noun if number == 1 else kind.PLURAL}"
