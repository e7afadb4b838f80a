# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One tarball, built from a copy of the working tree in which lies what work leaves behind, and its installation."""

import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from tools import artefact

PROGRAMS = Path(sys.executable).parent


class Tree(NamedTuple):
    """A copy of the working tree, and the names of the files that were copied."""

    folder: Path
    names: list[str]


@pytest.fixture(scope="session")
def tree(tmp_path_factory) -> Tree:
    """With something of all that git ignores."""
    folder = tmp_path_factory.mktemp("tree")
    names = artefact.copy_tree(folder)
    for pattern in (artefact.ROOT / ".gitignore").read_text().splitlines():
        left_behind = folder / pattern.replace("*", "left")
        if pattern.endswith("/"):
            left_behind /= "left"
        left_behind.parent.mkdir(parents=True, exist_ok=True)
        left_behind.write_text("left behind")
    return Tree(folder, names)


@pytest.fixture(scope="session")
def tarball(tree, tmp_path_factory) -> Path:
    return artefact.build(PROGRAMS, tree.folder, tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="session")
def installed(tarball, tmp_path_factory) -> Path:
    """The folder of the installed collection."""
    return artefact.install(PROGRAMS, tarball, tmp_path_factory.mktemp("installed"))


@pytest.fixture(scope="session")
def clean(installed) -> dict[str, str]:
    """The environment in which the installed collection is the only one."""
    return artefact.clean_environment(installed.parents[2])
