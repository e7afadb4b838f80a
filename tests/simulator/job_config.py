# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for the validation of job configurations."""

import json


def build(version, job_id, body, now):
    given = json.loads(body)
    return {"job_id": job_id, "job_type": "anomaly_detector", "job_version": version, "create_time": now, **given}


def update(version, stored, body):
    return {**stored, **json.loads(body)}


def exclude_generated(stored):
    return {k: v for k, v in stored.items() if k not in ("job_type", "job_version", "create_time", "finished_time")}
