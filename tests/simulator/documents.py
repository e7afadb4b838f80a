# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The APIs of single documents: index, create, get, delete; `writing` them is what bulk requests do too."""

from simulator import errors, index_api, index_requests, indices
from simulator.index import Document, Index
from simulator.rest import Reply, Request

GET = "indices:data/read/get"
WRITE = "indices:data/write/index"
DELETE = "indices:data/write/delete"
TYPED = (
    "[types removal] Specifying types in document index requests is deprecated, use the typeless endpoints instead "
    "(/{index}/_doc/{id}, /{index}/_doc, or /{index}/_create/{id})."
)

TYPED_GET = (
    "[types removal] Specifying types in document get requests is deprecated, use the /{index}/_doc/{id} endpoint "
    "instead."
)


def register(router) -> None:
    router.add("POST", "/{index}/_doc", write)
    router.add("POST", "/{index}/{type}", write_typed, when=lambda version: version.refuses_typed_paths)
    for method in ("PUT", "POST"):
        router.add(method, "/{index}/_doc/{id}", write)
        router.add(method, "/{index}/_create/{id}", create)
        router.add(method, "/{index}/{type}/{id}", write_typed, when=lambda version: version.has_types)
    for template, when in (("/{index}/_doc/{id}", None), ("/{index}/{type}/{id}", lambda version: version.has_types)):
        router.add("GET", template, get, when=when)
        router.add("HEAD", template, get, when=when)
        router.add("DELETE", template, delete, when=when)


async def write_typed(request: Request) -> Reply:
    """Types are forgotten; what 8.x knows of them is for clients of version 7."""
    if not request.version.has_types:
        raise errors.no_handler(request.method, request.uri)
    request.warn(TYPED)
    return await write(request)


async def write(request: Request) -> Reply:
    return written(request, only_new=request.text("op_type", "index") == "create")


async def create(request: Request) -> Reply:
    return written(request, only_new=True)


def written(request: Request, *, only_new: bool) -> Reply:
    refresh = read_write_parameters(request)
    source = index_requests.body(request)
    name, document_id = request.parts["index"], request.parts.get("id")
    index_requests.ready(request, WRITE, [name])
    result = store(request.cluster, name, source, document_id, only_new=only_new)
    headers = {"Location": f"/{name}/_doc/{result['_id']}"} if result["result"] == "created" else {}
    return Reply(201 if result["result"] == "created" else 200, {**result, **refresh}, headers)


def read_write_parameters(request: Request) -> dict:
    """What the answer to a write that refreshes says of it."""
    for name in ("routing", "wait_for_active_shards"):
        request.text(name)
    request.duration("timeout", index_requests.THIRTY_SECONDS)
    return {"forced_refresh": True} if request.text("refresh") in ("", "true") else {}


def store(cluster, name: str, source: dict, document_id: str | None, *, only_new: bool) -> dict:
    """Write a document, into a new index where there is none. Raises ApiError 409 where it must be new and isn't."""
    index = writable(cluster, name)
    known = index.documents.get(document_id)
    if known is not None and only_new:
        text = f"version conflict, document already exists (current version [{known.version}])"
        members = {"index_uuid": index.uuid, "shard": "0", "index": name}
        raise errors.ApiError(409, "version_conflict_engine_exception", f"[{document_id}]: {text}", **members)
    document_id, document = index.add(source, document_id)
    return outcome(cluster.version, name, document_id, document, "created" if known is None else "updated")


def writable(cluster, name: str) -> Index:
    """The index of a name, made if it isn't there. Raises ApiError 400 for what can't be a name."""
    if name not in cluster.indices:
        index_api.require_valid_name(cluster.version, name)
    return indices.created(cluster, name)


def remove(cluster, name: str, document_id: str) -> dict:
    """Delete a document; where it isn't there that is noted with a version as well."""
    index = writable(cluster, name)
    known = index.documents.pop(document_id, None)
    gone = Document({}, 1 if known is None else known.version + 1, next(index.writes))
    return outcome(cluster.version, name, document_id, gone, "not_found" if known is None else "deleted")


def outcome(version, name: str, document_id: str, document: Document, result: str) -> dict:
    return {
        **identity(version, name, document_id),
        "_version": document.version,
        "result": result,
        "_shards": index_requests.shards(1, copies=2),
        "_seq_no": document.seq_no,
        "_primary_term": 1,
    }


def identity(version, name: str, document_id: str) -> dict:
    return {"_index": name, **({"_type": "_doc"} if version.has_types else {}), "_id": document_id}


async def get(request: Request) -> Reply:
    if "type" in request.parts:
        request.warn(TYPED_GET)
    for name in ("routing", "preference"):
        request.text(name)
    for name in ("realtime", "refresh"):
        request.flag(name, False)
    name, document_id = request.parts["index"], request.parts["id"]
    index_requests.ready(request, GET, [name])
    index = indices.known(request.cluster).get(name)
    if index is None:
        raise indices.missing(name, request.version.single_index_kind)
    document = index.documents.get(document_id)
    found = identity(request.version, name, document_id)
    if document is None:
        return Reply(404, {**found, "found": False})
    versions = {"_version": document.version, "_seq_no": document.seq_no, "_primary_term": 1}
    return Reply(200, {**found, **versions, "found": True, "_source": document.source})


async def delete(request: Request) -> Reply:
    refresh = read_write_parameters(request)
    name, document_id = request.parts["index"], request.parts["id"]
    index_requests.ready(request, DELETE, [name])
    if name not in request.cluster.indices:
        raise indices.missing(name, request.version.single_index_kind)
    result = remove(request.cluster, name, document_id)
    return Reply(404 if result["result"] == "not_found" else 200, {**result, **refresh})
