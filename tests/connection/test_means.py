# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What genuine servers are made with: found, or said to be missing."""

from xml.etree import ElementTree

import pytest

from connection import artifacts, genuine
from connection.conftest import genuine_or_not


def jdks(folder, *releases):
    for release in releases:
        home = folder / f"jdk-{release}"
        (home / "bin").mkdir(parents=True)
        (home / "bin" / "javac").touch()
        (home / "release").write_text(f'IMPLEMENTOR="x"\nJAVA_VERSION="{release}.0.2"\n')
    return sorted(folder.glob("*"))


@pytest.mark.parametrize(
    ("releases", "version", "chosen"),
    [
        ((11, 17), "8.19.21", "jdk-17"),
        ((17, 21, 25), "8.19.21", "jdk-25"),
        ((17, 21), "9.5.3", "jdk-21"),
        ((11, 17), "9.5.3", None),
        ((), "8.19.21", None),
    ],
)
def test_the_newest_jdk_that_will_do(monkeypatch, tmp_path, releases, version, chosen):
    monkeypatch.setattr(artifacts, "_candidates", lambda: [tmp_path / "none", *jdks(tmp_path, *releases)])
    if chosen:
        assert artifacts.jdk(version) == tmp_path / chosen
    else:
        with pytest.raises(artifacts.Missing, match=f"no JDK .* for Elasticsearch {version}"):
            artifacts.jdk(version)


def test_without_maven(monkeypatch, tmp_path):
    monkeypatch.setattr(artifacts, "BUILD", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(artifacts.Missing, match=r"no Maven \(mvn\) in PATH"):
        artifacts.built("9.5.3")


def test_without_a_registry(monkeypatch, tmp_path):
    monkeypatch.setattr(artifacts, "BUILD", tmp_path / "build")
    maven = tmp_path / "mvn"
    maven.write_text("#!/bin/sh\necho no such host\nexit 1\n")
    maven.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(artifacts.Missing, match=r"Maven could not fetch Elasticsearch 9\.5\.3: no such host"):
        artifacts.built("9.5.3")
    assert not (tmp_path / "build" / "9.5.3").exists(), "the next run tries again"


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_ci_must_have_them(monkeypatch, ci, outcome):
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="no JDK"):
        genuine_or_not({"9.5.3": artifacts.Missing("no JDK")}, "9.5.3")


@pytest.mark.parametrize("version", genuine.VERSIONS)
def test_what_maven_is_asked_for(version):
    project = ElementTree.fromstring(artifacts.pom(version))
    wanted = project.findall(".//{*}dependency")
    assert {"elasticsearch", "x-pack-core", "x-pack-security", "transport-netty4"} <= {
        dependency.findtext("{*}artifactId")
        for dependency in wanted
        if dependency.findtext("{*}version") == version and dependency.findtext("{*}groupId").startswith("org.elastic")
    }
    assert "repositories" not in ElementTree.tostring(project, encoding="unicode")
