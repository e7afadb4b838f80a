# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that fit a type of a small model, and how others don't."""

import pytest

from model.fitting import Bound, Fitting, Spot, TextFitting
from model.schema import Schema


def named(name, *generics, namespace="_types"):
    written = {"kind": "instance_of", "type": {"namespace": namespace, "name": name}}
    return {**written, "generics": list(generics)} if generics else written


def builtin(name):
    return named(name, namespace="_builtins")


def one_of(*items):
    return {"kind": "union_of", "items": list(items)}


def many(value):
    return {"kind": "array_of", "value": value}


def literal(value):
    return {"kind": "literal_value", "value": value}


def dictionary(key, value, single=False):
    return {"kind": "dictionary_of", "key": key, "value": value, "singleKey": single}


def member(name, written, *, required=False, **more):
    return {"name": name, "required": required, "type": written, **more}


def since(version):
    return {"availability": {"stack": {"since": version}}}


def definition(kind, name, **more):
    return {"kind": kind, "name": {"namespace": "_types", "name": name}, **more}


def generic(name, owner):
    return {"namespace": f"_types.{owner}", "name": name}


def additional(kind, value):
    return {"type": {"namespace": "_spec_utils", "name": kind}, "generics": [builtin("string"), value]}


OPEN = {"kind": "user_defined_value"}
T = named("T", namespace="_types.Page")
TYPES = [
    definition("type_alias", "Id", type=builtin("string")),
    definition("type_alias", "Ids", type=one_of(named("Id"), many(named("Id")))),
    definition("enum", "State", members=[{"name": "opened", "aliases": ["open"]}, {"name": "true"}]),
    definition("enum", "OpenState", members=[{"name": "opened"}], isOpen=True),
    definition("interface", "Thing", properties=[member("id", named("Id"), required=True)]),
    definition(
        "interface",
        "Job",
        inherits={"type": {"namespace": "_types", "name": "Thing"}},
        properties=[
            member("state", named("State")),
            member("groups", many(builtin("string")), aliases=["tags"]),
            member("blocked", builtin("boolean"), required=True, **since("8.0.0")),
        ],
    ),
    definition(
        "interface",
        "Page",
        generics=[generic("T", "Page")],
        properties=[member("count", named("integer"), required=True), member("items", many(T))],
    ),
    definition(
        "interface",
        "Jobs",
        inherits={"type": {"namespace": "_types", "name": "Page"}, "generics": [named("Job")]},
        properties=[],
    ),
    definition(
        "type_alias",
        "Stringified",
        generics=[generic("U", "Stringified")],
        type=one_of(named("U", namespace="_types.Stringified"), builtin("string")),
    ),
    definition(
        "interface",
        "Query",
        variants={"kind": "container"},
        properties=[
            member("term", OPEN),
            member("match", named("Match")),
            member("aggregations", OPEN, aliases=["aggs"], containerProperty=True),
        ],
    ),
    definition(
        "interface",
        "OpenQuery",
        variants={"kind": "container", "nonExhaustive": True},
        properties=[member("term", OPEN)],
    ),
    definition(
        "interface", "Match", shortcutProperty="query", properties=[member("query", builtin("string"), required=True)]
    ),
    definition(
        "interface",
        "Details",
        behaviors=[additional("AdditionalProperties", named("long"))],
        properties=[member("type", builtin("string"))],
    ),
]
SCHEMA = Schema({"types": TYPES, "endpoints": []})
JOB = {"id": "a", "blocked": False}


def found(fitting, value, written):
    return [(one.kind, one.place, one.path) for one in fitting.misfits(value, Bound(written, {}), Spot("it", "its"))]


@pytest.mark.parametrize(
    ("value", "written", "misfits"),
    [
        ("a", builtin("string"), []),
        (1, builtin("string"), [("type", "its", "it")]),
        (None, builtin("string"), [("null", "its", "it")]),
        (None, builtin("null"), []),
        (True, builtin("boolean"), []),
        ("true", builtin("boolean"), [("type", "its", "it")]),
        (1.5, builtin("number"), []),
        (True, builtin("number"), [("type", "its", "it")]),
        ("", builtin("void"), []),
        ({"any": ["thing"]}, OPEN, []),
        (1.0, named("double"), []),
        (2**31, named("integer"), [("type", "its", "it")]),
        (2**31, named("long"), []),
        (1.5, named("long"), [("type", "its", "it")]),
        ("5", named("long"), [("type", "its", "it")]),
        (-1, named("uint"), [("type", "its", "it")]),
        ("30m", named("Duration"), []),
        (-1, named("Duration"), []),
        (30, named("Duration"), [("type", "its", "it")]),
        ("30 m", named("Duration"), [("type", "its", "it")]),
        ("1024mb", named("ByteSize"), []),
        (1024, named("ByteSize"), []),
        ("much", named("ByteSize"), [("type", "its", "it")]),
        ("on", literal("on"), []),
        ("off", literal("on"), [("value", "its", "it")]),
        ("opened", named("State"), []),
        ("open", named("State"), []),
        (True, named("State"), []),
        ("ajar", named("State"), [("value", "its", "it")]),
        (["opened"], named("State"), [("value", "its", "it")]),
        ("ajar", named("OpenState"), []),
        (1, named("OpenState"), [("value", "its", "it")]),
        (["a", "b"], named("Ids"), []),
        ("a", named("Ids"), []),
        (["a", 1], named("Ids"), [("type", "its", "it")]),
        ({}, named("Ids"), [("type", "its", "it")]),
        (JOB, named("Job"), []),
        ({**JOB, "tags": ["x"]}, named("Job"), []),
        ([], named("Job"), [("type", "its", "it")]),
        ({"blocked": True}, named("Job"), [("missing", "_types.Thing.id", "it.id")]),
        ({**JOB, "id": 1}, named("Job"), [("type", "_types.Thing.id", "it.id")]),
        ({**JOB, "stat": "opened"}, named("Job"), [("unknown", "_types.Job.stat", "it.stat")]),
        ({**JOB, "groups": "x"}, named("Job"), [("type", "_types.Job.groups", "it.groups")]),
        ({**JOB, "groups": None}, named("Job"), [("null", "_types.Job.groups", "it.groups")]),
        ({"count": 1, "items": [JOB]}, named("Page", named("Job")), []),
        ({"count": 1, "items": [{}]}, named("Page", named("Thing")), [("missing", "_types.Thing.id", "it.items.id")]),
        ({"count": 1, "items": [1]}, named("Jobs"), [("type", "_types.Page.items", "it.items")]),
        ({"items": [JOB]}, named("Jobs"), [("missing", "_types.Page.count", "it.count")]),
        ({"count": 1, "items": ["any"]}, named("Page", named("TDocument", namespace="open")), []),
        ("5", named("Stringified", named("integer")), []),
        (True, named("Stringified", named("integer")), [("type", "its", "it")]),
        ({"a": 1}, dictionary(builtin("string"), named("integer")), []),
        ({"a": "1"}, dictionary(builtin("string"), named("integer")), [("type", "its", "it.a")]),
        ({"a": 1}, dictionary(named("State"), named("integer")), [("value", "its", "it.a")]),
        ({"a": 1, "b": 1}, dictionary(builtin("string"), OPEN, single=True), [("value", "its", "it")]),
        ("a", dictionary(builtin("string"), OPEN), [("type", "its", "it")]),
        ({"term": 1}, named("Query"), []),
        ({"term": 1, "aggs": {}}, named("Query"), []),
        ({"match": "text"}, named("Query"), []),
        ({"match": {"query": "text"}}, named("Query"), []),
        ({"match": {}}, named("Query"), [("missing", "_types.Match.query", "it.match.query")]),
        ({"match": 1}, named("Query"), [("type", "_types.Query.match", "it.match")]),
        ({}, named("Query"), [("value", "its", "it")]),
        ({"term": 1, "match": "text"}, named("Query"), [("value", "its", "it")]),
        ({"plugin": 1}, named("Query"), [("unknown", "_types.Query.plugin", "it.plugin")]),
        ({"plugin": 1}, named("OpenQuery"), []),
        ({"type": "a", "line": 1}, named("Details"), []),
        ({"type": "a", "line": "1"}, named("Details"), [("type", "_types.Details.line", "it.line")]),
    ],
)
def test_values(value, written, misfits):
    assert found(Fitting(SCHEMA, "9.5.3"), value, written) == misfits


@pytest.mark.parametrize(
    ("text", "written", "misfits"),
    [
        ("true", builtin("boolean"), []),
        ("", builtin("boolean"), []),
        ("yes", builtin("boolean"), [("type", "its", "it")]),
        ("5", named("integer"), []),
        ("5.5", named("integer"), [("type", "its", "it")]),
        ("5.5", named("float"), []),
        ("many", named("float"), [("type", "its", "it")]),
        ("-1", named("Duration"), []),
        ("5", named("Duration"), [("type", "its", "it")]),
        ("a,b", named("Ids"), []),
        ("opened,ajar", many(named("State")), [("value", "its", "it")]),
        ("0", literal(0), []),
        ("true", literal(True), []),
        ("1", literal(0), [("value", "its", "it")]),
        ("{}", named("Job"), [("type", "its", "it")]),
    ],
)
def test_texts(text, written, misfits):
    assert found(TextFitting(SCHEMA, "9.5.3"), text, written) == misfits


@pytest.mark.parametrize(
    ("version", "job", "misfits"),
    [
        ("8.0.0", {"id": "a"}, [("missing", "_types.Job.blocked", "it.blocked")]),
        ("7.17.29", {"id": "a"}, []),
        ("7.17.29", {"id": "a", "blocked": True}, [("too new", "_types.Job.blocked", "it.blocked")]),
    ],
)
def test_what_came_later(version, job, misfits):
    assert found(Fitting(SCHEMA, version), job, named("Job")) == misfits
