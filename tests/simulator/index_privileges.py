# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Index privileges: of roles, and those that creating datafeeds and analytics asks for."""

import json
from fnmatch import fnmatchcase

from simulator.errors import ApiError

SEARCH = "indices:data/read/search"
EVERYTHING = ({"names": ["*"], "privileges": ["all"]},)
GRANTED_BY = {
    "indices:admin/create": ("create_index", "manage", "all"),
    "indices:admin/delete": ("delete_index", "manage", "all"),
    "indices:admin/get": ("view_index_metadata", "manage", "all"),
    "indices:admin/mappings/get": ("view_index_metadata", "manage", "all"),
    "indices:admin/mapping/put": ("manage", "all"),
    "indices:admin/refresh": ("maintenance", "manage", "all"),
    "indices:data/read/get": ("read", "all"),
    SEARCH: ("read", "all"),
    "indices:data/write/bulk": ("create_doc", "create", "delete", "index", "write", "all"),
    "indices:data/write/delete": ("delete", "write", "all"),
    "indices:data/write/index": ("create_doc", "create", "index", "write", "all"),
}
IMPLIED = {"all": None, "read": {"read", SEARCH}, "write": {"index"}, "create_index": {"create_index"}}


def require(user, what: str, wanted: dict[str, list[str]]) -> None:
    """Raises ApiError 403 unless the roles grant the `wanted` privileges by index; `user` None means no security."""
    if user is None:
        return
    held = {
        index: {privilege: grants(user.indices, index, privilege) for privilege in privileges}
        for index, privileges in wanted.items()
    }
    if not all(granted for privileges in held.values() for granted in privileges.values()):
        listed = json.dumps(held, separators=(",", ":"))
        reason = f"Cannot create {what} because user {user.name} lacks permissions on the indices: {listed}"
        raise ApiError(403, "security_exception", reason)


def grants(indices: tuple[dict, ...], index: str, privilege: str) -> bool:
    return any(
        any(fnmatchcase(index, name) for name in entry["names"])
        and any(implies(held, privilege) for held in entry["privileges"])
        for entry in indices
    )


def implies(held: str, wanted: str) -> bool:
    implied = IMPLIED.get(held, {held})
    return implied is None or wanted in implied


def require_action(user, action: str, names: list[str], version) -> None:
    """Raises ApiError 403 unless the roles allow `action` on every one of the indices; `user` None: no security."""
    if user is None:
        return
    granting = GRANTED_BY[action]
    refused = [name for name in names if not any(grants(user.indices, name, privilege) for privilege in granting)]
    if refused:
        reason = f"action [{action}] is unauthorized for {user.described(version)}"
        if version.since(7, 11):
            listed, privileges = ",".join(refused), ",".join(granting)
            reason += f" on indices [{listed}], this action is granted by the index privileges [{privileges}]"
        raise ApiError(403, "security_exception", reason)
