# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ansible-test with every supported ansible-core and the Pythons that run it; writes docs/compatibility.md.

Arguments choose rows: `2.20`, or `2.20-3.12`; without any, all. Pythons are looked for in PATH and in the folders of
MATRIX_PATH, in which `*` may stand. A row whose Python is missing, or that isn't chosen, stays in the table as it was.
"""

from __future__ import annotations

import argparse
import glob
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import suites
from suites import ROOT, Outcome

PAGE = ROOT / "docs" / "compatibility.md"
SUITES = ("sanity", "integration")
VENVS = Path(".build", "matrix")
LOCKS = {
    "2.17": ("leg-2.17", ("3.11", "3.12")),
    "2.18": ("leg-2.18", ("3.11", "3.12", "3.13")),
    "2.19": ("lock", ("3.11",)),
    "2.20": ("leg-2.20", ("3.12", "3.13", "3.14")),
    "2.21": ("lock", ("3.12", "3.13", "3.14")),
}
"""By ansible-core: what is installed, and the Pythons for which that holds this ansible-core."""
RULE = "| --- | --- | --- | --- | --- |"
ROW = re.compile(r"^\| (\d+\.\d+)\S* \| (\d+\.\d+)\S* \|.*$", re.MULTILINE)
VERSIONS = """
import json, platform
from importlib.metadata import version
print(json.dumps([version("ansible-core"), platform.python_version(), version("elasticsearch")]))
"""


def python(version: str) -> str | None:
    """The program of a Python, or None. One that only says that it isn't installed doesn't count."""
    named = [folder for pattern in os.environ.get("MATRIX_PATH", "").split(":") for folder in glob.glob(pattern)]
    for folder in [*named, *os.environ["PATH"].split(":")]:
        program = shutil.which(f"python{version}", path=folder)
        if program and subprocess.call([program, "-c", ""], stderr=subprocess.DEVNULL) == 0:
            return program
    return None


def measured(core: str, version: str, program: str, chosen: list[str]) -> dict[str, Outcome]:
    """The outcomes of the chosen suites, by their names."""
    name = f"{core}-{version}"
    venv = VENVS / name
    subprocess.check_call(["tests/tools/venv.sh", program, venv, f"requirements/{LOCKS[core][0]}.txt"], cwd=ROOT)
    suites.RESULTS = ROOT / VENVS / "results"  # not in the way of another run, which forgets what was recorded before
    suites.SUITES |= suites.on_ansible_core(str(venv), f"-{name}")
    outcomes = {suite: suites.run(f"{suite}-{name}") for suite in chosen}
    for outcome in outcomes.values():
        suites.report(outcome)
    return outcomes


def versions_in(pair: tuple[str, str]) -> list[str]:
    """The exact versions of ansible-core, Python and client in a pair's environment."""
    program = ROOT / VENVS / "-".join(pair) / "bin" / "python"
    return json.loads(subprocess.check_output([program, "-c", VERSIONS]))


def row(versions: list[str], before: str, outcomes: dict[str, Outcome]) -> str:
    """The table's line of a pair; what wasn't run says what it said before."""
    cells = dict(zip(SUITES, before.strip("| ").split(" | ")[-len(SUITES) :]))
    for suite, outcome in outcomes.items():
        cells[suite] = f"{outcome.failed} failed" if outcome.failed else f"{outcome.passed} passed"
    return "| " + " | ".join([*versions, *(cells[suite] for suite in SUITES)]) + " |"


def updated(page: str, pair: tuple[str, str], versions: list[str], outcomes: dict[str, Outcome]) -> str:
    """The page with a pair in its table, in the order of the versions."""
    known = {match.groups(): match.group() for match in ROW.finditer(page)}
    known[pair] = row(versions, known.get(pair, " | ".join(["not run"] * len(SUITES))), outcomes)
    ordered = sorted(known, key=lambda pair: [int(part) for version in pair for part in version.split(".")])
    lines = [line for line in page.splitlines() if not ROW.match(line)]
    rule = lines.index(RULE)
    lines[rule + 1 : rule + 1] = [known[pair] for pair in ordered]
    return "".join(f"{line}\n" for line in lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="CORE[-PYTHON]")
    parser.add_argument("--only", choices=SUITES)
    options = parser.parse_args()
    all_passed = True
    for core, (_lock, pythons) in LOCKS.items():
        for version in pythons:
            if options.rows and not {core, f"{core}-{version}"} & set(options.rows):
                continue
            program = python(version)
            if program is None:
                print(f"left out: ansible-core {core} with Python {version}, which isn't here", flush=True)
                continue
            outcomes = measured(core, version, program, [options.only] if options.only else list(SUITES))
            pair = (core, version)
            PAGE.write_text(updated(PAGE.read_text(), pair, versions_in(pair), outcomes))
            all_passed = all_passed and not any(outcome.failed for outcome in outcomes.values())
    return int(not all_passed)


if __name__ == "__main__":
    sys.exit(main())
