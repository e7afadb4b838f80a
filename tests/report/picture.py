# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of docs/report.md: PYTHONPATH=tests python -m report.picture"""

import tempfile
from pathlib import Path

from ansible_collections.mlops.elastic.plugins.filter.report_html import report_html
from report import browser, estates
from report.conftest import TITLE

DOCS = Path(__file__).resolve().parents[2] / "docs"
JOBS = 24
LEFT_OUT = ("fraud-scores", "vessel-traffic", "idle-meters")
"""So that the picture shows a bit of everything."""


def main() -> None:
    found = estates.varied(JOBS)
    for key, id_key in (("jobs", "job_id"), ("data_frame_analytics", "id"), ("problems", "id")):
        found[key] = [entry for entry in found[key] if entry[id_key] not in LEFT_OUT]
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(report_html(found, estates.NOW, TITLE))
        desktop = {"file": str(page), "width": 1120, "height": 1500, "picture": str(DOCS / "report.png")}
        phone = {"file": str(page), "width": 390, "height": 844, "scheme": "dark"}
        browser.look([desktop, phone | {"picture": str(DOCS / "report-phone.png")}])


if __name__ == "__main__":
    main()
