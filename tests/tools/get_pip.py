# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands in for the get-pip script that ansible-test downloads: all its environments share one copy of pip.

The copy lies beside this script. Installing pip into each of ten environments took longer than what it then installs.
"""

import os
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

SHARED = Path(__file__).resolve().with_suffix("")
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]


def share(pip: str) -> None:
    """Install this version of pip into the shared folder, at once whole."""
    # A process of its own, because ensurepip points PIP_CONFIG_FILE elsewhere for the process that it runs in.
    subprocess.check_call([sys.executable, "-m", "ensurepip", "--default-pip"], stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory(dir=SHARED.parent) as folder:
        subprocess.check_call([*PIP, "install", "--target", f"{folder}/pip", pip])
        os.rename(f"{folder}/pip", SHARED)
    subprocess.check_call([*PIP, "uninstall", "--yes", "pip", "setuptools"])


packages = {argument.partition("==")[0]: argument for argument in sys.argv[1:] if not argument.startswith("-")}
pip = packages.pop("pip")
if not SHARED.exists():
    share(pip)
packages_folder = Path(sysconfig.get_path("purelib"))
packages_folder.mkdir(exist_ok=True)
(packages_folder / "pip.pth").write_text(f"{SHARED}\n")
if packages:
    subprocess.check_call([*PIP, "install", *packages.values()])
