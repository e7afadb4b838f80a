# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The APIs of indices: create, delete, exists, get, mappings, refresh."""

from simulator import errors, index_requests, indices, mappings
from simulator.index import Index
from simulator.rest import Request

CREATE = "indices:admin/create"
DELETE = "indices:admin/delete"
GET = "indices:admin/get"
GET_MAPPING = "indices:admin/mappings/get"
PUT_MAPPING = "indices:admin/mapping/put"
REFRESH = "indices:admin/refresh"
CREATE_MEMBERS = ("settings", "mappings", "aliases")
TYPE_NAME = "include_type_name"
TYPES_REMOVAL = (
    "[types removal] Using include_type_name in {} requests is deprecated. "
    "The parameter will be removed in the next major version."
)
LONGEST_NAME = 255
FORBIDDEN = set('\\/*?"<>| ,')
LISTED_FORBIDDEN = {7: '[ , ", *, \\, <, |, ,, >, /, ?]', 8: "[' ','\"','*',',','/','<','>','?','\\','|']"}


def register(router) -> None:
    router.add("PUT", "/{index}", create)
    router.add("DELETE", "/", delete)
    router.add("DELETE", "/{index}", delete)
    for method in ("GET", "HEAD"):
        router.add(method, "/{index}", get)
    for path in ("/_mapping", "/{index}/_mapping"):
        router.add("GET", path, get_mapping)
    for method in ("PUT", "POST"):
        router.add(method, "/{index}/_mapping", put_mapping)
    for path in ("/_refresh", "/{index}/_refresh"):
        for method in ("GET", "POST"):
            router.add(method, path, refresh)


async def create(request: Request) -> dict:
    name, cluster = request.parts["index"], request.cluster
    index_requests.read_acknowledgement(request)
    request.text("wait_for_active_shards")
    has_type = read_type_name(request, "create index")
    body = index_requests.body(request, required=False)
    index_requests.ready(request, CREATE, [name])
    require_valid_name(cluster.version, name)
    if name in indices.known(cluster):
        uuid = indices.known(cluster)[name].uuid
        reason = f"index [{name}/{uuid}] already exists"
        raise errors.ApiError(400, "resource_already_exists_exception", reason, index_uuid=uuid, index=name)
    for member in body:
        if member not in CREATE_MEMBERS:
            raise errors.ApiError(400, "parse_exception", f"unknown key [{member}] for create index")
    cluster.indices[name] = new_index(cluster, body, typeless(body.get("mappings", {}), has_type))
    return {"acknowledged": True, "shards_acknowledged": True, "index": name}


def new_index(cluster, body: dict, mapping: dict) -> Index:
    settings = {name: value for name, value in flat_settings(body.get("settings", {})).items() if value is not None}
    hidden = str(settings.get("hidden", "false")).lower() == "true"
    return Index(mapping, settings=settings, aliases=body.get("aliases", {}), created=cluster.now(), is_hidden=hidden)


def flat_settings(given: dict, prefix: str = "") -> dict[str, str | None]:
    """Settings by their dotted name without `index.`; values are texts, as the server shows them, None unsets."""
    found = {}
    for name, value in given.items():
        full = f"{prefix}{name}".removeprefix("index.") if prefix else name.removeprefix("index.")
        if isinstance(value, dict):
            found.update(flat_settings(value, "" if full == "index" else f"{full}."))
        else:
            found[full] = value if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return found


def read_type_name(request: Request, what: str) -> bool:
    """Whether the mapping stands under the name of a type (7.x, deprecated)."""
    if not request.version.has_types:
        return False
    if TYPE_NAME in request.query:
        request.warn(TYPES_REMOVAL.format(what))
    return request.flag(TYPE_NAME, False)


def typeless(mapping: dict, has_type: bool) -> dict:
    """Raises ApiError 400 for a type where none is expected."""
    if has_type and mapping:
        return next(iter(mapping.values()))
    if list(mapping) == ["_doc"]:
        reason = "The mapping definition cannot be nested under a type [_doc] unless include_type_name is set to true."
        raise errors.illegal_argument(reason)
    return mapping


def require_valid_name(version, name: str) -> None:
    """MetadataCreateIndexService. Raises ApiError 400."""
    checks = (
        (
            set(name) & FORBIDDEN,
            f"must not contain the following characters {LISTED_FORBIDDEN[8 if version.since(8) else 7]}",
        ),
        ("#" in name, "must not contain '#'"),
        (":" in name, "must not contain ':'"),
        (name[:1] in ("_", "-", "+"), "must not start with '_', '-', or '+'"),
        (len(name.encode()) > LONGEST_NAME, f"index name is too long, ({len(name.encode())} > {LONGEST_NAME})"),
        (name in (".", ".."), "must not be '.' or '..'"),
        (name != name.lower(), "must be lowercase"),
    )
    problem = next((text for wrong, text in checks if wrong), None)
    if problem:
        raise indices.invalid_name(name, problem)


async def delete(request: Request) -> dict:
    index_requests.read_acknowledgement(request)
    options = index_requests.read_options(request)
    names, cluster = index_requests.names(request), request.cluster
    request.check_parameters()
    if not names:
        raise errors.invalid_request("index / indices is missing")
    index_requests.ready(request, DELETE, names)
    if cluster.version.since(8) and any(indices.is_pattern(name) for name in names):
        raise errors.illegal_argument("Wildcard expressions or all indices are not allowed")
    for name in indices.resolve(cluster, names, options):
        cluster.indices.pop(name, None)
    return {"acknowledged": True}


async def get(request: Request) -> dict:
    options = index_requests.read_options(request)
    read_type_name(request, "get indices")
    for name in ("local", "flat_settings", "include_defaults"):
        request.flag(name, False)
    request.duration("master_timeout", index_requests.THIRTY_SECONDS)
    names = index_requests.names(request)
    index_requests.ready(request, GET, names)
    found = indices.resolve(request.cluster, names, options)
    return {name: described(request.cluster, name, found[name]) for name in sorted(found)}


def described(cluster, name: str, index: Index) -> dict:
    own = {
        "creation_date": str(index.created),
        "number_of_shards": "1",
        "number_of_replicas": "1",
        "uuid": index.uuid,
        "version": {"created": cluster.version.index_created},
        "provided_name": name,
    }
    tier = {"routing": {"allocation": {"include": {"_tier_preference": "data_content"}}}}
    settings = {**(tier if cluster.version.since(7, 11) else {}), **own, **nested(index.settings)}
    return {"aliases": index.aliases, "mappings": index.mappings, "settings": {"index": settings}}


def nested(flat: dict[str, str]) -> dict:
    """`a.b` as an object in an object."""
    found: dict = {}
    for name, value in flat.items():
        *path, last = name.split(".")
        place = found
        for step in path:
            place = place.setdefault(step, {})
        place[last] = value
    return found


async def get_mapping(request: Request) -> dict:
    options = index_requests.read_options(request)
    read_type_name(request, "get mapping")
    request.flag("local", False)
    request.duration("master_timeout", index_requests.THIRTY_SECONDS)
    names = index_requests.names(request)
    index_requests.ready(request, GET_MAPPING, names)
    found = indices.resolve(request.cluster, names, options)
    return {name: {"mappings": found[name].mappings} for name in sorted(found)}


async def put_mapping(request: Request) -> dict:
    index_requests.read_acknowledgement(request)
    options = index_requests.read_options(request)
    has_type = read_type_name(request, "put mapping")
    body = typeless(index_requests.body(request), has_type)
    names = index_requests.names(request)
    index_requests.ready(request, PUT_MAPPING, names)
    for index in indices.resolve(request.cluster, names, options).values():
        mappings.merge(index.mappings, body)
    return {"acknowledged": True}


async def refresh(request: Request) -> dict:
    options = index_requests.read_options(request)
    names = index_requests.names(request)
    index_requests.ready(request, REFRESH, names)
    return {"_shards": index_requests.shards(len(indices.resolve(request.cluster, names, options)), copies=2)}
