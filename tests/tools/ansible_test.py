# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ansible-test in a copy of the working tree, because it insists on .../ansible_collections/mlops/elastic.

With --installed it runs in what `ansible-galaxy` installs from the tarball that it builds of that copy.

ML_TEST_ENDPOINTS (URLs, separated by commas) points the integration targets at a real cluster. ansible-test passes no
environment on, so the connection travels as the variable `ml_test_connection`, a dictionary of module options, and the
folder in which simulators record, SIMULATOR_RECORD, as `ml_test_record`.
"""

from __future__ import annotations

import argparse
import ast
import configparser
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from artefact import ROOT, build, copy_tree, install

HOMES = ROOT / ".build" / "home"
CREDENTIALS = {
    "username": "ELASTICSEARCH_USERNAME",
    "password": "ELASTICSEARCH_PASSWORD",
    "api_key": "ELASTICSEARCH_API_KEY",
    "bearer_token": "ELASTICSEARCH_BEARER_TOKEN",
    "ca_cert": "ELASTICSEARCH_CA_CERT",
}


def make_tree(programs: Path, place: Path, installed: bool) -> Path:
    """The tree that ansible-test runs in; of a copy it asks git which files there are."""
    tree = place / "ansible_collections" / "mlops" / "elastic"
    if not installed:
        copy_tree(tree)
        subprocess.check_call(["git", "init", "--quiet", str(tree)])
        return tree
    with tempfile.TemporaryDirectory() as source:
        copy_tree(Path(source))
        return install(programs, build(programs, Path(source), place), place)


def prepare_home(venv: Path, home: Path) -> None:
    """Gives ansible-test a home of its own: with our get-pip, and with the settings that pip has here."""
    requirements = next(venv.glob("lib/python3*/site-packages/ansible_test/_internal/python_requirements.py"))
    (version,) = set(re.findall(r"pip='([\d.]+)'", requirements.read_text()))
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    shutil.copy(Path(__file__).with_name("get_pip.py"), cache / f"get_pip_{version.replace('.', '_')}.py")

    settings = subprocess.check_output([venv / "bin" / "python", "-m", "pip", "config", "list"], text=True)
    pip = configparser.RawConfigParser()
    for key, value in re.findall(r"^(\S+)=(.+)$", settings, re.MULTILINE):
        section, option = key.replace(":env:", "global").rsplit(".", 1)
        if not pip.has_section(section):
            pip.add_section(section)
        pip.set(section, option, ast.literal_eval(value))
    if not pip.has_section("install"):
        pip.add_section("install")
    pip.set("install", "no-compile", "true")  # most of what it installs is never imported
    (home / ".config" / "pip").mkdir(parents=True, exist_ok=True)
    with (home / ".config" / "pip" / "pip.conf").open("w") as file:
        pip.write(file)


def connection() -> dict[str, object]:
    """The module options that reach the cluster of ML_TEST_ENDPOINTS."""
    options: dict[str, object] = {name: os.environ[key] for name, key in CREDENTIALS.items() if key in os.environ}
    return {"hosts": os.environ["ML_TEST_ENDPOINTS"].split(","), **options}


def integration_variables(venv: Path) -> dict[str, object]:
    """`ml_test_leg` is 0 for the first environment and 1 for others, among which some rows are shared out."""
    leg = int(venv.name != ".venv")
    variables: dict[str, object] = {"ml_test_record": os.environ.get("SIMULATOR_RECORD", ""), "ml_test_leg": leg}
    return variables | ({"ml_test_connection": connection()} if "ML_TEST_ENDPOINTS" in os.environ else {})


def keep_results(tree: Path, folder: Path) -> int:
    """Copies the JUnit files out of the tree; returns how many there are."""
    results = list((tree / "tests" / "output" / "junit").glob("*.xml"))
    folder.mkdir(parents=True, exist_ok=True)
    for result in results:
        shutil.copy(result, folder)
    return len(results)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["sanity", "integration"])
    parser.add_argument("--venv", type=Path, default=ROOT / ".venv")
    parser.add_argument("--junit", type=Path, help="folder for the results", default=ROOT / ".build" / "junit")
    parser.add_argument("--installed", action="store_true", help="from a tarball instead of a copy")
    parser.add_argument("--coverage", action="store_true", help="measure and print the coverage")
    options, arguments = parser.parse_known_args()

    programs = options.venv.resolve() / "bin"
    version = [programs / "python", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    arguments = ["--python", subprocess.check_output(version, text=True).strip(), *arguments]
    arguments += ["--junit"] if options.command == "sanity" else []
    arguments += ["--coverage"] if options.coverage else []
    home = HOMES / f"{options.command}{options.venv.name}"  # two at once would make its keys at once
    prepare_home(options.venv, home)
    env = os.environ | {"HOME": str(home), "PATH": f"{programs}:{os.environ['PATH']}"}

    with tempfile.TemporaryDirectory(prefix="ansible-test-") as parent:
        tree = make_tree(programs, Path(parent), options.installed)
        variables = json.dumps(integration_variables(options.venv))
        (tree / "tests" / "integration" / "integration_config.yml").write_text(variables)
        status = subprocess.call(["ansible-test", options.command, *arguments], cwd=tree, env=env)
        if options.coverage:
            subprocess.check_call(["ansible-test", "coverage", "report"], cwd=tree, env=env)
        if not keep_results(tree, options.junit):
            print("ansible-test ran no test", file=sys.stderr)
            return status or 1
    return status


if __name__ == "__main__":
    sys.exit(main())
