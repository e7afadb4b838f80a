# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The recorded exchanges, what has to be arranged before some of them, and which are not replayed yet."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import yaml

HERE = Path(__file__).parent
VERSIONS = ("7.3.0", "7.10.0")
JSON_TYPE = "application/json; charset=UTF-8"


@dataclass(frozen=True)
class Exchange:
    """One recorded request and its reply; `status` is None where the server gave no answer."""

    n: int
    method: str
    path: str
    query: str | None = None
    note: str | None = None
    user: str | None = None
    request_content_type: str | None = None
    request_body: str | None = None
    status: int | None = None
    response_content_type: str = JSON_TYPE
    response_warnings: tuple[str, ...] = ()
    response_body: object = None

    @property
    def target(self) -> str:
        return self.path if self.query is None else f"{self.path}?{self.query}"

    @property
    def wrong_password(self) -> bool:
        return self.note == "wrong password"


@dataclass
class Listing:
    """`not_replayed.yml`: paths (patterns over method and target), single exchanges, members of replies to either."""

    paths: list[dict]
    exchanges: list[dict]
    members: list[dict]

    @property
    def entries(self) -> list[dict]:
        return self.paths + self.exchanges + self.members

    def entry_for(self, version: str, topic: str, exchange: Exchange) -> dict | None:
        """The entry that lists this exchange as not replayed, or None."""
        entries = self.exchanges + self.paths
        return next((entry for entry in entries if concerns(entry, version, topic, exchange)), None)

    def unlisted(self, version: str, topic: str, outcome) -> list[tuple[str, str]]:
        """The differences of an outcome without those of members that are listed."""
        entries = [entry for entry in self.members if concerns(entry, version, topic, outcome.exchange)]
        listed = [difference for entry in entries for difference in covered(entry, outcome)]
        return [difference for difference in outcome.differences if difference not in listed]


def covered(entry: dict, outcome) -> list[tuple[str, str]]:
    """The differences that an entry lists: those of its member, or all."""
    return [(where, text) for where, text in outcome.differences if re.match(entry.get("member", ""), where)]


def concerns(entry: dict, version: str, topic: str, exchange: Exchange) -> bool:
    """Whether an entry of the listing is about this exchange."""
    if "path" in entry:
        return re.fullmatch(entry["path"], f"{exchange.method} {exchange.target}") is not None
    return entry["file"] == topic and exchange.n in entry["n"] and entry.get("version", version) == version


def topics(version: str) -> list[str]:
    """The recorded files of a version, in their order, without the suffix."""
    return sorted(path.stem for path in (HERE / "recordings" / version).glob("*.json"))


def exchanges(version: str, topic: str) -> list[Exchange]:
    recorded = json.loads((HERE / "recordings" / version / f"{topic}.json").read_text(encoding="utf-8"))
    return [Exchange(**entry) for entry in recorded]


def arrangement(version: str, topic: str) -> dict[int, list[dict]]:
    """Steps by the number of the exchange they come before: those of the topic and those of topic@version."""
    declared = yaml.safe_load((HERE / "arrangements.yml").read_text(encoding="utf-8"))
    steps: dict[int, list[dict]] = {}
    for key in (topic, f"{topic}@{version}"):
        for number, actions in declared.get(key, {}).items():
            steps.setdefault(number, []).extend(actions)
    return steps


def listing() -> Listing:
    declared = yaml.safe_load((HERE / "not_replayed.yml").read_text(encoding="utf-8"))
    return Listing(declared["paths"], declared["exchanges"], declared["members"])
