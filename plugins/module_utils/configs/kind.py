# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""What a configuration consists of: how its values compare, and what changing each of them costs.

Everything here is pure. A configuration is a dict as the API has it; a path names one of its values,
C(analysis_limits.model_memory_limit).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

from ansible_collections.mlops.elastic.plugins.module_utils.normalize import declarable

IN_PLACE = "in place"
"""The update API takes it, whatever the state."""

AT_NEXT_START = "at the next start"
"""The update API takes it, and what runs learns of it when it is started again."""

WHILE_STOPPED = "while stopped"
"""The update API takes it, unless the resource runs."""

IMMUTABLE = "never"
"""Only another resource can have another value."""


def as_given(value):
    """Return a value whose text is its meaning."""
    return value


@dataclass(frozen=True)
class Field:
    """One value of a configuration.

    C(form) gives two values one form if, and only if, the server takes them for the same; what it would refuse stays
    as it is. C(implied) is what the server means where the value is not there.
    """

    cost: str
    form: Callable = as_given
    implied: object = None


@dataclass(frozen=True)
class Difference:
    """A declared value that the server has otherwise; both in canonical form, None where there is none."""

    path: str
    before: object
    after: object
    cost: str


class Kind:
    """Base of the other files in C(configs/).

    :cvar SPEC: the options that a configuration consists of, as an argument specification
    :cvar FIELDS: path to Field; a dict without a field of its own is looked into, one that has one is compared whole
    """

    SPEC = {}
    FIELDS = {}

    def declared(self, options):
        """Return what the options declare, as the API has it: those that are not None, at any depth of SPEC."""
        return _given(options, self.SPEC)

    def values(self, id, config):
        """Return the canonical values of a configuration by path, declared or observed.

        :arg id: the resource's id, on which some defaults and names depend
        """
        found = {}
        for path, field in self.FIELDS.items():
            value = _at(config, path.split("."))
            if value is not None:
                found[path] = field.form(value)
        return found

    def differences(self, id, declared, observed):
        """Return a list of Difference: declared values that the observed configuration has otherwise."""
        wanted, there = self.values(id, declared), self.values(id, observed)
        found = []
        for path, after in wanted.items():
            field = self.field(path)
            before = there.get(path, field.implied)
            if not same(before, after):
                found.append(Difference(path, before, after, field.cost))
        return found

    def field(self, path):
        """Return the Field of a path that values() gave."""
        return self.FIELDS[path]

    def create_body(self, id, declared):
        """Return the body of the request that creates it."""
        return declared

    def update_body(self, id, declared, observed, differences):
        """Return the smallest body that makes these differences disappear.

        It holds options whole: what is not declared within one of them stays as it is.
        """
        whole = self.merged(id, declared, observed)
        concerned = {difference.path.partition(".")[0] for difference in differences}
        return {name: whole[name] for name in declared if name in concerned}

    def merged(self, id, declared, observed):
        """Return the whole configuration that an update ends in, as the API that creates takes it."""
        return self._over(declared, self.declared(observed), "")

    def _over(self, declared, observed, parent):
        whole = dict(observed, **declared)
        for name in declared.keys() & observed.keys():
            path = f"{parent}{name}."
            if any(field.startswith(path) for field in self.FIELDS):
                whole[name] = self._over(declared[name], observed[name], path)
        return whole

    def view(self, id, declared, config):
        """Return the canonical values that a configuration has where another one declares any, nested for people."""
        there = self.values(id, config)
        return nested({path: there.get(path, self.field(path).implied) for path in self.values(id, declared)})

    def portable(self, config):
        """Return an observed configuration as it can be declared, here and on an empty cluster."""
        return declarable(config)


def same(one, other):
    """Return whether two JSON values are equal; other than in Python, C(true) is not 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def nested(values):
    """Return values by path as dicts within dicts; a value None is left out."""
    tree = {}
    for path, value in values.items():
        if value is None:
            continue
        *parents, name = path.split(".")
        place = tree
        for parent in parents:
            place = place.setdefault(parent, {})
        place[name] = value
    return tree


def _at(config, names):
    for name in names:
        if not isinstance(config, dict):
            return None
        config = config.get(name)
    return config


def _given(options, spec):
    return {name: _given_value(options[name], rule) for name, rule in spec.items() if options.get(name) is not None}


def _given_value(value, rule):
    if "options" not in rule:
        return value
    if rule["type"] == "list":
        return [_given(entry, rule["options"]) for entry in (value if isinstance(value, list) else [value])]
    return _given(value, rule["options"])
