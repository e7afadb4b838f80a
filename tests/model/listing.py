# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`deviations.yml`: where servers differ from the model, and why."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import yaml

from model.exchanges import Conformance, Exchange
from model.fitting import Misfit
from model.schema import published, release_of

NAMES = ("endpoint", "unknown", "too new")
"""Misfits of what a test sends and a server accepts: servers read much that isn't of the right type."""

FILE = Path(__file__).with_name("deviations.yml")


@dataclass(frozen=True)
class Entry:
    """A deviation that is no fault.

    :arg side: `request` or `reply`
    :arg misfits: its kinds, see `Misfit`
    :arg places: patterns of what doesn't fit
    :arg source: where it says so; without one, a recorded reply has to show it
    :arg before: the first version that fits the model
    :arg modules: whether modules may send such a request
    """

    side: str
    misfits: tuple[str, ...]
    places: tuple[str, ...]
    reason: str
    source: str | None = None
    before: str = "99"
    modules: bool = False

    def place_of(self, deviation: "Deviation") -> str | None:
        """The pattern that covers the deviation, None if it isn't listed here."""
        if not self._concerns(deviation):
            return None
        return next((place for place in self.places if re.fullmatch(place, deviation.misfit.place)), None)

    def _concerns(self, deviation: "Deviation") -> bool:
        return (
            deviation.side == self.side
            and deviation.misfit.kind in self.misfits
            and release_of(deviation.exchange.version) < release_of(self.before)
            and (self.side == "reply" or self.modules or not deviation.exchange.is_of_a_module)
        )


@dataclass(frozen=True)
class Deviation:
    """What doesn't fit, and in which exchange."""

    side: str
    misfit: Misfit
    exchange: Exchange

    @property
    def heading(self) -> str:
        sender = "" if self.side == "reply" else "a module's " if self.exchange.is_of_a_module else "a test's "
        return f"{sender}{self.side}, {self.misfit.kind}: {self.misfit.place}"

    @property
    def example(self) -> str:
        return f"{self.misfit.path}: {self.misfit.text}, in {self.exchange}"


def listed() -> list[Entry]:
    declared = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return [
        Entry(**{**entry, "misfits": tuple(entry["misfits"]), "places": tuple(entry["places"])}) for entry in declared
    ]


class Findings:
    """The deviations of many exchanges, listed and not."""

    def __init__(self, entries: list[Entry]):
        self.entries = entries
        self.exchanges = 0
        self.of_modules = 0
        self.endpoints: set[str] = set()
        self.needed: Counter[tuple[Entry, str]] = Counter()
        self.unlisted: dict[str, list[Deviation]] = defaultdict(list)
        self._conformance: dict[str, Conformance] = {}

    def add(self, exchange: Exchange) -> None:
        """What a module sends has to fit; what somebody else sends has to have a name, if the server accepts it."""
        if exchange.version not in self._conformance:
            self._conformance[exchange.version] = Conformance(published(exchange.version), exchange.version)
        conformance = self._conformance[exchange.version]
        self.exchanges += 1
        self.of_modules += exchange.is_of_a_module
        if exchange.is_accepted:
            self.endpoints.add(conformance.endpoint(exchange) or f"{exchange.method} {exchange.path}")
        for misfit in conformance.reply(exchange):
            self._note(Deviation("reply", misfit, exchange))
        if exchange.is_accepted or exchange.is_of_a_module:
            for misfit in conformance.request(exchange):
                if exchange.is_of_a_module or misfit.kind in NAMES:
                    self._note(Deviation("request", misfit, exchange))

    def _note(self, deviation: Deviation) -> None:
        places = [(entry, entry.place_of(deviation)) for entry in self.entries]
        covering = [(entry, place) for entry, place in places if place is not None]
        self.needed.update(covering)
        if not covering:
            self.unlisted[deviation.heading].append(deviation)

    def lacking(self) -> set[tuple[Entry, str]]:
        """What is listed and was not found."""
        return {(entry, place) for entry in self.entries for place in entry.places} - self.needed.keys()

    def described(self) -> str:
        """What isn't listed, each with an example."""
        return "\n".join(
            f"{heading} ({len(deviations)} times)\n    {deviations[0].example}"
            for heading, deviations in sorted(self.unlisted.items())
        )
