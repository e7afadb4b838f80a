# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a reply is held against a recorded one: the same shape, and the same values where they are determined."""

import re
from collections.abc import Iterator

NUMBER = "a number"
TEXT = "a text"
NODE = re.compile(r"[\w-]{20,24}")
TASK = re.compile(r"[\w-]{20,24}:\d+")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
YEAR_2001 = 10**12
DOCUMENT_ID = re.compile(r"(?=.*[A-Z])[\w-]{20}")
GENERATED_DELAY = re.compile(r"[6-9]\d{4}ms|1[01]\d{4}ms")

KINDS = {
    **dict.fromkeys(
        (
            "create_time",
            "finished_time",
            "log_time",
            "last_data_time",
            "timestamp",
            "start_time_in_millis",
            "took",
            "last_allocation_id",
            "allocation_id",
            "allocation_id_on_last_status_update",
            "issue_date_in_millis",
            "expiry_date_in_millis",
            "running_time_in_nanos",
            "total_search_time_ms",
            "average_search_time_per_bucket_ms",
            "exponential_average_search_time_per_hour_ms",
            "peak_usage_bytes",
            "creation",
            "expiration",
            "invalidation",
        ),
        NUMBER,
    ),
    **dict.fromkeys(
        (
            "job_version",
            "version",
            "cluster_uuid",
            "cluster_name",
            "number",
            "build_type",
            "build_hash",
            "build_date",
            "lucene_version",
            "minimum_wire_compatibility_version",
            "minimum_index_compatibility_version",
            "ephemeral_id",
            "transport_address",
            "ip",
            "stack_trace",
            "failure_reason",
            "issue_date",
            "expiry_date",
            "epoch",
            "effective_max_model_memory_limit",
            "uid",
            "issued_to",
            "issue_date",
            "expiry_date",
            "epoch",
            "expected_memory_without_disk",
            "expected_memory_with_disk",
        ),
        TEXT,
    ),
    "open_time": re.compile(r"\d+(\.\d+)?(s|ms|m)"),
    "node": re.compile(NODE.pattern + "|"),
    "node_id": NODE,
    "index_uuid": NODE,
    "task": TASK,
    "executor_node": NODE,
    "parent_task_id": re.compile(TASK.pattern + r"|cluster:\d+"),
}
UNSPECIFIED = {"attributes", "native_code", "build_snapshot"}
OF_THE_RUNTIME = re.compile(r"Cannot invoke \"|java\.lang\.NullPointerException")
OF_CHANCE = re.compile(
    r"\{ml\.\w+=\d+\}|(?<=memory for ML )\[\d+\]|(?<=existing jobs )\[\d+\]|(?<=for this job )\[\d+\]"  # the machine
    r"|\[[\w-]+\](?=\[127\.0\.0\.1:)|127\.0\.0\.1:\d+|request_id \[\d+\]|(?<=[\[{])[\w-]{22}(?=[\]}])"  # the node
    r"|StreamInput@[0-9a-f]+; line: \d+, column: \d+|was expecting .*"  # what its JSON parser adds to place and token
)
ALLOWED_METHODS = re.compile(r"allowed: \[([A-Z, ]+)\]")


def differences(expected, actual, where: str = "", key: str = "") -> Iterator[tuple[str, str]]:
    """Pairs of the member's path and what is different about it."""
    if key in UNSPECIFIED:
        return
    if isinstance(expected, dict) and isinstance(actual, dict):
        yield from _object_differences(expected, actual, where)
    elif isinstance(expected, list) and isinstance(actual, list):
        if len(expected) != len(actual):
            yield where, f"{len(expected)} elements expected, got {len(actual)}: {_short(actual)}"
        for index, (left, right) in enumerate(zip(expected, actual)):
            yield from differences(left, right, f"{where}[{index}]", key)
    elif not _same(expected, actual, key):
        yield where, f"expected {_short(expected)}, got {_short(actual)}"


def _object_differences(expected: dict, actual: dict, where: str) -> Iterator[tuple[str, str]]:
    if where.endswith((".nodes", ".tasks")):
        expected, actual = _numbered(expected), _numbered(actual)
    for missing in expected.keys() - actual.keys():
        yield f"{where}.{missing}", f"missing, expected {_short(expected[missing])}"
    for extra in actual.keys() - expected.keys():
        yield f"{where}.{extra}", f"not recorded: {_short(actual[extra])}"
    for name in expected.keys() & actual.keys():
        yield from differences(expected[name], actual[name], f"{where}.{name}", _kind_of(name, expected))


def _numbered(members: dict) -> dict:
    """Nodes and tasks by their order, where they stand under generated ids."""
    return {
        f"[{place}]" if NODE.fullmatch(name) or TASK.fullmatch(name) else name: member
        for place, (name, member) in enumerate(members.items())
    }


def _kind_of(name: str, owner: dict) -> str:
    """The key whose rule holds for a member: a node and a task have ids and names of their own."""
    if name == "id" and "ephemeral_id" in owner:
        return "node"
    if name == "id" and "running_time_in_nanos" in owner:
        return "running_time_in_nanos"
    if name == "name" and ("ephemeral_id" in owner or "cluster_uuid" in owner):
        return "cluster_name"
    return name


def _same(expected, actual, key: str) -> bool:
    kind = KINDS.get(key)
    if kind is NUMBER and _is_number(expected):
        return _is_number(actual)
    if kind is NUMBER and TIME.fullmatch(str(expected)):
        return TIME.fullmatch(str(actual)) is not None
    if kind is TEXT:
        return isinstance(actual, type(expected))
    if isinstance(kind, re.Pattern) and isinstance(expected, str) and kind.fullmatch(expected):
        return isinstance(actual, str) and kind.fullmatch(actual) is not None
    if key == "sort" and _is_number(expected) and expected > YEAR_2001:
        return _is_number(actual)
    if key == "_id" and DOCUMENT_ID.fullmatch(expected):
        return DOCUMENT_ID.fullmatch(actual) is not None
    if key == "progress_percent" and expected not in (0, 100):
        return _is_number(actual)
    if key == "query_delay" and GENERATED_DELAY.fullmatch(expected):
        return isinstance(actual, str) and GENERATED_DELAY.fullmatch(actual) is not None
    if isinstance(expected, str) and isinstance(actual, str):
        return _same_text(expected, actual)
    return type(expected) is type(actual) and expected == actual


def _same_text(expected: str, actual: str) -> bool:
    if OF_THE_RUNTIME.search(expected):
        return True
    return _without_chance(expected) == _without_chance(actual)


def _without_chance(text: str) -> str:
    """The text without what differs from server to server; methods, whose order is chance, in alphabetical order."""
    return ALLOWED_METHODS.sub(lambda found: str(sorted(found.group(1).split(", "))), OF_CHANCE.sub("", text))


def _is_number(value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _short(value) -> str:
    text = repr(value)
    return text if len(text) <= 300 else text[:300] + "…"


def warning_texts(headers: list[str]) -> list[str]:
    """What the warnings say, without the version and the date that surround it."""
    return [text for header in headers for text in re.findall(r'299 [^"]*"((?:[^"\\]|\\.)*)"', header)]
