# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Index privileges: of roles, and those that creating datafeeds and analytics asks for."""

import json
from fnmatch import fnmatchcase

from simulator.errors import ApiError

SEARCH = "indices:data/read/search"
EVERYTHING = ({"names": ["*"], "privileges": ["all"]},)
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
