# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Configurations in one canonical form: as declared, and as a server returns them."""

from __future__ import annotations

_GENERATED = (
    "authorization",
    "blocked",
    "create_time",
    "create_time_string",
    "datafeed_config",
    "deleting",
    "finished_time",
    "finished_time_string",
    "job_type",
    "job_version",
    "model_snapshot_id",
    "model_snapshot_min_version",
    "version",
)


def declarable(config):
    """Return a configuration without what only a server may set: what C(exclude_generated) drops, on every version."""
    return {name: value for name, value in config.items() if name not in _GENERATED}
