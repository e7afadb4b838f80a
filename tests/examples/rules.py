# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What rules.yml says of examples, with a record of which entries were of use."""

from __future__ import annotations

import re
import shutil
from fnmatch import fnmatch
from pathlib import Path

import yaml

from examples.pages import ROOT, Block

RULES = Path(__file__).with_name("rules.yml")


class Rules:
    def __init__(self, content: dict):
        self.content = content
        self.used = set()

    @classmethod
    def read(cls) -> Rules:
        return cls(yaml.safe_load(RULES.read_text()))

    @property
    def variables(self) -> dict:
        return self.content["variables"]

    def secured(self, page: str) -> bool:
        return page in self.content["secured"]

    def give(self, page: str, folder: Path) -> None:
        """Put into a page's folder what its reader is taken to have."""
        for entry in self.content["given"]:
            if fnmatch(page, entry["page"]):
                shutil.copytree(ROOT / entry["copy_of"], folder / entry["folder"])

    def entry(self, listed: str, block: Block, line: str) -> dict | None:
        """The entry of `not_run` or `fails` for a line of a block."""
        for number, entry in enumerate(self.content[listed]):
            if fnmatch(block.page, entry["page"]) and line.startswith(entry["begins"]):
                self.used.add((listed, number))
                return entry
        return None

    def filled_in(self, text: str, values: dict[str, str]) -> str:
        for number, placeholder in enumerate(self.content["placeholders"]):
            put = placeholder["put"]
            text, times = re.subn(placeholder["find"], lambda _found, put=put: put.format(**values), text)
            if times:
                self.used.add(("placeholders", number))
        return text

    def not_needed(self) -> list[str]:
        """Entries that no example has made use of."""
        listed = ("placeholders", "not_run", "fails")
        return [
            f"{name}: {entry}"
            for name in listed
            for number, entry in enumerate(self.content[name])
            if (name, number) not in self.used
        ]
