# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tarball holds, and what Galaxy says of it."""

import json
import os
import re
import subprocess
import tarfile

import yaml
from tools.artefact import ROOT, clean_environment

MAXIMUM_BYTES = 1_000_000
FOLDERS = (
    "LICENSES/",
    "changelogs/",
    "docs/",
    "meta/",
    "playbooks/",
    "plugins/",
    "roles/",
    "tests/integration/",
    "tests/simulator/",
    "tests/tools/demo",
)
FILES = {
    ".ansible-lint",
    ".yamllint",
    "CHANGELOG.md",
    "CODE_OF_CONDUCT.md",
    "CONTRIBUTING.md",
    "COPYING",
    "README.md",
    "REUSE.toml",
    "SECURITY.md",
    "bindep.txt",
    "requirements.txt",
    "requirements/tests.in",
    "tests/config.yml",
}
MADE = {"MANIFEST.json", "FILES.json"}
LINT = ROOT / ".venv-lint" / "bin"
CONTENTS = {"module": "plugins/modules/ml_*.py", "role": "roles/*", "playbook": "playbooks/*.yml"}
OBJECTION = re.compile(r"^(WARNING|ERROR|CRITICAL):")


def names(tarball) -> set[str]:
    with tarfile.open(tarball) as archive:
        return {member.name for member in archive.getmembers() if member.isfile()}


def releases() -> dict[str, dict]:
    return yaml.safe_load((ROOT / "changelogs" / "changelog.yaml").read_text())["releases"]


def fragments() -> list[dict]:
    return [yaml.safe_load(file.read_text()) for file in (ROOT / "changelogs" / "fragments").glob("*.yml")]


def test_tarball_holds_what_is_run_and_read_and_nothing_else(tree, tarball):
    wanted = {name for name in tree.names if name in FILES or name.startswith(FOLDERS)}
    assert wanted >= FILES
    assert names(tarball) == wanted | MADE


def test_tarball_is_small(tarball):
    assert tarball.stat().st_size < MAXIMUM_BYTES


def test_version_is_the_newest_of_the_changelog_or_has_fragments():
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text())["version"]
    newest = max(releases(), key=lambda release: tuple(map(int, release.split("."))))
    assert newest != version if fragments() else newest == version


def test_changelog_names_every_playbook():
    told = [release.get("objects", {}).get("playbook", []) for release in releases().values()]
    to_be_told = [fragment.get("add object.playbook", []) for fragment in fragments()]
    names = {playbook["name"] for playbooks in told + to_be_told for playbook in playbooks}
    assert names == {path.stem for path in (ROOT / "playbooks").glob("*.yml")}


def test_galaxy_objects_to_nothing(tree, tarball, tmp_path):
    settings = {
        "GALAXY_IMPORTER_ANSIBLE_LOCAL_TMP": str(tmp_path / "local"),
        "GALAXY_IMPORTER_CHECK_REQUIRED_TAGS": "true",
        "GALAXY_IMPORTER_REQUIRE_V1_OR_GREATER": "true",
        "GALAXY_IMPORTER_TMP_ROOT_DIR": str(tmp_path),
        "PATH": f"{LINT}:{os.environ['PATH']}",
    }
    environment = clean_environment(tmp_path) | settings
    command = [LINT / "python", "-m", "galaxy_importer.main", tarball]
    run = subprocess.run(command, cwd=tmp_path, env=environment, text=True, capture_output=True, check=False)
    said = run.stdout.splitlines() + run.stderr.splitlines()
    assert [line for line in said if OBJECTION.match(line)] == []
    assert run.returncode == 0, run.stderr
    contents = json.loads((tmp_path / "importer_result.json").read_text())["contents"]
    found = {(content["content_type"], content["name"]) for content in contents}
    for content, pattern in CONTENTS.items():
        assert found >= {(content, path.name.removesuffix(".py")) for path in tree.folder.glob(pattern)}
