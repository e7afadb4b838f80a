# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that has routes."""

from simulator import (
    analytics_api,
    analytics_reading,
    data,
    datafeeds_api,
    datafeeds_reading,
    deletion,
    flush,
    indices,
    job_creation,
    jobs,
    licence,
    lifecycle,
    results,
    root,
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
    indices,
)
