# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What queries mean: a function from a query to a test of documents.

Known are the queries in `MATCHERS`; every other one finds all documents. There is no analysis of text beyond words.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from simulator import date_math, expressions, mappings

Test = Callable[[str, dict], bool]
LIMITS = {
    "gt": lambda value, bound: value > bound,
    "gte": lambda value, bound: value >= bound,
    "lt": lambda value, bound: value < bound,
    "lte": lambda value, bound: value <= bound,
}
NUMERIC = ("byte", "double", "float", "half_float", "integer", "long", "scaled_float", "short", "unsigned_long")
DATES = ("date", "date_nanos")
BESIDE_THE_FIELD = ("boost", "_name")


@dataclass(frozen=True)
class Fields:
    """Mapping types by field, and the time (milliseconds) that `now` stands for."""

    types: dict[str, str]
    now: int = 0

    def values(self, source: dict, name: str) -> list:
        return mappings.values(source, name, self.types)

    def comparable(self, value, name: str):
        """A value in a form in which equal ones are equal: dates as milliseconds, numbers as numbers."""
        kind = self.types.get(name)
        if kind in DATES and isinstance(value, str):
            return readable(lambda text: date_math.from_math(text, self.now), value)
        if kind in NUMERIC and isinstance(value, str):
            return readable(float, value)
        return str(value).lower() if isinstance(value, bool) else value


def matcher(query: dict, fields: Fields) -> Test:
    """The test that a query makes of `(id, source)`."""
    name, body = next(iter(query.items()))
    return MATCHERS.get(name, everything)(body, fields)


def everything(_body, _fields) -> Test:
    return lambda _id, _source: True


def nothing(_body, _fields) -> Test:
    return lambda _id, _source: False


def ids(body, _fields) -> Test:
    wanted = set(listed(body["values"]))
    return lambda document_id, _source: document_id in wanted


def exists(body, fields) -> Test:
    return lambda _id, source: bool(fields.values(source, body["field"]))


def term(body, fields) -> Test:
    name, wanted = field_and_value(body, "value")
    return any_of(name, [wanted], fields)


def terms(body, fields) -> Test:
    name, wanted = next((name, value) for name, value in body.items() if name not in BESIDE_THE_FIELD)
    return any_of(name, wanted, fields)


def match(body, fields) -> Test:
    name, wanted = field_and_value(body, "query")
    return any_of(name, words(wanted) if fields.types.get(name) == "text" else [wanted], fields)


def any_of(name: str, wanted: list, fields: Fields) -> Test:
    if name == "_id":
        return ids({"values": wanted}, fields)
    accepted = {fields.comparable(value, name) for value in wanted}

    def test(_id: str, source: dict) -> bool:
        found = fields.values(source, name)
        if fields.types.get(name) == "text":
            return any(accepted.intersection(words(value)) for value in found)
        return any(fields.comparable(value, name) in accepted for value in found)

    return test


def limits(body, fields) -> Test:
    name, given = next((name, value) for name, value in body.items() if name not in BESIDE_THE_FIELD)
    bounds = [
        (LIMITS[limit], fields.comparable(bound, name))
        for limit, bound in given.items()
        if limit in LIMITS and bound is not None
    ]

    def test(_id: str, source: dict) -> bool:
        found = [fields.comparable(value, name) for value in fields.values(source, name)]
        return any(all(alike(value, bound) and within(value, bound) for within, bound in bounds) for value in found)

    return test


def alike(value, bound) -> bool:
    return isinstance(value, str) == isinstance(bound, str)


def prefix(body, fields) -> Test:
    name, wanted = field_and_value(body, "value")
    return lambda _id, source: any(str(value).startswith(wanted) for value in fields.values(source, name))


def wildcard(body, fields) -> Test:
    name, wanted = field_and_value(body, "value")
    regex = expressions.pattern(wanted)
    return lambda _id, source: any(regex.fullmatch(str(value)) for value in fields.values(source, name))


def constant_score(body, fields) -> Test:
    return matcher(body["filter"], fields)


def boolean(body, fields) -> Test:
    required, excluded, optional = (
        [matcher(query, fields) for clause in names for query in listed(body.get(clause, []))]
        for names in (("must", "filter"), ("must_not",), ("should",))
    )
    least = int(body.get("minimum_should_match", 0 if required or not optional else 1))

    def test(document_id: str, source: dict) -> bool:
        return (
            all(finds(document_id, source) for finds in required)
            and not any(finds(document_id, source) for finds in excluded)
            and sum(finds(document_id, source) for finds in optional) >= least
        )

    return test


def listed(given) -> list:
    return given if isinstance(given, list) else [given]


def field_and_value(body: dict, member: str) -> tuple[str, object]:
    """Of `{field: value}` or `{field: {member: value}}`."""
    name, value = next((name, value) for name, value in body.items() if name not in BESIDE_THE_FIELD)
    return name, value[member] if isinstance(value, dict) else value


def readable(read, text: str):
    """What `read` makes of a text, or the text where it makes nothing of it."""
    try:
        return read(text)
    except ValueError:
        return text


def words(text) -> list[str]:
    return re.findall(r"\w+", str(text).lower())


MATCHERS = {
    "match_all": everything,
    "match_none": nothing,
    "ids": ids,
    "exists": exists,
    "term": term,
    "terms": terms,
    "match": match,
    "range": limits,
    "prefix": prefix,
    "wildcard": wildcard,
    "constant_score": constant_score,
    "bool": boolean,
}
