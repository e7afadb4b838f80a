# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that has routes."""

from simulator import (
    analytics_api,
    analytics_reading,
    bulk,
    data,
    datafeeds_api,
    datafeeds_reading,
    deletion,
    documents,
    flush,
    index_api,
    job_creation,
    jobs,
    licence,
    lifecycle,
    results,
    root,
    search,
    tasks,
    upgrade_mode,
)

ALL = (
    root,
    licence,
    tasks,
    upgrade_mode,
    jobs,
    job_creation,
    lifecycle,
    deletion,
    data,
    flush,
    results,
    datafeeds_api,
    datafeeds_reading,
    analytics_api,
    analytics_reading,
    index_api,
    documents,
    bulk,
    search,
)
