# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links between files of the repository lead somewhere, as GitHub shows them."""

import re
from pathlib import Path

import pytest

from examples.pages import FENCE, ROOT

PATTERNS = ("*.md", ".github/**/*.md", "docs/*.md", "roles/*/README.md", "tests/*/README.md")
PAGES = [file for pattern in PATTERNS for file in sorted(ROOT.glob(pattern))]
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:href|src|srcset)=\"([^\"]+)\"")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
NOT_IN_AN_ANCHOR = re.compile(r"[^\w\- ]")
ELSEWHERE = ("http://", "https://", "mailto:")


def anchors(text: str) -> set[str]:
    """What GitHub calls the headings of a page."""
    headings = [re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading) for heading in HEADING.findall(FENCE.sub("", text))]
    named = {NOT_IN_AN_ANCHOR.sub("", heading.strip().lower()).replace(" ", "-") for heading in headings}
    return named | set(re.findall(r'<a id="([^"]+)">', text))


def broken(page: Path, text: str) -> list[str]:
    """Links of a page that lead nowhere."""
    found = []
    for link in ("".join(groups) for groups in LINK.findall(FENCE.sub("", text))):
        place, _hash, anchor = link.partition("#")
        file = page.parent / place if place else page
        if link.startswith(ELSEWHERE):
            continue
        if not file.exists() or (anchor and anchor not in anchors(file.read_text())):
            found.append(link)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links(page):
    assert broken(page, page.read_text()) == []


def test_broken_links_are_found():
    lines = ["# Here", "[a](nowhere.md) [b](errors.md#nothing) [c](errors.md#options)", '<img src="no.svg">']
    assert broken(ROOT / "docs" / "errors.md", "\n".join(lines)) == ["nowhere.md", "errors.md#nothing", "no.svg"]
