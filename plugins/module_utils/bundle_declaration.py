# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""What a bundle declares and prunes, checked before anything is sent; an error names the item that it is about."""

from __future__ import annotations

import difflib

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError

from ansible_collections.mlops.elastic.plugins.module_utils import expressions
from ansible_collections.mlops.elastic.plugins.module_utils.actions import named
from ansible_collections.mlops.elastic.plugins.module_utils.bundle_kinds import DATAFEEDS, JOBS, KINDS
from ansible_collections.mlops.elastic.plugins.module_utils.errors import BadOption

_EXPORTED = "What ml_bundle_info returns can be declared as it is."


def declared(params):
    """Return what is declared, as the API has it: option to id to configuration; an option not given is left out.

    :raises BadOption: with all that is wrong
    """
    problems, declarations = [], {}
    for kind in KINDS:
        if params[kind.RESULT] is None:
            continue
        found = declarations[kind.RESULT] = {}
        for number, entry in enumerate(params[kind.RESULT]):
            try:
                id, config = _item(kind, number, entry)
                if id in found:
                    raise BadOption(_name(kind, id), id, "it is declared twice", "Declare it once.")
                found[id] = config
            except BadOption as problem:
                problems.append(problem)
    problems += _datafeeds_of_one_job(declarations.get(DATAFEEDS.RESULT, {}))
    if problems:
        raise _joined(problems)
    return declarations


def pruned(params, declarations):
    """Return the expressions of what is to be removed unless it is declared, by option.

    :raises BadOption: no C(max_affected), nothing declared of that kind, an expression that is none
    """
    given = {name: tokens for name, tokens in (params["prune"] or {}).items() if tokens is not None}
    for kind in KINDS:
        if kind.RESULT not in given:
            continue
        option, tokens = f"prune.{kind.RESULT}", given[kind.RESULT]
        given[kind.RESULT] = expressions.parse(option, tokens, kind.MAX_ID_LENGTH)
        if kind.RESULT not in declarations:
            raise BadOption(
                option,
                ",".join(tokens),
                f"{kind.RESULT} is not given, so that all that matches would be removed",
                f"Declare {kind.RESULT}; an empty list means that none shall remain.",
            )
        if params["max_affected"] is None:
            raise BadOption(
                option,
                ",".join(tokens),
                "there is no max_affected",
                "Set it to the largest number of items that this task may change and remove.",
            )
    return given


def _item(kind, number, entry):
    id_key = kind.COLLECTION.id_key
    id = entry.get(id_key)
    if id is None:
        raise BadOption(f"{kind.RESULT}[{number}]", entry, f"it has no {id_key}", "Each declaration names its id.")
    id = str(id)
    name = _name(kind, id)
    (token,) = expressions.parse(name, [id], kind.MAX_ID_LENGTH)
    if expressions.is_wildcard(token) or expressions.is_all(token):
        raise BadOption(name, id, "it is no id", "Write one declaration for each id.")
    spec = kind.PRESENCE.CONFIG.SPEC
    result = ArgumentSpecValidator(dict(spec, **{id_key: {"type": "str", "required": True}})).validate(entry)
    for path in sorted(_path(names) for names in result.unsupported_parameters):
        raise _unknown(kind, name, path, _at(entry, path))
    for error in result.errors.errors:
        if not isinstance(error, UnsupportedError):
            raise BadOption(name, id, error.args[0], _EXPORTED)
    try:
        return id, kind.PRESENCE.CONFIG.declared(result.validated_parameters)
    except BadOption as problem:
        problem.msg = f"{name}.{problem.msg}"
        raise


def _name(kind, id):
    return f"{kind.RESULT}[{id}]"


def _path(names):
    return names if isinstance(names, str) else ".".join(names)


def _at(value, path):
    """Return what stands at a path, looking into the first entry of a list that has it; None where nothing does."""
    for name in path.split("."):
        entries = value if isinstance(value, list) else [value]
        value = next((entry[name] for entry in entries if isinstance(entry, dict) and name in entry), None)
    return value


def _unknown(kind, name, path, value):
    parent, _dot, last = path.rpartition(".")
    if kind is JOBS and path == "datafeed_config":
        remedy = "Declare the datafeed under datafeeds."
    else:
        spec = kind.PRESENCE.CONFIG.SPEC
        for part in parent.split(".") if parent else ():
            spec = spec[part]["options"]
        close = difflib.get_close_matches(last, spec, 1)
        remedy = f"Did you mean {close[0]}?" if close else _EXPORTED
    return BadOption(f"{name}.{path}", value, f"a {kind.COLLECTION.noun} has no such option", remedy)


def _datafeeds_of_one_job(datafeeds):
    problems, seen = [], {}
    for id, config in datafeeds.items():
        job = config.get("job_id")
        if job in seen:
            problems.append(
                BadOption(
                    f"{_name(DATAFEEDS, id)}.job_id",
                    job,
                    f"datafeed {seen[job]} is declared for that job too",
                    "A job has one datafeed at most.",
                )
            )
        elif job is not None:
            seen[job] = id
    return problems


def _joined(problems):
    first, others = problems[0], problems[1:]
    if others:
        first.msg += f" And {len(others)} more: {named((problem.msg for problem in others), 3)}"
    return first
