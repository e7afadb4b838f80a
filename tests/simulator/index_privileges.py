# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Index privileges that creating datafeeds and analytics asks for, and that actions on indices need."""

import json

from simulator.errors import ApiError
from simulator.security.privileges import INDEX, named

SEARCH = "indices:data/read/search"


def require(user, what: str, wanted: dict[str, list[str]]) -> None:
    """Raises ApiError 403 unless the roles grant the `wanted` privileges by index; `user` None means no security."""
    if user is None:
        return
    held = {
        index: {privilege: user.implies_on(index, named(INDEX, privilege)) for privilege in privileges}
        for index, privileges in wanted.items()
    }
    if not all(granted for privileges in held.values() for granted in privileges.values()):
        listed = json.dumps(held, separators=(",", ":"))
        reason = f"Cannot create {what} because user {user.name} lacks permissions on the indices: {listed}"
        raise ApiError(403, "security_exception", reason)


def require_action(user, action: str, names: list[str], version) -> None:
    """Raises ApiError 403 unless the roles allow `action` on every one of the indices; `user` None: no security."""
    if user is not None:
        user.require(action, version, names)
