# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two ways to declare and to export: a module for each kind, or one for all of them."""

from present.clusters import ANALYTICS, CALENDARS, DATAFEEDS, JOBS, KINDS, Cluster

ANEW = {"on_immutable_change": "recreate", "force": True}
MAY_BE_ANEW = {JOBS: ANEW, ANALYTICS: ANEW, DATAFEEDS: ("on_immutable_change",), CALENDARS: ("on_immutable_change",)}


class Modules:
    """A module for each kind, called once an item."""

    @staticmethod
    def declare(cluster: Cluster, estate: dict[str, list[dict]], anew: bool = False) -> int:
        """How many items were changed, of those that are declared; `anew`: created anew where that has to be."""
        changed = 0
        for kind in KINDS:
            for config in estate.get(kind.key, []):
                options = {name: value for name, value in config.items() if name != kind.id}
                more = {name: ANEW[name] for name in MAY_BE_ANEW.get(kind, ())} if anew else {}
                changed += succeeded(cluster.declare(kind, config[kind.id], options, **more)).changed
        return changed

    @staticmethod
    def export(cluster: Cluster) -> dict[str, list[dict]]:
        exported = {}
        for kind in KINDS:
            items = succeeded(cluster.run(f"{kind.module}_info")).result[kind.key]
            exported[kind.key] = [item["config"] for item in items]
        return exported


class Bundle:
    """One module for all kinds."""

    @staticmethod
    def declare(cluster: Cluster, estate: dict[str, list[dict]], anew: bool = False) -> int:
        """How many items were changed, of those that are declared; `anew`: created anew where that has to be."""
        outcome = succeeded(cluster.run("ml_bundle", **estate, **(ANEW if anew else {})))
        return sum(item["changed"] for key in estate for item in outcome.result[key])

    @staticmethod
    def export(cluster: Cluster) -> dict[str, list[dict]]:
        return succeeded(cluster.run("ml_bundle_info")).bundle


def succeeded(outcome):
    assert not outcome.failed, outcome.msg
    return outcome


DOORS = (Modules, Bundle)
