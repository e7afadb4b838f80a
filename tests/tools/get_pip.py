# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands in for the get-pip script that ansible-test downloads: ensurepip and the package index do the same."""

import subprocess
import sys

options = [argument for argument in sys.argv[1:] if argument.startswith("-")]
packages = [argument for argument in sys.argv[1:] if argument not in options]
pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]

# A process of its own, because ensurepip points PIP_CONFIG_FILE elsewhere for the process that it runs in.
subprocess.check_call([sys.executable, "-m", "ensurepip", "--default-pip"], stdout=subprocess.DEVNULL)
subprocess.check_call([*pip, "install", "--upgrade", *packages])
if "--no-setuptools" in options:
    subprocess.check_call([*pip, "uninstall", "--yes", "setuptools"])
