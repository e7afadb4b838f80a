# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mappings: what is mapped, and what a document's values add to it (dynamic mapping)."""

import re
from collections.abc import Iterator

from simulator import errors

DATE = re.compile(r"\d{4}([-/]\d\d([-/]\d\d([T ]\d\d(:\d\d(:\d\d([.,]\d{1,9})?)?)?(Z|[+-]\d\d:?\d\d)?)?)?)?")
KEYWORD = {"type": "keyword", "ignore_above": 256}


def extend(mapping: dict, source: dict, path: str = "") -> None:
    """Add to a mapping the fields of a document that it lacks. Raises ApiError 400 where it is strict."""
    dynamic = str(mapping.get("dynamic", "true")).lower()
    if dynamic == "false" or mapping.get("enabled") is False:
        return
    for name, value in source.items():
        present = find(mapping, name)
        if present is None:
            mapped = dynamic_field(value)
            if mapped is None:
                continue
            if dynamic == "strict":
                raise errors.ApiError(
                    400,
                    "strict_dynamic_mapping_exception",
                    f"mapping set to strict, dynamic introduction of [{name}] within [{path or '_doc'}] is not allowed",
                )
            present = mapping.setdefault("properties", {})[name] = mapped
        for inner in objects(value):
            extend(present, inner, f"{path}.{name}" if path else name)


def merge(mapping: dict, added: dict) -> None:
    """Add fields to a mapping. Raises ApiError 400 for another type of a field that is there."""
    for name, field in added.get("properties", {}).items():
        present = mapping.setdefault("properties", {}).setdefault(
            name, {"type": field["type"]} if "type" in field else {}
        )
        before, wanted = present.get("type", "object"), field.get("type", "object")
        if before != wanted:
            reason = f"mapper [{name}] cannot be changed from type [{before}] to [{wanted}]"
            raise errors.illegal_argument(reason)
        merge(present, field)
    mapping.update({member: value for member, value in added.items() if member != "properties"})


def find(mapping: dict, name: str) -> dict | None:
    """The mapping of a field, whose name may be a dotted path."""
    properties = mapping.get("properties", {})
    if name in properties or "." not in name:
        return properties.get(name)
    first, _dot, rest = name.partition(".")
    return find(properties[first], rest) if first in properties else None


def objects(value) -> Iterator[dict]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            yield item


def dynamic_field(value) -> dict | None:
    """The mapping for a field with this value; None, as no value, says nothing."""
    if isinstance(value, list):
        return next((mapped for item in value if (mapped := dynamic_field(item)) is not None), None)
    if isinstance(value, str):
        return {"type": "date"} if DATE.fullmatch(value) else {"type": "text", "fields": {"keyword": dict(KEYWORD)}}
    kinds = ((bool, "boolean"), (int, "long"), (float, "float"))
    if isinstance(value, dict):
        return {"properties": {}}
    return next(({"type": name} for kind, name in kinds if isinstance(value, kind)), None)


def field_types(mapping: dict, path: str = "") -> dict[str, str]:
    """Mapping types by full field name, multi-fields included; objects themselves have none."""
    types = {}
    for name, field in mapping.get("properties", {}).items():
        full = f"{path}{name}"
        if "type" in field:
            types[full] = field["type"]
        types.update((f"{full}.{part}", inner["type"]) for part, inner in field.get("fields", {}).items())
        types.update(field_types(field, f"{full}."))
    return types


def values(source: dict, name: str, types: dict[str, str]) -> list:
    """What a document has in a field; a multi-field has what its field has."""
    found = list(_values(source, name))
    parent = name.rpartition(".")[0]
    return list(_values(source, parent)) if not found and types.get(parent) not in (None, "object") else found


def _values(source: dict, name: str) -> Iterator:
    if name in source:
        value = source[name]
        yield from (item for item in (value if isinstance(value, list) else [value]) if item is not None)
        return
    first, dot, rest = name.partition(".")
    if dot:
        for inner in objects(source.get(first)):
            yield from _values(inner, rest)
