# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`filter_path`: leaving out of an answer what its patterns don't name."""

import fnmatch


def filtered(body: object, patterns: str) -> object:
    """The members of `body` that one of the comma-separated dotted patterns leads to; `*` is any one name."""
    paths = [pattern.strip().split(".") for pattern in patterns.split(",") if pattern.strip()]
    return _kept(body, paths) if paths else body


def _kept(value: object, paths: list[list[str]]) -> object:
    if isinstance(value, list):
        return [kept for item in value if (kept := _kept(item, paths)) not in ({}, None)]
    if not isinstance(value, dict):
        return None
    kept = {name: _member(member, name, paths) for name, member in value.items()}
    return {name: member for name, member in kept.items() if member not in ({}, [], None)}


def _member(member: object, name: str, paths: list[list[str]]) -> object:
    rests = [path[1:] for path in paths if fnmatch.fnmatchcase(name, path[0])]
    if any(not rest for rest in rests):
        return member
    return _kept(member, rests) if rests else None
