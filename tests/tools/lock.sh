#!/usr/bin/env bash
# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Pins the newest versions that requirements/*.in allow.
set -euo pipefail

export UV_CUSTOM_COMPILE_COMMAND="make lock"
compile() {
    uv pip compile --quiet --upgrade --universal --no-annotate --python-version "$1" "requirements/$2.in" -o "requirements/$3.txt"
}
compile 3.11 dev lock
compile 3.11 lint lint
compile 3.11 leg-2.17 leg-2.17
compile 3.11 leg-2.18 leg-2.18
compile 3.12 leg-2.20 leg-2.20
