# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters: lists of items that the rules of jobs refer to."""

from simulator import errors, listing
from simulator.config import filters as config
from simulator.config.checks import validation_failed
from simulator.config.faults import as_reply
from simulator.rest import Request

ROOT = "/_ml/filters"
ONE = ROOT + "/{filter_id}"
ADMIN = "cluster:admin/xpack/ml/filters/"
GET, PUT, DELETE = ADMIN + "get", ADMIN + "put", ADMIN + "delete"


def register(router) -> None:
    router.add("GET", ROOT, get_filters)
    router.add("GET", ONE, get_filters)
    router.add("PUT", ONE, put_filter)
    router.add("DELETE", ONE, delete_filter)
    router.add("POST", ONE + "/_update", update_filter)


async def get_filters(request: Request) -> dict:
    filter_id = request.parts.get("filter_id")
    page = listing.requested(request, None)
    request.check_parameters()
    if filter_id is not None and page is not None and not request.version.pages_filters_by_id:
        with as_reply():
            raise validation_failed(["Params [from, size] are incompatible with [filter_id]"])
    request.authorize(GET)
    count, found = listing.resources(request.cluster.filters, filter_id, page or listing.Page(), missing=missing)
    return {"count": count, "filters": found}


def missing(expression: str) -> errors.ApiError:
    return errors.not_found(f"Unable to find filter [{expression}]")


async def put_filter(request: Request) -> dict:
    stored = config.build(request.version.number, request.parts["filter_id"], request.body_or_source())
    request.ready(PUT)
    return create(request.cluster, stored)


def create(cluster, stored: dict) -> dict:
    """Raises ApiError 400 where the id is taken."""
    if stored["filter_id"] in cluster.filters:
        raise errors.already_exists(f"A filter with id [{stored['filter_id']}] already exists")
    cluster.filters[stored["filter_id"]] = stored
    return stored


async def update_filter(request: Request) -> dict:
    filter_id, cluster = request.parts["filter_id"], request.cluster
    wanted = config.read_update(request.version.number, filter_id, request.body_or_source())
    request.ready(config.UPDATE)
    if filter_id not in cluster.filters:
        raise errors.not_found(f"No filter with id [{filter_id}] exists")
    cluster.filters[filter_id] = config.update(cluster.filters[filter_id], wanted)
    return cluster.filters[filter_id]


async def delete_filter(request: Request) -> dict:
    request.ready(DELETE)
    cluster, filter_id = request.cluster, request.parts["filter_id"]
    users = sorted(name for name, job in cluster.jobs.items() if filter_id in references(job.config))
    if users:
        raise errors.conflict(f"Cannot delete filter [{filter_id}] currently used by jobs [{', '.join(users)}]")
    if filter_id not in cluster.filters:
        raise errors.not_found(f"Could not delete filter with ID [{filter_id}] because it does not exist")
    del cluster.filters[filter_id]
    return {"acknowledged": True}


def references(job_config: dict) -> set[str]:
    """Ids of the filters in the scopes of a job's rules."""
    return {
        reference["filter_id"]
        for detector in job_config["analysis_config"]["detectors"]
        for rule in detector.get("custom_rules", ())
        for reference in rule.get("scope", {}).values()
    }


def require_present(cluster, job_config: dict) -> None:
    """Of a job that is opened, since 8.0. Raises ApiError 404 that names the filters which are missing."""
    wanted = references(job_config)
    if wanted and cluster.version.since(8):
        listing.resources(cluster.filters, ",".join(sorted(wanted)), listing.Page(), missing=missing)
