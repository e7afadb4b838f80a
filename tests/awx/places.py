# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the example project, its page and the programs are."""

import os
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "awx"
PAGE = ROOT / "docs" / "awx.md"
VENV = ROOT / ".venv-lint"
"""ansible-builder and ansible-runner are there, with an Ansible that finds this collection."""


def loaded(name: str):
    """A file of the example project."""
    return yaml.safe_load((EXAMPLE / name).read_text())


def environment(home: Path, **more: str) -> dict[str, str]:
    """That of a program of VENV: nothing of Ansible and the cluster is inherited."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "ELASTICSEARCH_"))}
    return kept | {"PATH": f"{VENV / 'bin'}:{os.environ['PATH']}", "HOME": str(home)} | more
