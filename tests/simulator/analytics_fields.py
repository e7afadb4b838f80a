# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which fields of the source indices an analysis would use."""

from simulator import indices, mappings

NUMERICAL = ("byte", "double", "float", "half_float", "integer", "long", "scaled_float", "short")
CATEGORICAL = ("ip", "keyword", "text")
BOOLEAN = ("boolean",)


def selection(cluster, config: dict) -> list[dict]:
    """`field_selection` (API: explain data frame analytics), sorted by field name."""
    analysis, settings = next(iter(config["analysis"].items()))
    supported = NUMERICAL + BOOLEAN + (() if analysis == "outlier_detection" else CATEGORICAL)
    required = settings.get("dependent_variable")
    types = field_types(cluster, config["source"]["index"])
    return [described(name, types[name], supported, name == required) for name in sorted(types)]


def described(name: str, kind: str, supported: tuple[str, ...], required: bool) -> dict:
    field = {"name": name, "mapping_types": [kind], "is_included": kind in supported, "is_required": required}
    if kind not in supported:
        return {**field, "reason": f"unsupported type; supported types are [{', '.join(sorted(supported))}]"}
    return {**field, "feature_type": "numerical" if kind in NUMERICAL + BOOLEAN else "categorical"}


def field_types(cluster, sources: list[str]) -> dict[str, str]:
    """Mapping types by full field name, multi-fields included."""
    types = {}
    for index in indices.present(cluster, sources).values():
        types.update(mappings.field_types(index.mappings))
    return types
