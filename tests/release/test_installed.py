# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs from an installation in which nothing of the working tree is to be found."""

import re
import subprocess
import sys

from release.conftest import PROGRAMS
from tools.artefact import galaxy

LOADED = re.compile(r"^Loading collection mlops\.elastic from (\S+)$", re.MULTILINE)


def test_installed_collection_is_whole(installed):
    galaxy(PROGRAMS, installed.parents[2], "verify", "--offline", "mlops.elastic")


def test_every_playbook_is_found_by_name(installed, clean, tmp_path):
    playbooks = [f"mlops.elastic.{path.stem}" for path in sorted((installed / "playbooks").glob("*.yml"))]
    command = [PROGRAMS / "ansible-playbook", "--syntax-check", *playbooks]
    said = subprocess.check_output(command, cwd=tmp_path, env=clean, text=True)
    assert said.count("playbook: ") == len(playbooks) > 0


def test_demo_runs_from_it(installed, clean, tmp_path):
    command = [sys.executable, installed / "tests" / "tools" / "demo.py", "-vvvv"]
    run = subprocess.run(command, cwd=tmp_path, env=clean, text=True, capture_output=True, check=False)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    assert set(LOADED.findall(run.stdout)) == {str(installed)}
