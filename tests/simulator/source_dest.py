# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the source and destination indices of a data frame analytics job are fit for it."""

from simulator import errors, expressions, indices


def validate(cluster, config: dict) -> None:
    """API: put and start data frame analytics. Raises ApiError 400; the words changed between 7.3 and 7.10."""
    require_sources(cluster, config)
    dest = config["dest"]["index"]
    for expression in config["source"]["index"]:
        if expressions.matches(expression, {dest: None}, dict):
            raise invalid(
                cluster.version,
                f"Destination index [{dest}] must not be included in source index [{expression}]",
                f"Destination index [{dest}] is included in source expression [{expression}]",
            )


def require_sources(cluster, config: dict) -> None:
    """A pattern need not stand for any index since 7.4. Raises ApiError 400."""
    for expression in config["source"]["index"]:
        if ":" in expression and cluster.version.since(7, 4):
            raise invalid(cluster.version, "", "remote source indices are not supported")
        if indices.is_pattern(expression) and cluster.version.since(7, 4):
            continue
        if not indices.exists(cluster, expression):
            old_reason = f"No index matches source index [{expression}]"
            raise invalid(cluster.version, old_reason, f"no such index [{expression}]")


def invalid(version, old_reason: str, reason: str) -> errors.ApiError:
    if version.since(7, 4):
        return errors.ApiError(400, "validation_exception", f"Validation Failed: 1: {reason};")
    return errors.status_error(400, old_reason)


def require_empty_destination(cluster, job) -> None:
    """A job that has made no progress yet wants an empty destination (API: start, 7.10). Raises ApiError 400."""
    dest = cluster.indices.get(job.config["dest"]["index"])
    if not any(job.progress) and dest and dest.documents:
        raise errors.status_error(400, f"dest index [{job.config['dest']['index']}] must be empty")
