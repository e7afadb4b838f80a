# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection as its users get it: built from a copy of the working tree, and installed where nothing else is."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = "http://localhost:9"


def copy_tree(destination: Path) -> list[str]:
    """Copies what git tracks, or would, and returns the names of these files."""
    listed = subprocess.check_output(["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT, text=True)
    names = [name for name in listed.split("\0") if name and (ROOT / name).exists()]
    for name in names:
        (destination / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, destination / name, follow_symlinks=False)
    return names


def clean_environment(place: Path) -> dict[str, str]:
    """An environment in which Ansible finds the collections below `place`, and neither the checkout nor a network."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    return inherited | {
        "ANSIBLE_COLLECTIONS_PATH": str(place),
        "ANSIBLE_COLLECTIONS_SCAN_SYS_PATH": "false",
        "ANSIBLE_GALAXY_SERVER": NOWHERE,
        "ANSIBLE_HOME": str(place / "home"),
        "HOME": str(place),
    }


def galaxy(programs: Path, place: Path, *arguments: str | Path) -> str:
    """What `ansible-galaxy collection` prints; raises CalledProcessError where it fails."""
    command = [programs / "ansible-galaxy", "collection", *arguments]
    return subprocess.check_output(command, cwd=place, env=clean_environment(place), text=True)


def build(programs: Path, tree: Path, place: Path) -> Path:
    """The tarball of a tree, in the folder `place`."""
    galaxy(programs, place, "build", tree, "--output-path", place)
    (tarball,) = place.glob("*.tar.gz")
    return tarball


def install(programs: Path, tarball: Path, place: Path) -> Path:
    """The folder of the collection below the folder `place`."""
    galaxy(programs, place, "install", tarball, "--offline", "--collections-path", place)
    return place / "ansible_collections" / "mlops" / "elastic"
