# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`_security/_query`: API keys, users and roles found by a query."""

from simulator import errors, queries
from simulator.config import parser as p
from simulator.config.parser import ObjectParser
from simulator.rest import Request
from simulator.security_api.requests import body_of

AREA = "cluster:admin/xpack/security/"
SIZE = 10
KEY_FIELDS = ("creation", "expiration", "invalidated", "invalidation", "metadata", "name", "realm", "type", "username")
MEMBERS = (
    p.Field("query", p.MAP),
    p.Field("from", p.INTEGER),
    p.Field("size", p.INTEGER),
    p.Field("sort", p.FIELD_LIST),
    p.Field("search_after", p.FIELD_LIST),
)
BODIES = {kind: ObjectParser(f"query_{kind}_request_payload", MEMBERS) for kind in ("api_key", "user", "role")}


def register(router) -> None:
    for method in ("GET", "POST"):
        router.add(method, "/_security/_query/api_key", query_api_keys, since=(7, 15))
        router.add(method, "/_security/_query/user", query_users, since=(8, 14))
        router.add(method, "/_security/_query/role", query_roles, since=(8, 15))


async def query_api_keys(request: Request) -> dict:
    for name in ("with_limited_by", "with_profile_uid", "typed_keys"):
        request.flag(name, False)
    body = read(request, "api_key")
    keys = request.security.api_keys.by_id.values()
    require_fields(body.get("query", {}))
    own = not request.user.may_beyond_own_keys(AREA + "api_key/query")
    visible = [key for key in keys if not own or key.owner.name == request.user.name]
    return found(request, body, "api_keys", {key.id: key.document(request.version) for key in visible})


async def query_users(request: Request) -> dict:
    request.flag("with_profile_uid", False)
    body = read(request, "user")
    native = {name: user.document() for name, user in request.security.users.items() if not user.is_reserved}
    return found(request, body, "users", native)


async def query_roles(request: Request) -> dict:
    body = read(request, "role")
    roles = request.security.roles.items()
    return found(
        request, body, "roles", {name: {"name": name, **role.document(request.version)} for name, role in roles}
    )


def require_fields(query: dict) -> None:
    """Raises ApiError 400 for a field of API keys by which nobody may search."""
    for name in fields_of(query):
        if name.partition(".")[0] not in KEY_FIELDS:
            raise errors.illegal_argument(f"Field [{name}] is not allowed for querying or aggregation")


def fields_of(query: dict):
    """The names of the fields that a query looks at."""
    for kind, body in query.items():
        if kind == "bool":
            for clauses in body.values():
                for clause in clauses if isinstance(clauses, list) else [clauses]:
                    yield from fields_of(clause) if isinstance(clause, dict) else ()
        elif kind == "exists":
            yield body["field"]
        elif kind not in ("ids", "match_all", "simple_query_string"):
            yield from list(body)[:1]


def read(request: Request, kind: str) -> dict:
    """The body, once it is read and the action is allowed. Raises ApiError."""
    body = body_of(request, BODIES[kind]) if request.raw_body else {}
    request.ready(f"{AREA}{kind}/query")
    return body


def found(request: Request, body: dict, kind: str, documents: dict[str, dict]) -> dict:
    """The documents that the query finds, in the order of the sort, from `from` on."""
    test = queries.matcher(body.get("query", {"match_all": {}}), queries.Fields({}, request.cluster.now()))
    matching = [document for name, document in documents.items() if test(name, document)]
    order = [sort_of(entry) for entry in listed(body.get("sort", []))]
    for name, is_descending in reversed(order):
        matching.sort(key=lambda document: str(document.get(name, "")), reverse=is_descending)
    first = body.get("from", 0)
    shown = matching[first : first + body.get("size", SIZE)]
    if order:
        shown = [{**document, "_sort": [document.get(name) for name, _is_descending in order]} for document in shown]
    return {"total": len(matching), "count": len(shown), kind: shown}


def sort_of(entry: str | dict) -> tuple[str, bool]:
    """The field, and whether its values go down."""
    if isinstance(entry, str):
        return entry, False
    name, how = next(iter(entry.items()))
    return name, (how.get("order") if isinstance(how, dict) else how) == "desc"


def listed(sort) -> list:
    return sort if isinstance(sort, list) else [sort]
