# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A published API model: its types by name, its endpoints by method and path."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote

FOLDER = Path(__file__).resolve().parents[2] / ".build" / "model" / "node_modules"
PACKAGES = {8: "model-8", 9: "model-9"}
"""By major version of the server; where no model was published for one, the next one holds."""


@dataclass(frozen=True)
class Name:
    """The name of a type, such as `ml._types.Job`."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}.{self.name}"


def name_of(written: dict) -> Name:
    return Name(written["namespace"], written["name"])


class Schema:
    """What `dist/schema.json` holds, to be asked by name.

    :arg document: its `types` and `endpoints`
    """

    def __init__(self, document: dict):
        self._types = {name_of(definition["name"]): definition for definition in document["types"]}
        self._templates: dict[int, list[Template]] = {}
        for endpoint in document["endpoints"]:
            for url in endpoint["urls"]:
                template = Template(tuple(segments_of(url["path"])), frozenset(url["methods"]), endpoint)
                self._templates.setdefault(len(template.segments), []).append(template)
        for templates in self._templates.values():
            templates.sort(key=lambda template: [is_variable(segment) for segment in template.segments])
        self.endpoints = document["endpoints"]

    def definition(self, name: Name) -> dict | None:
        """None for a name that an endpoint leaves open, such as the type of a document."""
        return self._types.get(name)

    def lineage(self, definition: dict) -> list[tuple[dict, list[dict]]]:
        """A type and those it inherits from, each with the generics that it is given by the one before."""
        found, generics = [], []
        while definition:
            found.append((definition, generics))
            parent = definition.get("inherits")
            generics = (parent or {}).get("generics", [])
            definition = self._types[name_of(parent["type"])] if parent else None
        return found

    def match(self, method: str, path: str) -> "Match | None":
        """The endpoint of a request; literal segments win over variable ones."""
        segments = segments_of(path)
        fitting = [one for one in self._templates.get(len(segments), []) if method in one.methods]
        return next((template.match(segments) for template in fitting if template.fits(segments)), None)


@dataclass(frozen=True)
class Template:
    segments: tuple[str, ...]
    methods: frozenset[str]
    endpoint: dict

    def fits(self, segments: list[str]) -> bool:
        """A variable in front is the name of an index, which never starts with an underscore."""
        if self.segments and is_variable(self.segments[0]) and segments[0].startswith("_") and segments[0] != "_all":
            return False
        return all(own == given or is_variable(own) for own, given in zip(self.segments, segments, strict=True))

    def match(self, segments: list[str]) -> "Match":
        pairs = zip(self.segments, segments, strict=True)
        return Match(self.endpoint, {own[1:-1]: given for own, given in pairs if is_variable(own)})


@dataclass(frozen=True)
class Match:
    """An endpoint, and the variable parts of the path that led to it."""

    endpoint: dict
    parts: dict[str, str]


def is_variable(segment: str) -> bool:
    return segment.startswith("{")


def segments_of(path: str) -> list[str]:
    """Decoded segments; an empty one is an empty id, except at either end."""
    return [unquote(segment) for segment in path.partition("#")[0].removeprefix("/").rstrip("/").split("/")]


def release_of(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def published(version: str) -> Schema:
    """The model for a server of this version."""
    return installed(next(name for major, name in sorted(PACKAGES.items()) if release_of(version)[0] <= major))


@cache
def installed(package: str) -> Schema:
    return Schema(json.loads(file_of(package).read_text(encoding="utf-8")))


def file_of(package: str) -> Path:
    file = FOLDER / package / "dist" / "schema.json"
    assert file.exists(), "the API model isn't installed: run `make model`"
    return file
