# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a datafeed reads: whether its indices have the fields of its job, and the records that result."""

from simulator import errors, indices, mappings, queries
from simulator.config.analysis import analysed_fields

CATEGORY = "mlcategory"


def require_fields(cluster, config: dict, job: dict) -> None:
    """ScrollDataExtractorFactory, TimeBasedExtractedFields (start and preview datafeed).

    Raises ApiError: 404 for a missing index, 400 for a field without a mapping, or a time that can't be searched by.
    """
    datafeed_id = config["datafeed_id"]
    types = field_types(cluster, config)
    if config.get("aggregations"):
        return
    own = {*config.get("script_fields", ()), *config.get("runtime_mappings", ())}
    for name in fields(job):
        if name not in own and name not in types:
            reason = f"cannot retrieve field [{name}] because it has no mappings"
            raise errors.status_error(400, f"[{datafeed_id}] {reason}")
        if name == time_field(job) and types.get(name) == "text":
            reason = f"cannot retrieve time field [{name}] because it is not aggregatable"
            raise errors.status_error(400, f"[{datafeed_id}] {reason}")


def field_types(cluster, config: dict) -> dict[str, str]:
    given = config.get("indices_options", {})
    expanded = tuple(given.get("expand_wildcards", ()))
    options = indices.Options(given.get("ignore_unavailable", False), given.get("allow_no_indices", True), expanded)
    types = {}
    for name in config["indices"]:
        if ":" in name:
            continue
        try:
            found = indices.resolve(cluster, [name], options)
        except errors.ApiError as error:
            if error.type != "index_not_found_exception":
                raise
            text = f"datafeed [{config['datafeed_id']}] cannot retrieve data because index [{name}] does not exist"
            raise errors.not_found(text) from error
        for index in found.values():
            types.update(mappings.field_types(index.mappings))
    return types


def time_field(job: dict) -> str:
    return job["data_description"]["time_field"]


def fields(job: dict) -> list[str]:
    """The time, then what the job analyses."""
    analysed = [name for name in analysed_fields(job["analysis_config"]) if name != CATEGORY]
    return list(dict.fromkeys([time_field(job), *analysed]))


def records(cluster, config: dict, job: dict, begin: int, end: int) -> list[dict]:
    """What the job gets of documents with a time in `[begin, end)`, in the order of their times."""
    types = {time_field(job): "date", **field_types(cluster, config)}
    found = [record(document, job, types) for document in indices.search(cluster, config["indices"], config["query"])]
    time = time_field(job)
    chosen = [one for one in found if isinstance(one.get(time), (int, float)) and begin <= one[time] < end]
    return sorted(chosen, key=lambda one: one[time])


def record(document: dict, job: dict, types: dict[str, str]) -> dict:
    """The fields of a job that a document has; the time is milliseconds, whatever the document has it as."""
    values = {name: mappings.values(document, name, types) for name in fields(job)}
    found = {name: given[0] if len(given) == 1 else given for name, given in values.items() if given}
    time = time_field(job)
    if time in found:
        found[time] = queries.Fields(types).comparable(found[time], time)
    return found
