# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a value fits a type of the model, and if not, where and how."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from model import leaves
from model.schema import Name, Schema, name_of, release_of

MISTYPED = ("type", "null")
ADDITIONAL = ("AdditionalProperties", "AdditionalProperty")


@dataclass(frozen=True)
class Misfit:
    """A deviation. Kinds: `unknown`, `missing`, `too new`, `type`, `null`, `value`, `endpoint`, `body`, `error`.

    :arg place: the type and the member that say what should be there, such as `ml._types.Job.groups`
    :arg path: where it was found, such as `jobs.groups`
    """

    kind: str
    place: str
    path: str
    text: str


@dataclass(frozen=True)
class Bound:
    """A written type, and what the generic names in it stand for."""

    type: dict
    scope: dict[Name, "Bound"]

    def inner(self, written: dict) -> "Bound":
        return replace(self, type=written)


@dataclass(frozen=True)
class Spot:
    """Where a value is, and which member of which type it is."""

    path: str
    place: str

    def member(self, owner: Name | str, name: str) -> "Spot":
        return Spot(f"{self.path}.{name}".lstrip("."), f"{owner}.{name}")

    def misfit(self, kind: str, text: str) -> Misfit:
        return Misfit(kind, self.place, self.path, text)

    def mistyped(self, value: object, wanted: str) -> Misfit:
        return self.misfit("null" if value is None else "type", f"{shown(value)} is no {wanted}")


class Fitting:
    """Holds JSON values against types.

    :arg version: of the server; what came later must not be there
    """

    LEAVES = leaves.JSON

    def __init__(self, schema: Schema, version: str):
        self._schema = schema
        self._release = release_of(version)

    def misfits(self, value: object, bound: Bound, spot: Spot) -> Iterator[Misfit]:
        yield from getattr(self, f"_{bound.type['kind']}")(value, bound, spot)

    def _user_defined_value(self, value, bound, spot):
        yield from ()

    def _literal_value(self, value, bound, spot):
        if value != bound.type["value"]:
            yield spot.misfit("value", f"{shown(value)} is not {bound.type['value']!r}")

    def _array_of(self, value, bound, spot):
        if not isinstance(value, list):
            yield spot.mistyped(value, "list")
            return
        for item in value:
            yield from self.misfits(item, bound.inner(bound.type["value"]), spot)

    def _dictionary_of(self, value, bound, spot):
        if not isinstance(value, dict):
            yield spot.mistyped(value, "object")
            return
        if bound.type["singleKey"] and len(value) != 1:
            yield spot.misfit("value", f"{len(value)} members instead of one")
        for name, member in value.items():
            inside = Spot(f"{spot.path}.{name}", spot.place)
            yield from TextFitting.of(self).misfits(name, bound.inner(bound.type["key"]), inside)
            yield from self.misfits(member, bound.inner(bound.type["value"]), inside)

    def _union_of(self, value, bound, spot):
        """What is wrong by the alternative that fits best: one of the right JSON type, with the fewest misfits."""
        found = [list(self.misfits(value, bound.inner(item), spot)) for item in bound.type["items"]]
        is_other = [any(one.kind in MISTYPED and one.path == spot.path for one in ones) for ones in found]
        yield from min(zip(is_other, found, strict=True), key=lambda pair: (pair[0], len(pair[1])))[1]

    def _instance_of(self, value, bound, spot):
        name = name_of(bound.type["type"])
        if name in bound.scope:
            yield from self.misfits(value, bound.scope[name], spot)
        elif name in self.LEAVES:
            if not self.LEAVES[name](value):
                yield spot.mistyped(value, name.name)
        elif definition := self._schema.definition(name):
            given = [bound.inner(written) for written in bound.type.get("generics", [])]
            yield from getattr(self, f"_{definition['kind']}")(value, definition, scope_of(definition, given), spot)

    def _type_alias(self, value, definition, scope, spot):
        yield from self.misfits(value, Bound(definition["type"], scope), spot)

    def _enum(self, value, definition, scope, spot):
        if definition.get("isOpen") and isinstance(value, str):
            return
        named = str(value).lower() if isinstance(value, bool) else value
        if not any(named in names_of(member) for member in definition["members"]):
            yield spot.misfit("value", f"{shown(value)} is no {definition['name']['name']}")

    def _interface(self, value, definition, scope, spot):
        shortcut = definition.get("shortcutProperty")
        if isinstance(value, dict):
            yield from self.members(value, definition, scope, spot)
        elif shortcut:
            (written,) = (one for one in definition["properties"] if one["name"] == shortcut)
            yield from self.misfits(value, Bound(written["type"], scope), spot)
        else:
            yield spot.mistyped(value, "object")

    def members(self, value: dict, definition: dict, scope: dict, spot: Spot) -> Iterator[Misfit]:
        """Of an object against an interface, with what it inherits."""
        left = dict(value)
        additional = []
        for owner, generics in self._schema.lineage(definition):
            if owner is not definition:
                scope = scope_of(owner, [Bound(written, scope) for written in generics])
            yield from self._properties(value, left, owner.get("properties", []), name_of(owner["name"]), scope, spot)
            additional += [Bound(one, scope) for one in owner.get("behaviors", []) if is_additional(one)]
        yield from self._container(left, value, definition, spot)
        yield from self._others(left, definition, additional, spot)

    def properties(self, value: dict, properties: list[dict], owner: str, spot: Spot) -> Iterator[Misfit]:
        """Of an object against a list of properties: a body, or the query."""
        left = dict(value)
        yield from self._properties(value, left, properties, owner, {}, spot)
        yield from (spot.member(owner, name).misfit("unknown", shown(left[name])) for name in left)

    def _properties(self, value, left, properties, owner, scope, spot):
        for written in properties:
            inside = spot.member(owner, written["name"])
            names = [name for name in names_of(written) if name in value]
            for name in names:
                left.pop(name, None)
                yield from self.misfits(value[name], Bound(written["type"], scope), inside)
            since = self._since(written)
            if names and since > self._release:
                yield inside.misfit("too new", f"came with {'.'.join(map(str, since))}")
            if not names and written["required"] and since <= self._release:
                yield inside.misfit("missing", f"a {kind_of(written['type'])} is required")

    def _since(self, written: dict) -> tuple[int, ...]:
        return release_of(written.get("availability", {}).get("stack", {}).get("since", "0"))

    def _container(self, left, value, definition, spot):
        """A container has one member besides those that stand in each of its kind."""
        variants = definition.get("variants", {})
        if variants.get("kind") != "container":
            return
        if variants.get("nonExhaustive"):
            left.clear()
        beside = {name for one in definition["properties"] if "containerProperty" in one for name in names_of(one)}
        if len(value.keys() - beside) != 1:
            yield spot.misfit("value", f"{sorted(value)} in place of one variant of {definition['name']['name']}")

    def _others(self, left, definition, additional, spot):
        for name, member in left.items():
            inside = spot.member(name_of(definition["name"]), name)
            if not additional:
                yield inside.misfit("unknown", shown(member))
            for behavior in additional:
                key, kind = behavior.type["generics"]
                yield from TextFitting.of(self).misfits(name, behavior.inner(key), inside)
                yield from self.misfits(member, behavior.inner(kind), inside)


class TextFitting(Fitting):
    """Holds the texts of a query, a path or a member's name against types."""

    LEAVES = leaves.TEXT

    @classmethod
    def of(cls, other: Fitting) -> "TextFitting":
        same = cls.__new__(cls)
        same.__dict__ = other.__dict__
        return same

    def _literal_value(self, value, bound, spot):
        if value != str(bound.type["value"]).lower():
            yield spot.misfit("value", f"{shown(value)} is not {bound.type['value']!r}")

    def _array_of(self, value, bound, spot):
        for item in value.split(","):
            yield from self.misfits(item, bound.inner(bound.type["value"]), spot)

    def _interface(self, value, definition, scope, spot):
        yield spot.mistyped(value, "object")


def scope_of(definition: dict, given: list[Bound]) -> dict[Name, Bound]:
    return {name_of(name): bound for name, bound in zip(definition.get("generics", []), given, strict=False)}


def names_of(written: dict) -> tuple[str, ...]:
    return written["name"], *written.get("aliases", [])


def is_additional(behavior: dict) -> bool:
    return behavior["type"]["name"] in ADDITIONAL


def kind_of(written: dict) -> str:
    return written["type"]["name"] if written["kind"] == "instance_of" else written["kind"]


def shown(value: object) -> str:
    text = repr(value)
    return text if len(text) < 60 else f"{text[:57]}..."
