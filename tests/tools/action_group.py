# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fails unless the action group `ml` lists every module, so that `module_defaults` reaches each of them."""

import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]

listed = set(yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())["action_groups"]["ml"])
modules = {path.stem for path in (ROOT / "plugins" / "modules").glob("ml_*.py")}
if listed != modules:
    missing, unknown = ", ".join(sorted(modules - listed)), ", ".join(sorted(listed - modules))
    sys.exit(f"meta/runtime.yml, action group ml: not listed: {missing or '-'}; no such module: {unknown or '-'}")
