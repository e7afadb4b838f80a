# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What speaks against releasing a commit."""

from __future__ import annotations

import re
from dataclasses import dataclass

RELEASE = re.compile(r"\d+\.\d+\.\d+")


@dataclass(frozen=True)
class Candidate:
    """What is to be released: `here` are the present commit's tags, `tags` all; `uncommitted` as git status says."""

    version: str
    releases: tuple[str, ...]
    fragments: tuple[str, ...]
    uncommitted: tuple[str, ...]
    here: tuple[str, ...]
    tags: tuple[str, ...]

    def objections(self) -> list[str]:
        """What speaks against the release, a sentence each."""
        tag = f"v{self.version}"
        others = [name for name in self.here if name.startswith("v") and name != tag]
        found = {
            f"galaxy.yml: {self.version} is no version of a release": not RELEASE.fullmatch(self.version),
            f"changelogs/changelog.yaml: has no {self.version}": self.version not in self.releases,
            f"changelogs/fragments: belong to no release yet: {', '.join(self.fragments)}": self.fragments,
            f"not committed: {', '.join(self.uncommitted)}": self.uncommitted,
            f"the tag {tag} is at another commit": tag in self.tags and tag not in self.here,
            f"this commit's tag is {', '.join(others)}, and galaxy.yml's version {self.version}": others,
        }
        return [sentence for sentence, holds in found.items() if holds]
