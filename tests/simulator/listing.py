# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the APIs that search a job's documents share: pages, time bounds, order, and how such a search fails.

Sources: PageParams, ResultsFilterBuilder, and the limits of a search (all versions).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from simulator import date_math, errors, expressions
from simulator.config import parser as p
from simulator.config.faults import Fault, as_reply, illegal_argument
from simulator.options import Option
from simulator.rest import Request

T = TypeVar("T")
LARGEST_WINDOW = 10_000
INDEX = ".ml-anomalies-shared"


@dataclass(frozen=True)
class Page:
    """Raises Fault for a number below 0."""

    skipped: int = 0
    size: int = 100

    def __post_init__(self):
        for name, number in (("from", self.skipped), ("size", self.size)):
            if number < 0:
                raise illegal_argument(f"Parameter [{name}] cannot be < 0")

    @property
    def end(self) -> int:
        return self.skipped + self.size


BODY = p.ObjectParser(
    "page",
    (p.Field("from", p.INTEGER, argument=True), p.Field("size", p.INTEGER, argument=True)),
    build=lambda release, values: Page(values.get("from", 0), values.get("size", 100)),
)


def page(default: Page | None = Page()) -> Option:
    """`page` of a body, `from` and `size` of a query; without a default None where neither is given."""

    def from_query(request: Request, _name: str) -> Page | None:
        if default is None and not request.query.keys() & {"from", "size"}:
            return None
        return Page(request.integer("from", 0), request.integer("size", 100))

    return Option("page", p.one(BODY), from_query, default)


def requested(request: Request, default: Page | None = Page()) -> Page | None:
    """The page that a query asks for. Raises ApiError 400 for a number below 0."""
    with as_reply():
        return page(default).from_query(request, "page")


def resources(
    known: Mapping[str, T], expression: str | None, wanted: Page, *, missing, allow_no_match: bool = True
) -> tuple[int, list[T]]:
    """How many an expression names, and those on the page (AbstractTransportGetResourcesAction).

    Ids beyond the page count as missing, so that a list of more ids than its size is answered 404. The number is the
    whole only when there is a wildcard. Raises `missing(<tokens>)`.
    """
    tokens = expressions.tokens(expression)
    named = sorted({name for token in tokens for name in expressions.matches(token, known, dict)})
    shown = {name: known[name] for name in named[wanted.skipped : wanted.end]}
    expressions.expand(expression, shown, allow_no_match=allow_no_match, missing=missing)
    count = len(named) if any("*" in token for token in tokens) else len(shown)
    return count, list(shown.values())


def bound(cluster, text: str | None, index: str = INDEX, *, is_passed: bool = False) -> int | None:
    """Milliseconds. Raises ApiError as the search does; a time to be passed (`gt`), not reached, is rounded up."""
    read = date_math.latest if is_passed else date_math.from_math
    try:
        return read(text, cluster.now()) if text else None
    except ValueError:
        raise search_failed(
            cluster, date_math.not_a_date(text, cluster.version if is_passed else None), index
        ) from None


def require_window(cluster, wanted: Page, index: str = INDEX) -> None:
    if wanted.end > LARGEST_WINDOW:
        reason = (
            f"Result window is too large, from + size must be less than or equal to: [{LARGEST_WINDOW}] but was "
            f"[{wanted.end}]. See the scroll api for a more efficient way to request large data sets. "
            "This limit can be set by changing the [index.max_result_window] index level setting."
        )
        raise search_failed(cluster, illegal_argument(reason), index)


def search_failed(cluster, fault: Fault, index: str = INDEX) -> errors.ApiError:
    shard = {"shard": 0, "index": index, "node": cluster.node, "reason": fault.rendered()}
    return errors.ApiError(
        400,
        "search_phase_execution_exception",
        "all shards failed",
        root_cause={"type": fault.type, "reason": fault.reason, **fault.members},
        phase="query",
        grouped=True,
        failed_shards=[shard],
    )


@dataclass(frozen=True)
class Search:
    """A search among a job's documents: `score` is the member that a lower limit applies to, `fields` can be sorted."""

    fields: frozenset[str]
    score: str | None = None

    def run(self, cluster, documents: Iterable[dict], options: dict) -> tuple[int, list[dict]]:
        """How many match, and the page of them; documents without the sort field come last."""
        found = self.matching(cluster, documents, options)
        wanted, field = options["page"], options["sort"] or "timestamp"
        require_window(cluster, wanted)
        if field not in self.fields:
            reason = f"No mapping found for [{field}] in order to sort on"
            raise search_failed(cluster, Fault("query_shard_exception", reason, index_uuid=cluster.uuid, index=INDEX))
        present = [document for document in found if field in document]
        present.sort(key=lambda document: (document[field], document["timestamp"]), reverse=options["desc"])
        ordered = present + [document for document in found if field not in document]
        return len(found), ordered[wanted.skipped : wanted.end]

    def matching(self, cluster, documents: Iterable[dict], options: dict) -> list[dict]:
        start, end = (bound(cluster, options.get(name)) for name in ("start", "end"))
        least = (options.get(self.score) or 0.0) if self.score else 0.0
        return [
            document
            for document in documents
            if (start is None or document["timestamp"] >= start)
            and (end is None or document["timestamp"] < end)
            and not (options.get("exclude_interim") and document.get("is_interim"))
            and (not least or document.get(self.score, 0.0) >= least)
        ]
