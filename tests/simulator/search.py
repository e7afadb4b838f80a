# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`_search` and `_count`: which documents, in which order, and how an answer shows them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from simulator import documents, errors, index_privileges, index_requests, indices, mappings, queries
from simulator.config.faults import Fault, as_reply, parsing_fault
from simulator.config.positions import FIELD_NAME, START_OBJECT, TokenStream
from simulator.config.queries import read_query
from simulator.rest import Request

SEARCH = "indices:data/read/search"
EVERYTHING = {"match_all": {}}
PAGE_SIZE = 10
RESULT_WINDOW = 10_000
COUNTED_UP_TO = 10_000
MEMBERS = ("query", "size", "from", "sort", "_source", "track_total_hits", "timeout")


@dataclass(frozen=True)
class Hit:
    index: str
    document_id: str
    document: object
    keys: tuple = ()


def register(router) -> None:
    for path in ("", "/{index}"):
        for method in ("GET", "POST"):
            router.add(method, f"{path}/_search", search)
            router.add(method, f"{path}/_count", count)


async def search(request: Request) -> dict:
    options = index_requests.read_options(request)
    as_number = request.flag("rest_total_hits_as_int", False)
    body = read_body(request, MEMBERS)
    names = index_requests.names(request)
    found = searched(request, names, options)
    size, first, order = body.get("size", PAGE_SIZE), body.get("from", 0), sort_fields(body.get("sort"))
    require_window(first, size, found)
    hits = ordered(list(find(request.cluster, found, body.get("query"))), order, found)
    best = score(body.get("query", EVERYTHING))
    shown = hits[first : first + size]
    return {
        "took": 0,
        "timed_out": False,
        "_shards": index_requests.shards(len(found), skipped=0),
        "hits": {
            **total(len(hits), True if as_number else body.get("track_total_hits", COUNTED_UP_TO), as_number),
            "max_score": best if shown and not order else None,
            "hits": [rendered(request.version, hit, best, order, body.get("_source", True)) for hit in shown],
        },
    }


async def count(request: Request) -> dict:
    options = index_requests.read_options(request)
    body = read_body(request, ("query",))
    names = index_requests.names(request)
    found = searched(request, names, options)
    number = sum(1 for _hit in find(request.cluster, found, body.get("query")))
    return {"count": number, "_shards": index_requests.shards(len(found), skipped=0)}


def searched(request: Request, names: list[str], options: indices.Options) -> dict:
    """The indices of a search; a pattern leaves out, without a word, what one may not search.

    Raises ApiError 403 for a name, and where one may not search anywhere.
    """
    user = request.user
    leaves_out = user is not None and user.allows_somewhere(SEARCH)
    required = [name for name in names or ["_all"] if not (leaves_out and indices.is_pattern(name))]
    request.check_parameters()
    index_privileges.require_action(user, SEARCH, required, request.version)
    found = indices.resolve(request.cluster, names, options)
    return {name: index for name, index in found.items() if user is None or user.allows_on(name, SEARCH)}


def read_body(request: Request, members: tuple[str, ...]) -> dict:
    """The body, overruled by the query's `size`, `from`, `sort`, `_source` and `track_total_hits`."""
    text = request.body_text(required=False)
    body = index_requests.parsed(request.version, text) if text else {}
    with as_reply():
        check(TokenStream(request.version, text), members)
    given = {name: request.integer(name, None) for name in ("size", "from") if name in members}
    if "sort" in members:
        given["sort"] = split(request.text("sort"))
        given["_source"] = split(request.text("_source"))
        given["track_total_hits"] = tracked(request.text("track_total_hits"))
    return {**body, **{name: value for name, value in given.items() if value is not None}}


def check(stream: TokenStream, members: tuple[str, ...]) -> None:
    """Raises Fault for a member or a query that isn't known."""
    if stream.next() != START_OBJECT:
        return
    while stream.next() == FIELD_NAME:
        name = stream.token.value
        if name not in members:
            kind = stream.next()
            line, column = stream.location
            reason = f"Unknown key for a {kind} in [{name}]."
            raise errors.ApiError(400, "parsing_exception", reason, line=line, col=column)
        if name == "query":
            check_query(stream)
            return
        stream.next()
        stream.read()


def check_query(stream: TokenStream) -> None:
    """Raises Fault; of a query whose name isn't known a search says more than the parser of names."""
    try:
        read_query(stream)
    except Fault as fault:
        if fault.type != "named_object_not_found_exception":
            raise
        name = re.search(r"\[(\w+)\]$", fault.reason)[1]
        raise parsing_fault(fault.location, f"unknown query [{name}]") from fault


def split(text: str | None) -> list[str] | bool | None:
    if text in ("true", "false"):
        return text == "true"
    return None if text is None else text.split(",")


def tracked(text: str | None) -> bool | int | None:
    if text is None or text.isdigit():
        return text if text is None else int(text)
    return text != "false"


def find(cluster, found: dict, query: dict | None) -> Iterator[Hit]:
    for name, index in found.items():
        fields = queries.Fields(mappings.field_types(index.mappings), cluster.now())
        finds = queries.matcher(query or EVERYTHING, fields)
        for document_id, document in index.documents.items():
            if finds(document_id, document.source):
                yield Hit(name, document_id, document)


def require_window(first: int, size: int, found: dict) -> None:
    """Raises ApiError 400 beyond what may be paged through."""
    if first + size > RESULT_WINDOW and found:
        reason = (
            "Result window is too large, from + size must be less than or equal to: "
            f"[{RESULT_WINDOW}] but was [{first + size}]. See the scroll api for a more efficient way to request large "
            "data sets. This limit can be set by changing the [index.max_result_window] index level setting."
        )
        raise shards_failed({"type": "illegal_argument_exception", "reason": reason}, found)


def shards_failed(cause: dict, found: dict) -> errors.ApiError:
    """All shards refused for the same reason."""
    failed = [{"shard": 0, "index": name, "reason": cause} for name in found]
    members = {"phase": "query", "grouped": True, "failed_shards": failed[:1]}
    return errors.ApiError(
        400, "search_phase_execution_exception", "all shards failed", root_cause=cause, caused_by=cause, **members
    )


def sort_fields(given) -> list[tuple[str, bool]]:
    """Fields and whether they descend: `field`, `field:desc`, `{field: desc}`, `{field: {order: desc}}`."""
    fields = []
    for entry in queries.listed(given or []):
        if isinstance(entry, str):
            name, _colon, order = entry.partition(":")
        else:
            (name, order), *_rest = entry.items()
            order = order.get("order", "asc") if isinstance(order, dict) else order
        fields.append((name, (order or ("desc" if name == "_score" else "asc")) == "desc"))
    return fields


def ordered(hits: list[Hit], order: list[tuple[str, bool]], found: dict) -> list[Hit]:
    """Sorted hits; documents without a value come last. Raises ApiError 400 for a field that isn't mapped."""
    types = {name: mappings.field_types(index.mappings) for name, index in found.items()}
    fields = {name: queries.Fields(own) for name, own in types.items()}
    for name, _descending in order:
        unmapped = next((index for index, own in types.items() if name not in own and not name.startswith("_")), None)
        if unmapped is not None:
            reason = f"No mapping found for [{name}] in order to sort on"
            cause = {"type": "query_shard_exception", "reason": reason}
            raise shards_failed({**cause, "index_uuid": found[unmapped].uuid, "index": unmapped}, found)
    keyed = [
        Hit(hit.index, hit.document_id, hit.document, tuple(key(hit, name, fields[hit.index]) for name, _desc in order))
        for hit in hits
    ]
    for place, (_name, descending) in reversed(list(enumerate(order))):
        present = [hit for hit in keyed if hit.keys[place] is not None]
        absent = [hit for hit in keyed if hit.keys[place] is None]
        present.sort(key=lambda hit, at=place: hit.keys[at], reverse=descending)
        keyed = present + absent
    return keyed


def key(hit: Hit, name: str, fields: queries.Fields):
    special = {"_score": 1.0, "_doc": hit.document.seq_no, "_id": hit.document_id}
    if name in special:
        return special[name]
    found = fields.values(hit.document.source, name)
    return fields.comparable(found[0], name) if found else None


def total(number: int, tracked_up_to: bool | int, as_number: bool) -> dict:
    if tracked_up_to is False:
        return {}
    if as_number:
        return {"total": number}
    limit = number if tracked_up_to is True else tracked_up_to
    return {"total": {"value": min(number, limit), "relation": "gte" if number > limit else "eq"}}


def score(query: dict) -> float:
    """Constant, as that of queries that only choose; one that only filters gives none."""
    scoring = ("must", "should")
    return 0.0 if "bool" in query and not any(clause in query["bool"] for clause in scoring) else 1.0


def rendered(version, hit: Hit, best: float, order: list, wanted) -> dict:
    source = {} if wanted is False else {"_source": chosen(hit.document.source, wanted)}
    sort = {"sort": list(hit.keys)} if order else {}
    return {
        **documents.identity(version, hit.index, hit.document_id),
        "_score": None if order else best,
        **source,
        **sort,
    }


def chosen(source: dict, wanted) -> dict:
    """The members of a document that `_source` names."""
    if wanted is True:
        return source
    names = wanted.get("includes", []) if isinstance(wanted, dict) else queries.listed(wanted)
    return {name: value for name, value in source.items() if name in names} if names else source
