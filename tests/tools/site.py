# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the documentation site into .build/site/html: the guides of docs/, and what antsibull-docs writes of plugins.

The sections of docs/index.md are the sections of the site's navigation. Links that leave docs/ lead to the repository.
Nothing is fetched. Warnings are errors.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
GUIDES = ROOT / "docs"
SITE = ROOT / ".build" / "site"
SOURCE = SITE / "source"
REFERENCE = SOURCE / "reference"
PROGRAMS = Path(sys.executable).parent
GALAXY = yaml.safe_load((ROOT / "galaxy.yml").read_text())
REPOSITORY = GALAXY["repository"] + "/blob/main/"
LINK = re.compile(r"\]\((?!https?:|#)([^)\s]+)\)")
FETCHED = re.compile(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=\"((?:https?:)?//[^\"]+)")
NAVIGATION = """
```{{toctree}}
:hidden:
:caption: {caption}

{pages}
```
"""


def outward(text: str) -> str:
    """Links to files beside docs/ as addresses in the repository."""
    return LINK.sub(lambda link: f"]({REPOSITORY}{link[1][3:]})" if link[1].startswith("../") else link[0], text)


def navigation(index: str) -> str:
    """The tables of contents that the sections of the index come to."""
    sections = re.findall(r"^## (.+)\n((?:(?!^## ).*\n?)*)", index, re.MULTILINE)
    pages = [(caption, [link for link in LINK.findall(text) if "/" not in link]) for caption, text in sections]
    return "".join(NAVIGATION.format(caption=caption, pages="\n".join(links)) for caption, links in pages)


def write_guides() -> None:
    shutil.copytree(GUIDES / "site", SOURCE)
    for file in GUIDES.iterdir():
        if file.is_file():
            shutil.copy(file, SOURCE)
    for page in SOURCE.glob("*.md"):
        page.write_text(outward(page.read_text()))
    index = SOURCE / "index.md"
    reference = NAVIGATION.format(caption="Reference", pages="Modules, roles and plugins <reference/index>")
    index.write_text(index.read_text() + navigation(index.read_text()) + reference)


def write_reference() -> None:
    """What `ansible-doc` knows, a page each. antsibull-docs wants a folder that only its owner may write to."""
    REFERENCE.mkdir(mode=0o755)
    name = "{namespace}.{name}".format(**GALAXY)
    options = ("--use-current", "--squash-hierarchy", "--no-add-antsibull-docs-version", "--dest-dir", REFERENCE)
    run("antsibull-docs", "--config-file", SOURCE / "antsibull-docs.cfg", "collection", *options, name)


def fetched() -> set[str]:
    """What a browser would get from elsewhere to show the site."""
    return {address for page in (SITE / "html").rglob("*.html") for address in FETCHED.findall(page.read_text())}


def run(program: str, *arguments: str | Path) -> None:
    paths = f"{PROGRAMS}:{os.environ['PATH']}"
    subprocess.run([PROGRAMS / program, *arguments], cwd=ROOT, env=os.environ | {"PATH": paths}, check=True)


def main() -> None:
    shutil.rmtree(SITE, ignore_errors=True)
    write_guides()
    write_reference()
    run("sphinx-build", "-q", "-W", "--keep-going", "-d", SITE / "doctrees", SOURCE, SITE / "html")
    if fetched():
        sys.exit(f"pages fetch from elsewhere: {sorted(fetched())}")


if __name__ == "__main__":
    main()
