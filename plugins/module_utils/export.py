# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""The flow of C(ml_bundle_info): a declaration of what is there, as one result and as files."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils import export_files, expressions
from ansible_collections.mlops.elastic.plugins.module_utils.bundle_kinds import KINDS, counted, kind_spec
from ansible_collections.mlops.elastic.plugins.module_utils.bundle_order import filters_of
from ansible_collections.mlops.elastic.plugins.module_utils.cluster import Cluster
from ansible_collections.mlops.elastic.plugins.module_utils.errors import BadOption, MlError, Refused
from ansible_collections.mlops.elastic.plugins.module_utils.export_yaml import ordered
from ansible_collections.mlops.elastic.plugins.module_utils.report import listed
from ansible_collections.mlops.elastic.plugins.module_utils.waiting import Budget

MODULE = "ml_bundle_info"
SPEC = dict(
    kind_spec({"type": "list", "elements": "str"}),
    include_related={"type": "bool", "default": True},
    allow_no_match={"type": "bool", "default": True},
    to_files={"type": "path"},
    prune_files={"type": "bool", "default": False},
)


def run(params, check_mode=False):
    """Return the module's result; only reading requests are sent.

    :arg check_mode: write no file
    :raises MlError: with the requests made in its C(result)
    """
    tokens = _tokens(params)
    cluster = Cluster(params, f"mlops.elastic.{MODULE}", Budget(params["request_timeout"]))
    try:
        bundle = _bundle(cluster, tokens, params)
        changes = _changes(bundle, tokens, params, check_mode)
    except MlError as error:
        error.result.setdefault("requests", listed(cluster.sent))
        raise
    finally:
        cluster.close()
    return {
        "changed": bool(changes),
        "msg": _sentence(bundle, changes, params, check_mode),
        "bundle": bundle,
        "summary": {option: len(items) for option, items in bundle.items()},
        "files": [change.as_result() for change in changes],
        "diff": [change.as_diff() for change in changes],
        "requests": listed(cluster.sent),
    }


def _tokens(params):
    """Return expressions by option; all there is where none are given."""
    if "\0" in (params["to_files"] or ""):
        raise BadOption("to_files", params["to_files"], "no path has a null byte", "Name a directory.")
    if params["prune_files"] and params["to_files"] is None:
        raise BadOption("prune_files", True, "there is no to_files", "Name the directory, or remove it.")
    given = {
        kind.RESULT: expressions.parse(kind.RESULT, params[kind.RESULT], kind.MAX_ID_LENGTH)
        for kind in KINDS
        if params[kind.RESULT] is not None
    }
    return given or {kind.RESULT: ["_all"] for kind in KINDS}


def _bundle(cluster, tokens, params):
    related = _Related() if params["include_related"] and "jobs" in tokens else None
    bundle = {}
    for kind in KINDS:
        option = kind.RESULT
        wanted = tokens.get(option, [])
        adds = related is not None and option in _Related.OPTIONS
        if not wanted and not adds:
            continue
        items, _missing = kind.PRESENCE.observe(cluster, ["_all"] if adds else wanted)
        configs = {id: item.facts["config"] for id, item in sorted(items.items()) if item.state != "deleting"}
        names = {id: {id, *(config.get("groups") or [])} for id, config in configs.items()}
        _check_matches(kind, wanted, names, params)
        chosen = {
            id: config
            for id, config in configs.items()
            if any(expressions.matches(token, names[id]) for token in wanted) or (adds and related.has(option, config))
        }
        if related is not None:
            related.note(option, chosen)
        id_key, config = kind.COLLECTION.id_key, kind.PRESENCE.CONFIG
        bundle[option] = [ordered(config.portable(there), config.SPEC, id_key) for there in chosen.values()]
    return bundle


class _Related:
    """What belongs to jobs: their datafeeds, the calendars that they or their groups are members of, their filters."""

    OPTIONS = ("datafeeds", "calendars", "filters")

    def __init__(self):
        self._jobs = set()
        self._members = {"_all"}
        self._filters = set()

    def note(self, option, configs):
        """Remember what belongs to these, if they are jobs."""
        if option != "jobs":
            return
        for id, config in configs.items():
            self._jobs.add(id)
            self._members.update([id, *(config.get("groups") or [])])
            self._filters.update(filters_of(config))

    def has(self, option, config):
        if option == "datafeeds":
            return config["job_id"] in self._jobs
        if option == "calendars":
            return bool(self._jobs) and not self._members.isdisjoint(config.get("job_ids") or [])
        return config["filter_id"] in self._filters


def _check_matches(kind, tokens, names, params):
    unmatched = [
        token
        for token in tokens
        if not (params["allow_no_match"] and (expressions.is_wildcard(token) or expressions.is_all(token)))
        and not any(expressions.matches(token, known) for known in names.values())
    ]
    if unmatched:
        said = "no known {} with id '{}'".format(kind.COLLECTION.noun, ",".join(unmatched))
        raise Refused(
            f"{kind.RESULT}: {said}. Check the spelling", status=404, type="resource_not_found_exception", reason=said
        )


def _changes(bundle, tokens, params, check_mode):
    directory = params["to_files"]
    if directory is None:
        return []
    changes = export_files.changes(directory, bundle, tokens if params["prune_files"] else None)
    if not check_mode:
        export_files.carry_out(directory, changes)
    return changes


def _sentence(bundle, changes, params, check_mode):
    told = [counted(kind, len(bundle[kind.RESULT])) for kind in KINDS if bundle.get(kind.RESULT)]
    read = f"read {', '.join(told)}" if told else "nothing matches"
    if params["to_files"] is None:
        return read
    removed = len([change for change in changes if change.after is None])
    done = [
        f"{'would ' if check_mode else ''}{verb if check_mode else past} {number} {'file' if number == 1 else 'files'}"
        for verb, past, number in (("write", "wrote", len(changes) - removed), ("remove", "removed", removed))
        if number
    ]
    return f"{read}; {' and '.join(done) or 'all files say so already'}"
