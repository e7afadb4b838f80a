# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Headless Chromium that looks at files."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGES = HERE.parents[1] / ".build" / "report"
LONGEST_SECONDS = 120

WITH_ITS_LIBRARIES = {"CODEBUILD_BUILD_IMAGE": "nodejs20"}
"""Where its package finds itself there, it brings along the libraries and fonts that a bare machine lacks."""


class Missing(Exception):
    """There is no browser."""


def look(looks: list[dict]) -> list[dict]:
    """What is seen (seen.mjs) in each of these looks (look.mjs). Raises Missing."""
    if not (shutil.which("node") and (PACKAGES / ".installed").exists()):
        raise Missing("there is no browser: node, and make .build/report/.installed")
    unpacked = PACKAGES / "unpacked"
    unpacked.mkdir(exist_ok=True)
    told = subprocess.run(
        ["node", HERE / "look.mjs", PACKAGES],
        input=json.dumps(looks),
        env={**os.environ, "TMPDIR": str(unpacked), **WITH_ITS_LIBRARIES},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=LONGEST_SECONDS,
    )
    return json.loads(told.stdout)
