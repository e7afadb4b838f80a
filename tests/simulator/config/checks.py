# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules that several configurations share: ids, enumerations, durations, runtime fields."""

from __future__ import annotations

import re
from typing import Any

from .faults import Fault, illegal_argument, status_fault
from .parser import TEXT, Kind
from .values import ByteSize, TimeValue, byte_size

_ID = re.compile(r"[a-z0-9](?:[a-z0-9_\-.]*[a-z0-9])?")
LONGEST_ID = 64


def is_valid_id(text: str) -> bool:
    """MlStrings.isValidId; length is another rule, which datafeeds don't have."""
    return _ID.fullmatch(text) is not None


def invalid_id(name: str, value: str) -> str:
    return (
        f"Invalid {name}; '{value}' can contain lowercase alphanumeric (a-z and 0-9), hyphens or underscores; "
        "must start and end with alphanumeric"
    )


def inconsistent_id(name: str, body: str, url: str) -> Fault:
    text = f"Inconsistent {name}; '{body}' specified in the body differs from '{url}' specified as a URL argument"
    return illegal_argument(text)


def validation_failed(problems: list[str]) -> Fault:
    """An ActionRequestValidationException: all problems of a request, numbered."""
    listed = "".join(f"{number}: {problem};" for number, problem in enumerate(problems, 1))
    return Fault("action_request_validation_exception", f"Validation Failed: {listed}")


def choice(java_class: str, *names: str) -> Kind:
    """An enumeration of `org.elasticsearch.xpack.core.ml`, given in any case, kept in lower case."""

    def convert(release, text: str) -> str:
        if text.lower().strip() not in names:
            constant = f"org.elasticsearch.xpack.core.ml.{java_class}.{text.strip().upper()}"
            raise illegal_argument(f"No enum constant {constant}")
        return text.lower().strip()

    return TEXT.then(convert)


def check_positive(value: TimeValue, name: str) -> None:
    if value.nanos <= 0:
        raise illegal_argument(f"{name} cannot be less or equal than 0. Value = {value}")


def check_not_negative(value: TimeValue, name: str) -> None:
    if value.nanos < 0:
        raise illegal_argument(f"{name} cannot be less than 0. Value = {value}")


def check_whole_seconds(value: TimeValue, name: str) -> None:
    if value.nanos % 1_000_000_000:
        raise illegal_argument(f"{name} has to be a multiple of 1s; actual was '{value}'")


def check_at_least(minimum: int, value: int | None, name: str) -> None:
    if value is not None and value < minimum:
        raise illegal_argument(f"{name} cannot be less than {minimum:,}. Value = {value:,}")


def check_runtime_mappings(mappings: dict[str, Any]) -> None:
    java_names = {
        str: "String",
        int: "Integer",
        float: "Double",
        bool: "Boolean",
        list: "ArrayList",
        type(None): "null",
    }
    for name, definition in mappings.items():
        if not isinstance(definition, dict):
            found = java_names[type(definition)]
            raise status_fault(f"Expected map for runtime field [{name}] definition but got a {found}")
        if definition.get("type") is None:
            raise status_fault(f"No type specified for runtime field [{name}]")


def maximum_memory(setting: str | None) -> ByteSize | None:
    """The cluster setting `xpack.ml.max_model_memory_limit`; none or 0 is no maximum."""
    size = byte_size(setting, "xpack.ml.max_model_memory_limit") if setting else None
    return size if size and size.bytes > 0 else None


def check_memory(limit: ByteSize, maximum: ByteSize | None) -> None:
    if maximum and limit.bytes > maximum.bytes:
        setting = f"the xpack.ml.max_model_memory_limit setting [{maximum}]"
        raise status_fault(f"model_memory_limit [{limit}] must be less than the value of {setting}")


def stored(value: Any) -> Any:
    """A copy in which durations are the text that the server returns."""
    if isinstance(value, TimeValue):
        return value.stored
    if isinstance(value, dict):
        return {name: stored(member) for name, member in value.items()}
    if isinstance(value, list):
        return [stored(item) for item in value]
    return value
