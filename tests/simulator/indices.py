# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which indices there are, and what index expressions stand for."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass

from simulator import errors, expressions, mappings, queries, system_indices
from simulator.index import Index

ALL = ("_all", "*", "")
SMALL = {
    "mappings": {"properties": {"time": {"type": "date"}, "value": {"type": "long"}}},
    "documents": [{"value": number} for number in range(10)],
}
FIRST_TIME = 1_514_764_800_000
MINUTE = 60_000
SAMPLE_VALUES = 3


@dataclass(frozen=True)
class Options:
    """`indices_options` of a request or a configuration."""

    ignore_unavailable: bool = False
    allow_no_indices: bool = True
    expand_wildcards: tuple[str, ...] = ("open",)

    @property
    def expands_hidden(self) -> bool:
        return "hidden" in self.expand_wildcards or "all" in self.expand_wildcards


def known(cluster) -> dict[str, Index]:
    """Indices by name: those that users made, and those that the server keeps for itself."""
    return {**system_indices.view(cluster), **cluster.indices}


def resolve(cluster, names: list[str], options: Options = Options(allow_no_indices=True)) -> dict[str, Index]:
    """The indices that an expression names. Raises ApiError 404 for a missing one, 400 for what can't be a name."""
    every, found = known(cluster), {}
    for name in names if any(names) else ["_all"]:
        matched = match(name, every, cluster.version, options)
        if not matched and not (options.ignore_unavailable or (is_pattern(name) and options.allow_no_indices)):
            raise missing(name)
        found.update((index, every[index]) for index in matched)
    return found


def match(name: str, every: dict[str, Index], version, options: Options) -> list[str]:
    """Names of the indices that one name or pattern stands for; hidden ones only if the pattern starts with a dot."""
    if not is_pattern(name):
        if name.startswith("_"):
            raise invalid_name(name, "must not start with '_'.")
        return [name] if name in every else []
    regex = expressions.pattern("*" if name in ALL else name)
    sees_hidden = options.expands_hidden or not version.since(7, 7) or name.startswith(".")
    return [found for found, index in every.items() if (sees_hidden or not index.is_hidden) and regex.fullmatch(found)]


def is_pattern(name: str) -> bool:
    return name in ALL or "*" in name


def exists(cluster, expression: str) -> bool:
    """Whether a name or pattern of a configuration stands for any index."""
    return bool(match(expression, known(cluster), cluster.version, Options()))


def present(cluster, names: list[str]) -> dict[str, Index]:
    """The indices that names stand for, as far as they are there."""
    return resolve(cluster, names, Options(ignore_unavailable=True))


def search(cluster, names: list[str], query: dict) -> Iterator[dict]:
    """The documents that a query finds in the indices that are there."""
    for index in present(cluster, names).values():
        finds = queries.matcher(query, queries.Fields(mappings.field_types(index.mappings), cluster.now()))
        for document_id, document in index.documents.items():
            if finds(document_id, document.source):
                yield document.source


def created(cluster, name: str) -> Index:
    """The index of this name, made where there is none."""
    return cluster.indices.setdefault(name, Index(created=cluster.now()))


def seed(cluster, entry: str | dict) -> None:
    """An index of a seed file: `{name, mappings, settings, hidden, documents: number or list}`, or just its name.

    A name makes a small one: it has what analyses need, and nothing for datafeeds to read.
    """
    entry = {"name": entry, **SMALL} if isinstance(entry, str) else entry
    index = cluster.indices[entry["name"]] = Index(
        deepcopy(entry.get("mappings", {})),
        settings=entry.get("settings", {}),
        is_hidden=entry.get("hidden", False),
        created=cluster.now(),
    )
    documents = entry.get("documents", [])
    for document in sample(index, documents) if isinstance(documents, int) else documents:
        index.add(document)


def sample(index: Index, count: int) -> Iterator[dict]:
    """Documents with a value in each mapped field; without a mapping a time, a minute later each, and a number."""
    types = mappings.field_types(index.mappings)
    fields = {name: kind for name, kind in types.items() if name.rpartition(".")[0] not in types}
    for number in range(count):
        values = {"date": FIRST_TIME + number * MINUTE, "boolean": bool(number % 2), "ip": "127.0.0.1"}
        values |= dict.fromkeys(("keyword", "text"), f"v{number % SAMPLE_VALUES}")
        yield {name: values.get(kind, number) for name, kind in fields.items()} or {
            "time": values["date"],
            "value": number,
        }


def missing(name: str, kind: str = "index_or_alias") -> errors.ApiError:
    members = {"resource.type": kind, "resource.id": name, "index_uuid": "_na_", "index": name}
    return errors.ApiError(404, "index_not_found_exception", f"no such index [{name}]", **members)


def invalid_name(name: str, problem: str) -> errors.ApiError:
    reason = f"Invalid index name [{name}], {problem}"
    return errors.ApiError(400, "invalid_index_name_exception", reason, index_uuid="_na_", index=name)
