# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An invented harbour's estate: one file a job with its datafeed, in the shapes that Kibana's own jobs have."""

from pathlib import Path

import yaml

from present.clusters import KINDS

FOLDER = Path(__file__).parent / "estate"


def load() -> dict[str, list[dict]]:
    """Declarations by kind."""
    estate = {kind.key: [] for kind in KINDS}
    for file in sorted(FOLDER.glob("*.yml")):
        for key, entries in yaml.safe_load(file.read_text(encoding="utf-8")).items():
            estate[key] += entries
    return estate
