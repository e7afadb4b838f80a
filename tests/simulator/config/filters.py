# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters as PUT and `_update` read and keep them (MlFilter)."""

from __future__ import annotations

from simulator.versions import Version

from . import parser as p
from .checks import inconsistent_id, invalid_id, is_valid_id
from .faults import as_reply, status_fault

UPDATE = "cluster:admin/xpack/ml/filters/update"
MOST_ITEMS = 10_000
_FILTER = p.ObjectParser(
    "type",
    (
        p.Field("type", p.TEXT),
        p.Field("filter_id", p.TEXT),
        p.Field("description", p.TEXT_OR_NULL),
        p.Field("items", p.TEXTS),
    ),
)
_UPDATE = p.ObjectParser(
    UPDATE,
    (
        p.Field("filter_id", p.TEXT),
        p.Field("description", p.TEXT_OR_NULL),
        p.Field("add_items", p.TEXTS),
        p.Field("remove_items", p.TEXTS),
    ),
)


def build(version: str, filter_id: str, body: str | dict) -> dict:
    """The document that GET filters returns after PUT. Raises ApiError as the server refuses."""
    with as_reply():
        given = _read(_FILTER, version, filter_id, body)
        return _stored(filter_id, given.get("description"), given.get("items", []))


def read_update(version: str, filter_id: str, body: str | dict) -> dict:
    """What an `_update` asks for: its members, items sorted and unique, without what changes nothing."""
    with as_reply():
        given = _read(_UPDATE, version, filter_id, body)
    items = {name: _in_order(given[name]) for name in ("add_items", "remove_items") if given.get(name)}
    described = {"description": given["description"]} if given.get("description") is not None else {}
    return {"filter_id": filter_id, **described, **items}


def update(stored: dict, wanted: dict) -> dict:
    """The document after an update, which adds items before it removes any. Raises ApiError 400."""
    items = {*stored["items"], *wanted.get("add_items", ())}
    with as_reply():
        for item in wanted.get("remove_items", ()):
            if item not in items:
                text = f"Cannot remove item [{item}] as it is not present in filter [{stored['filter_id']}]"
                raise status_fault(text)
            items.remove(item)
        return _stored(stored["filter_id"], wanted.get("description", stored.get("description")), items)


def _read(parser: p.ObjectParser, version: str, filter_id: str, body: str | dict) -> dict:
    given = parser.read_body(Version(version), body)
    if given.setdefault("filter_id", filter_id) != filter_id:
        raise inconsistent_id("filter_id", given["filter_id"], filter_id)
    return given


def _stored(filter_id: str, description: str | None, items) -> dict:
    if not is_valid_id(filter_id):
        raise status_fault(invalid_id("filter_id", filter_id))
    if len(set(items)) > MOST_ITEMS:
        raise status_fault(f"Filter [{filter_id}] contains too many items; up to [{MOST_ITEMS}] items are allowed")
    described = {} if description is None else {"description": description}
    return {"filter_id": filter_id, **described, "items": _in_order(items)}


def _in_order(items) -> list[str]:
    """As a TreeSet keeps strings: unique, in the order of their UTF-16 units."""
    return sorted(set(items), key=lambda item: item.encode("utf-16-be", "surrogatepass"))
