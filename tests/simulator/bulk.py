# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`_bulk`: lines of actions and documents."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from simulator import documents, errors, index_requests
from simulator.rest import Request

BULK = "indices:data/write/bulk"
ACTIONS = ("create", "delete", "index", "update")
METADATA = ("_index", "_id", "routing", "require_alias", "version", "version_type", "if_seq_no", "if_primary_term")
STATUS = {"created": 201, "updated": 200, "deleted": 200, "noop": 200, "not_found": 404}


@dataclass(frozen=True)
class Item:
    """One action, and its document or update."""

    action: str
    index: str
    document_id: str | None
    body: dict | None


def register(router) -> None:
    for path in ("/_bulk", "/{index}/_bulk"):
        for method in ("POST", "PUT"):
            router.add(method, path, bulk)


async def bulk(request: Request) -> dict:
    documents.read_write_parameters(request)
    items = list(read(request.body_text(), request.parts.get("index"), request.version))
    index_requests.ready(request, BULK, sorted({item.index for item in items}))
    results = [{item.action: carried_out(request.cluster, item)} for item in items]
    has_errors = any("error" in result for entry in results for result in entry.values())
    return {"took": 0, "errors": has_errors, "items": results}


def read(text: str, default_index: str | None, version) -> Iterator[Item]:
    """Raises ApiError 400."""
    if not text.endswith("\n"):
        raise errors.illegal_argument("The bulk request must be terminated by a newline [\\n]")
    lines = enumerate(text.split("\n")[:-1], 1)
    for number, line in lines:
        if not line.strip():
            continue
        action, metadata = action_of(number, line, version)
        index = metadata.get("_index", default_index)
        if index is None:
            raise errors.ApiError(400, "action_request_validation_exception", "Validation Failed: 1: index is missing;")
        body = None if action == "delete" else index_requests.parsed(version, next(lines, (0, ""))[1])
        yield Item(action, index, metadata.get("_id"), body)


def action_of(number: int, line: str, version) -> tuple[str, dict]:
    """The name of an action and its metadata. Raises ApiError 400."""
    expected, malformed = "START_OBJECT", f"Malformed action/metadata line [{number}], expected"
    parsed = index_requests.parsed(version, line)
    if len(parsed) != 1:
        raise errors.illegal_argument(f"{malformed} FIELD_NAME but found [END_OBJECT]")
    (action, metadata), *_rest = parsed.items()
    if not isinstance(metadata, dict):
        found = json_token(metadata)
        raise errors.illegal_argument(f"{malformed} {expected} but found [{found}]")
    if action not in ACTIONS:
        raise errors.illegal_argument(f"{malformed} field [create], [delete], [index] or [update] but found [{action}]")
    known = (*METADATA, "_type") if version.has_types else METADATA
    for name in metadata:
        if name not in known:
            raise errors.illegal_argument(f"Action/metadata line [{number}] contains an unknown parameter [{name}]")
    return action, metadata


def json_token(value) -> str:
    kinds = {str: "VALUE_STRING", list: "START_ARRAY", type(None): "VALUE_NULL", bool: "VALUE_BOOLEAN"}
    return kinds.get(type(value), "VALUE_NUMBER")


def carried_out(cluster, item: Item) -> dict:
    try:
        result = carry_out(cluster, item)
    except errors.ApiError as error:
        described = {name: value for name, value in error.error().items() if name != "root_cause"}
        found = documents.identity(cluster.version, item.index, item.document_id)
        return {**found, "status": error.status, "error": described}
    return {**result, "status": STATUS[result["result"]]}


def carry_out(cluster, item: Item) -> dict:
    if item.action == "delete":
        return documents.remove(cluster, item.index, item.document_id)
    if item.action == "update":
        return update(cluster, item)
    only_new = item.action == "create"
    return documents.store(cluster, item.index, item.body, item.document_id, only_new=only_new)


def update(cluster, item: Item) -> dict:
    """Raises ApiError 404 for a document that isn't there and need be."""
    index = documents.writable(cluster, item.index)
    known = index.documents.get(item.document_id)
    change = item.body.get("doc", {})
    if known is None:
        upsert = change if item.body.get("doc_as_upsert") else item.body.get("upsert")
        if upsert is None:
            name = f"[_doc][{item.document_id}]" if cluster.version.has_types else f"[{item.document_id}]"
            members = {"index_uuid": index.uuid, "shard": "0", "index": item.index}
            raise errors.ApiError(404, "document_missing_exception", f"{name}: document missing", **members)
        return documents.store(cluster, item.index, upsert, item.document_id, only_new=False)
    changed = {**known.source, **change}
    if json.dumps(changed, sort_keys=True) == json.dumps(known.source, sort_keys=True):
        return documents.outcome(cluster.version, item.index, item.document_id, known, "noop")
    return documents.store(cluster, item.index, changed, item.document_id, only_new=False)
