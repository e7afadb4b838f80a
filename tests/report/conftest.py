# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages of several clusters, and what a browser sees on them."""

import os

import pytest
from doors import conftest as of_doors

from ansible_collections.mlops.elastic.plugins.filter.report_html import report_html
from report import browser, estates

player = of_doors.player
players = of_doors.players
simulators = of_doors.simulators

TITLE = "Machine learning on logistics-prod"
ESTATES = {
    "varied": estates.varied(),
    "large": estates.varied(500),
    "hostile": estates.hostile(),
    "healthy": estates.healthy(),
    "empty": {},
}
DESKTOP, TABLET, PHONE, PAPER = 1280, 820, 390, 700
LOOKS = {
    **{
        f"{estate} {scheme} {width}": {"estate": estate, "width": width, "scheme": scheme}
        for estate in ("varied", "hostile", "healthy", "empty")
        for scheme in ("light", "dark")
        for width in (DESKTOP, PHONE)
    },
    "varied on a tablet": {"estate": "varied", "width": TABLET},
    "large": {"estate": "large", "width": DESKTOP},
    "large on a phone": {"estate": "large", "width": PHONE},
    "large printed": {"estate": "large", "width": PAPER, "media": "print"},
    "varied printed": {"estate": "varied", "width": PAPER, "media": "print", "scheme": "dark"},
    "without a script": {"estate": "varied", "width": DESKTOP, "script": False},
    "filtered": {"estate": "varied", "width": DESKTOP, "type": "TANK level"},
    "sorted": {"estate": "varied", "width": DESKTOP, "sort": "Records"},
    "hostile filtered": {"estate": "hostile", "width": DESKTOP, "type": "script", "sort": "Memory"},
}


@pytest.fixture(scope="session")
def browse():
    """Look at pages; where tests are required, a browser is too."""

    def browse(looks: list[dict]) -> list[dict]:
        try:
            return browser.look(looks)
        except browser.Missing as missing:
            if os.environ.get("CI"):
                raise
            pytest.skip(str(missing))

    return browse


@pytest.fixture(scope="session")
def looks(browse, tmp_path_factory) -> dict[str, dict]:
    """What is seen in each look."""
    folder = tmp_path_factory.mktemp("pages")
    for name, found in ESTATES.items():
        (folder / f"{name}.html").write_text(report_html(found, estates.NOW, TITLE))
    wanted = [{**look, "file": str(folder / f"{look['estate']}.html")} for look in LOOKS.values()]
    return dict(zip(LOOKS, browse(wanted)))
