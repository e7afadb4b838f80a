# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds dist/mlops-elastic-VERSION.tar.gz of the present commit, unless something speaks against releasing it."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml
from artefact import ROOT, build, copy_tree
from candidate import Candidate

DIST = ROOT / "dist"


def git(*arguments: str) -> tuple[str, ...]:
    """The lines that git prints."""
    return tuple(subprocess.check_output(["git", *arguments], cwd=ROOT, text=True).splitlines())


def present() -> Candidate:
    return Candidate(
        version=str(yaml.safe_load((ROOT / "galaxy.yml").read_text())["version"]),
        releases=tuple(yaml.safe_load((ROOT / "changelogs" / "changelog.yaml").read_text())["releases"]),
        fragments=tuple(path.name for path in sorted((ROOT / "changelogs" / "fragments").glob("*.yml"))),
        uncommitted=tuple(line[3:] for line in git("status", "--short")),
        here=git("tag", "--points-at", "HEAD"),
        tags=git("tag"),
    )


def main() -> int:
    if objections := present().objections():
        print("Not built:", *objections, sep="\n- ", file=sys.stderr)
        return 1
    DIST.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as source, tempfile.TemporaryDirectory() as place:
        copy_tree(Path(source))
        built = build(Path(sys.executable).parent, Path(source), Path(place))
        tarball = Path(shutil.copy(built, DIST))
    digest = hashlib.sha256(tarball.read_bytes()).hexdigest()
    print(f"{tarball.relative_to(ROOT)}: {tarball.stat().st_size} bytes\nsha256 {digest}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
