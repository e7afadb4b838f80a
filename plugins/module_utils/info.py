# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""The flow of the information modules: configuration and live state of what expressions name, in one result."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils import targets
from ansible_collections.mlops.elastic.plugins.module_utils.cluster import Cluster
from ansible_collections.mlops.elastic.plugins.module_utils.errors import MlError
from ansible_collections.mlops.elastic.plugins.module_utils.plan import Item
from ansible_collections.mlops.elastic.plugins.module_utils.report import listed
from ansible_collections.mlops.elastic.plugins.module_utils.waiting import Budget


def run(resource, params, health=None):
    """Return the module's result; only reading requests are sent.

    :arg resource: a Resource
    :arg health: what can be wrong with it, a Health
    :raises MlError: with the requests made in its C(result)
    """
    tokens = targets.parse(resource, params)
    if health:
        health.validate(params)
    cluster = Cluster(params, f"mlops.elastic.{resource.MODULE}_info", Budget(params["request_timeout"]))
    try:
        observed = _observe(resource, tokens, cluster)
        found = targets.resolve(resource, params, tokens, cluster, observed, params["allow_missing"])
        items = {id: item for id, item in found.items() if item.state != "missing"}
        related = resource.related(cluster, items, params)
        described = [dict(_described(resource, item), **related.get(item.id, {})) for item in items.values()]
        told = _wrong(health, params, cluster, described)
        if params["allow_missing"]:
            told["missing"] = [id for id in found if id not in items]
        return {"changed": False, resource.RESULT: described, **told, "requests": listed(cluster.sent)}
    except MlError as error:
        error.result.setdefault("requests", listed(cluster.sent))
        raise
    finally:
        cluster.close()


def _wrong(health, params, cluster, described):
    if not (health and params["health"]):
        return {}
    problems, warnings = health.check(params, cluster, described)
    return {"problems": problems, "warnings": warnings}


def _observe(resource, tokens, cluster):
    configs, missing = resource.COLLECTION.fetch(cluster, tokens, whole=True)
    stats = {}
    if resource.COLLECTION.stats_fields:
        stats = resource.COLLECTION.fetch_existing(cluster, list(configs), stats=True, whole=True)
    items = {
        id: Item(
            id,
            resource.state_of(stats[id]) if id in stats else "deleting",
            {"config": config, "stats": stats.get(id, {})},
        )
        for id, config in configs.items()
    }
    return items, missing


def _described(resource, item):
    told = {resource.COLLECTION.id_key: item.id}
    live = {"state": resource.SHOWN.get(item.state, item.state), "stats": item.facts["stats"]}
    config = resource.PRESENCE.CONFIG.portable(item.facts["config"])
    return dict(told, config=config, **(live if resource.COLLECTION.stats_fields else {}))
