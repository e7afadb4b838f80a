# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Indices, as far as datafeeds and analytics need them to be there."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

from simulator import errors, expressions
from simulator.rest import Reply, Request

CREATE = "indices:admin/create"
DELETE = "indices:admin/delete"
WRITE = "indices:data/write/index"


@dataclass
class Index:
    """An index: its field mappings, and documents by id."""

    mappings: dict = field(default_factory=dict)
    documents: dict[str, dict] = field(default_factory=dict)

    @property
    def properties(self) -> dict:
        return self.mappings.get("properties", {})

    def add(self, document: dict, document_id: str | None = None) -> str:
        document_id = document_id or secrets.token_urlsafe(15)
        self.documents[document_id] = document
        return document_id


def register(router) -> None:
    router.add("PUT", "/{index}", create)
    router.add("DELETE", "/{index}", delete)
    router.add("POST", "/{index}/_doc", write)
    router.add("POST", "/{index}/_doc/{id}", write)
    router.add("PUT", "/{index}/_doc/{id}", write)


def resolve(cluster, names: list[str]) -> dict[str, Index]:
    """The indices that names and wildcards stand for."""
    found = {}
    for name in names:
        found.update((match, cluster.indices[match]) for match in expressions.matches(name, cluster.indices, dict))
    return found


def search(cluster, names: list[str], query: dict) -> Iterator[dict]:
    """Documents that a query finds; a `term` is looked at, every other query finds all."""
    term = query.get("term", {})
    for index in resolve(cluster, names).values():
        for document in index.documents.values():
            if all(document.get(field) == wanted for field, wanted in term.items()):
                yield document


def seed(cluster, entry: str | dict) -> None:
    """An index of a seed file: its name, or `{name, mappings, documents: number or list}`."""
    entry = {"name": entry} if isinstance(entry, str) else entry
    index = cluster.indices[entry["name"]] = Index(entry.get("mappings", {}))
    documents = entry.get("documents", [])
    for document in [{}] * documents if isinstance(documents, int) else documents:
        index.add(document)


async def create(request: Request) -> dict:
    name = request.parts["index"]
    text = request.body_text(required=False)
    request.ready(CREATE)
    if name in request.cluster.indices:
        uuid = secrets.token_urlsafe(16)
        reason = f"index [{name}/{uuid}] already exists"
        raise errors.ApiError(400, "resource_already_exists_exception", reason, index_uuid=uuid, index=name)
    request.cluster.indices[name] = Index(json.loads(text or "{}").get("mappings", {}))
    return {"acknowledged": True, "shards_acknowledged": True, "index": name}


async def delete(request: Request) -> dict:
    name = request.parts["index"]
    request.ready(DELETE)
    if request.cluster.indices.pop(name, None) is None:
        raise errors.ApiError(404, "index_not_found_exception", f"no such index [{name}]", index=name)
    return {"acknowledged": True}


async def write(request: Request) -> Reply:
    name = request.parts["index"]
    request.text("refresh")
    document = json.loads(request.body_text())
    request.ready(WRITE)
    index = request.cluster.indices.setdefault(name, Index())
    known = request.parts.get("id") in index.documents
    document_id = index.add(document, request.parts.get("id"))
    result = "updated" if known else "created"
    return Reply(200 if known else 201, {"_index": name, "_id": document_id, "result": result})
