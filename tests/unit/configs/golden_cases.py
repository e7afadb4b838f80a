# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The golden cases as a user would declare them, and what has to be true of a Kind for all of them."""

import json

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from contract.golden_files import GENERATED, VERSIONS, entries, expected_of

from simulator.errors import ApiError

__all__ = ["VERSIONS", "Cases"]


def renamed(body, spec):
    """A body with the names that an alias stands for."""
    names = {alias: name for name, option in spec.items() for alias in option.get("aliases", ())}
    return {
        names.get(name, name): renamed(value, spec[names.get(name, name)]["options"])
        if isinstance(value, dict) and "options" in spec.get(names.get(name, name), ())
        else value
        for name, value in body.items()
    }


def known(document):
    """A document without values of which the golden files only say that they are there."""
    return {
        name: known(value) if isinstance(value, dict) else value
        for name, value in document.items()
        if value != GENERATED
    }


def changes(before, after, path=""):
    """(path, (one, other)) of what differs in two documents."""
    for name in before.keys() | after.keys():
        pair = before.get(name), after.get(name)
        if all(isinstance(value, dict) for value in pair):
            yield from changes(*pair, f"{path}{name}.")
        elif pair[0] != pair[1]:
            yield f"{path}{name}", pair


class Cases:
    """The accepted cases of one golden file.

    :arg reader: the simulator's module that is held against these files
    """

    def __init__(self, file, kind, reader):
        self.kind = kind
        self.reader = reader
        self._entries = entries(file)
        self._results = {}

    def of(self, version, updates=False):
        """name to (input, document that GET returns)."""
        found = {}
        for entry in self._entries:
            expected = expected_of(entry, version)
            if "get" in expected and ("base" in entry["input"]) == updates:
                found[entry["name"]] = (entry["input"], known(expected["get"]))
        return found

    def options(self, body):
        """What a module makes of a body as its options, or the words in which it refuses."""
        try:
            result = ArgumentSpecValidator(self.kind.SPEC).validate(body)
        except TypeError as error:  # of ansible-core, for a truth value where there are options within an option
            return [str(error)]
        return result.error_messages or result.validated_parameters

    def own(self, body):
        """A body without what is no part of a declaration: the id, and what no server keeps."""
        return {name: value for name, value in body.items() if name not in ("id", "datafeed_id", "config_type")}

    def built(self, version, given):
        maximum = {name: given[name] for name in ("max_model_memory_limit",) if name in given}
        return self.reader.build(version, given["id"], given["body"], 0, **maximum)

    def differing(self, version):
        """Cases whose own document is said to be another than what they declare."""
        found = {
            name: self.kind.differences(given["id"], renamed(given["body"], self.kind.SPEC), document)
            for name, (given, document) in self.of(version).items()
        }
        return {name: differences for name, differences in found.items() if differences}

    def read_otherwise(self, version):
        """Cases that a module refuses as its options, or reads otherwise; all others lead to what they led to."""
        found = set()
        for name, (given, document) in self.of(version).items():
            options = self.options(self.own(given["body"]))
            declared = {} if isinstance(options, list) else self.kind.declared(options)
            if not declared or self.kind.differences(given["id"], declared, document):
                found.add(name)
                continue
            body = self.kind.create_body(given["id"], declared)
            created = self.built(version, {**given, "body": body})
            anew = self.kind.declared(self.options(self.own(self.kind.portable(document))))
            assert self.kind.differences(given["id"], anew, created) == [], name
            assert self.kind.differences(given["id"], anew, self.built(version, {**given, "body": anew})) == [], name
        return found

    def taken_for_the_same(self, version):
        """path -> values of which at least two differ as the server returns them, and not as a Kind compares them."""
        found = {}
        for given, document in self.of(version).values():
            for other, _document in self.of(version).values():
                for path, values in self._unseen(version, given, document, renamed(other["body"], self.kind.SPEC)):
                    found.setdefault(path, set()).update(map(json.dumps, values))
        return found

    def _unseen(self, version, given, document, declared):
        body = self.kind.merged(given["id"], declared, self._result(version, given, given["body"]))
        try:
            becomes = self._result(version, given, body)
        except ApiError:
            return ()
        differences = self.kind.differences(given["id"], declared, document)
        before = self._result(version, given, given["body"])
        if before == becomes:
            assert differences == [], (document, declared)
        return () if differences else changes(before, becomes)

    def _result(self, version, given, body):
        key = version, given["id"], json.dumps(body)
        if key not in self._results:
            self._results[key] = self.built(version, {**given, "body": body})
        return self._results[key]

    def update(self, version, name):
        """(what the golden classes make of an update, what the smallest body makes of it, the differences left)."""
        given, document = self.of(version, updates=True)[name]
        before = self.built(version, {"id": given["id"], "body": given["base"]})
        declared = renamed(given["body"], self.kind.SPEC)
        differences = self.kind.differences(given["id"], declared, before)
        body = self.kind.update_body(given["id"], declared, before, differences)
        after = self.reader.update(version, before, body) if body else before
        return document, after, self.kind.differences(given["id"], declared, after)
