#!/usr/bin/env bash
# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# venv.sh PYTHON VENV LOCK: makes or updates a virtual environment, from which this checkout is importable as a collection.
set -euo pipefail

python=$1 venv=$2 lock=$3
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps -r "$lock"
packages=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
mkdir -p "$packages/ansible_collections/mlops"
ln -sfn "$PWD" "$packages/ansible_collections/mlops/elastic"
touch "$venv/.installed"
