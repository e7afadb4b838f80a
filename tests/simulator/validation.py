# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trying out configurations (API: validate job, validate detector)."""

from simulator import jobs
from simulator.config import jobs as config
from simulator.config.detectors import DETECTOR
from simulator.rest import Request

VALIDATE = "cluster:admin/xpack/ml/job/validate"
PATH = jobs.ROOT + "/_validate"


def register(router) -> None:
    router.add("POST", PATH, validate_job)
    router.add("POST", PATH + "/detector", validate_detector)


async def validate_job(request: Request) -> dict:
    config.validate(request.version.number, request.body_text())
    request.ready(VALIDATE)
    return {"acknowledged": True}


async def validate_detector(request: Request) -> dict:
    DETECTOR.parse(request.version.number, request.body_text())
    request.ready(VALIDATE + "/detector")
    return {"acknowledged": True}
