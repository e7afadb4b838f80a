# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of the _cat APIs: which columns and rows, in which order, as text or as a list of objects (RestTable)."""

from collections.abc import Callable
from dataclasses import dataclass

from simulator import errors, expressions, media
from simulator.config import instants
from simulator.config.values import ByteSize, TimeValue
from simulator.rest import Reply, Request

RESPONSE_PARAMETERS = ("format", "h", "v", "ts", "pri", "bytes", "size", "time", "s")
BYTE_UNITS = {unit: 1 << 10 * power for power, unit in enumerate("bkmgtp")}
TIME_UNITS = {unit: TimeValue(1, unit).nanos for unit in ("nanos", "micros", "ms", "s", "m", "h", "d")}
OBJECT_FORMATS = ("json", "yaml")
PLAIN_TEXT = {"content-type": "text/plain; charset=UTF-8"}
DESCENDING, ASCENDING = ":desc", ":asc"


class Instant(int):
    """Milliseconds since the epoch, shown as java.time.Instant is."""

    def __str__(self) -> str:
        return instants.text_of(self)


class Date(int):
    """Milliseconds since the epoch, shown as java.util.Date is."""

    def __str__(self) -> str:
        return instants.date_text_of(self)


@dataclass(frozen=True)
class Column:
    """A column; `cell(row)` gives its value, None where there is none."""

    name: str
    description: str
    cell: Callable[[dict], object]
    aliases: tuple[str, ...] = ()
    is_default: bool = False
    is_right: bool = False
    since: tuple[int, ...] = (0,)


def read_parameters(request: Request) -> bool:
    """Take note of what every _cat API knows; whether only `help` is wanted."""
    for name in RESPONSE_PARAMETERS:
        request.text(name, "")
    return request.flag("help", False)


def described(columns: list[Column]) -> Reply:
    """The answer to `help`."""
    lines = [(column.name, ",".join(column.aliases), column.description) for column in columns]
    widths = [max(map(len, parts)) for parts in zip(*lines)]
    text = "".join(" | ".join(map(str.ljust, line, widths)) + "\n" for line in lines)
    return Reply(200, text, PLAIN_TEXT)


def rendered(request: Request, columns: list[Column], rows: list[dict]) -> Reply:
    """Raises ApiError for a sort key that no column has."""
    shown = displayed(columns, request.query.get("h"))
    ordered = in_order(request, columns, rows)
    cells = [[text_of(column.cell(row), request.query) for _name, column in shown] for row in ordered]
    names = [name for name, _column in shown]
    if wants_objects(request):
        return Reply(200, [dict(zip(names, line)) for line in cells])
    lines = [names, *cells] if request.flag("v", False) else cells
    return Reply(200, as_text([column for _name, column in shown], lines), PLAIN_TEXT)


def wants_objects(request: Request) -> bool:
    if "format" in request.query:
        return request.query["format"].lower() in OBJECT_FORMATS
    return media.MediaType(request.accept or "").name in media.ANSWERED


def displayed(columns: list[Column], wanted: str | None) -> list[tuple[str, Column]]:
    """Columns under the names that `h` gives them: names, aliases, wildcards over both; what is unknown is left out."""
    if wanted is None:
        return [(column.name, column) for column in columns if column.is_default]
    names: dict[str, None] = {}
    for token in expressions.comma_separated(wanted):
        names.update(dict.fromkeys(expanded(columns, token) if "*" in token else [token]))
    by_name = named(columns)
    return [(name, by_name[name]) for name in names if name in by_name]


def expanded(columns: list[Column], token: str) -> list[str]:
    regex = expressions.pattern(token)
    return [column.name for column in columns if any(map(regex.fullmatch, (column.name, *column.aliases)))]


def named(columns: list[Column]) -> dict[str, Column]:
    """Columns by name and alias; of an alias that two have the last one counts, a name wins over an alias."""
    by_alias = {alias: column for column in columns for alias in column.aliases}
    return {**by_alias, **{column.name: column for column in columns}}


def in_order(request: Request, columns: list[Column], rows: list[dict]) -> list[dict]:
    """Rows as `s` asks; empty cells come first."""
    by_name = named(columns)
    for key in reversed(expressions.comma_separated(request.query.get("s", ""))):
        name = key.removesuffix(DESCENDING).removesuffix(ASCENDING)
        if name not in by_name:
            raise unknown_sort_key(request.version, name)
        cell = by_name[name].cell
        rows = sorted(rows, key=lambda row: sort_key(cell(row)), reverse=key.endswith(DESCENDING))
    return rows


def unknown_sort_key(version, name: str) -> errors.ApiError:
    reason = f"Unable to sort by unknown sort key `{name}`"
    if version.since(8, 15):
        return errors.illegal_argument(reason)
    return errors.ApiError(500, "unsupported_operation_exception", reason)


def sort_key(value) -> tuple:
    if isinstance(value, ByteSize):
        return (True, value.bytes)
    if isinstance(value, TimeValue):
        return (True, value.nanos)
    return (False,) if value is None else (True, value)


def text_of(value, query: dict[str, str]) -> str | None:
    """A cell's text; sizes and times in the units that `bytes` and `time` ask for, rounded down."""
    if isinstance(value, ByteSize) and (unit := query.get("bytes", " ")[:1]) in BYTE_UNITS and is_byte_unit(query):
        return str(value.bytes // BYTE_UNITS[unit])
    if isinstance(value, TimeValue) and query.get("time") in TIME_UNITS:
        return str(value.nanos // TIME_UNITS[query["time"]])
    return None if value is None else str(value)


def is_byte_unit(query: dict[str, str]) -> bool:
    """`kb` stands for `k`, and so on."""
    return query["bytes"] in BYTE_UNITS or (query["bytes"][1:] == "b" and query["bytes"][0] != "b")


def as_text(columns: list[Column], lines: list[list[str | None]]) -> str:
    """Cells padded to the width of their column, the last one only to the left."""
    texts = [[cell or "" for cell in line] for line in lines]
    widths = [max(map(len, cells)) for cells in zip(*texts)]
    return "".join(" ".join(padded(columns, line, widths)) + "\n" for line in texts)


def padded(columns: list[Column], line: list[str], widths: list[int]):
    for index, (column, text, width) in enumerate(zip(columns, line, widths, strict=True)):
        if column.is_right:
            yield text.rjust(width)
        else:
            yield text.ljust(width) if index < len(columns) - 1 else text
