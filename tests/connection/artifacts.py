# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A genuine Elasticsearch from what Elastic publishes on Maven Central: server, x-pack core, security, HTTP transport.

The ML plugin isn't published, nor are some libraries of SAML in the version that the server names; an older one serves.
"""

import fcntl
import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / ".build" / "elasticsearch"
SOURCES = Path(__file__).resolve().parent / "java"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"
DOWNLOAD_SECONDS = 500

OLDEST_JDK = {8: 17, 9: 21}
"""By major version: the release for which Elastic compiled the classes."""

SERVER = "org.elasticsearch"
PLUGIN = "org.elasticsearch.plugin"
SAML = "org.opensaml"
SAML_VERSION = "4.0.1"
SAML_PAIRS = ("saml", "messaging", "security", "profile", "xmlsec", "soap", "storage")
SAML_PARTS = ("core", *(f"{part}-{kind}" for part in SAML_PAIRS for kind in ("api", "impl")))
SHIBBOLETH = "net.shibboleth.utilities"
NOT_PUBLISHED = (
    (SAML, "*"),
    (SHIBBOLETH, "*"),
    (PLUGIN, "es-opensaml-security-api"),
    (PLUGIN, "x-pack-template-resources"),
    (PLUGIN, "transport-nio-client"),
)
ALONE = (("*", "*"),)


class Missing(Exception):
    """No JDK that is new enough, no Maven, or nothing that Maven could fetch."""


def jdk(version: str) -> Path:
    """The newest JDK of this machine that runs this version. Raises Missing."""
    oldest = OLDEST_JDK[int(version.partition(".")[0])]
    found = {home: release for home in _candidates() if (release := _release(home)) >= oldest}
    if not found:
        raise Missing(f"no JDK {oldest} or later in JAVA_HOME, PATH or /usr/lib/jvm, for Elasticsearch {version}")
    return max(found, key=found.get)


def _candidates() -> list[Path]:
    named = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    on_path = shutil.which("javac")
    named += [Path(on_path).resolve().parents[1]] if on_path else []
    return named + sorted(Path("/usr/lib/jvm").glob("*"))


def _release(home: Path) -> int:
    """The number of the JDK's release, 0 where there is none with a compiler."""
    if not (home / "bin" / "javac").exists() or not (home / "release").exists():
        return 0
    settings = dict(line.split("=", 1) for line in (home / "release").read_text().splitlines() if "=" in line)
    return int(settings["JAVA_VERSION"].strip('"').partition(".")[0])


def built(version: str) -> list[Path]:
    """The class path of a server; made at the first call, about 90 MB. Raises Missing."""
    folder = BUILD / version
    with _alone(version):
        if not folder.exists():
            unfinished = BUILD / f"{version}.unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            _download(version, unfinished)
            unfinished.rename(folder)
        _compile(version, folder)
    return [folder / "classes", folder / "lib" / "*"]


@contextmanager
def _alone(version: str):
    """Suites of several environments run at once."""
    BUILD.mkdir(parents=True, exist_ok=True)
    with (BUILD / f"{version}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _download(version: str, folder: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise Missing("no Maven (mvn) in PATH")
    folder.mkdir()
    (folder / "pom.xml").write_text(pom(version))
    command = [maven, "-q", "-B", "-f", folder / "pom.xml", COPY, "-DincludeScope=runtime"]
    try:
        _run([*command, f"-DoutputDirectory={folder / 'lib'}"], DOWNLOAD_SECONDS)
    except subprocess.CalledProcessError as error:
        raise Missing(f"Maven could not fetch Elasticsearch {version}: {error.output[-2000:]}") from error


def _compile(version: str, folder: Path) -> None:
    sources = sorted(SOURCES.rglob("*.java"))
    stamp = folder / "compiled"
    if stamp.exists() and all(source.stat().st_mtime < stamp.stat().st_mtime for source in sources):
        return
    options = ["-nowarn", "-proc:none", "--release", str(OLDEST_JDK[int(version.partition(".")[0])])]
    class_path = ["-cp", folder / "lib" / "*", "-d", folder / "classes"]
    _run([jdk(version) / "bin" / "javac", *options, *class_path, *sources], 120)
    stamp.touch()


def _run(command: list, seconds: int) -> None:
    subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=seconds, check=True)


def pom(version: str) -> str:
    """What Maven is asked for."""
    project = ElementTree.Element("project", xmlns="http://maven.apache.org/POM/4.0.0")
    _add(project, modelVersion="4.0.0", groupId="mlops.elastic", artifactId="connection-tests", version="1")
    dependencies = ElementTree.SubElement(project, "dependencies")
    for group, artifact, number, excluded in _wanted(version):
        dependency = ElementTree.SubElement(dependencies, "dependency")
        _add(dependency, groupId=group, artifactId=artifact, version=number)
        exclusions = ElementTree.SubElement(dependency, "exclusions")
        for excluded_group, excluded_artifact in excluded:
            exclusion = ElementTree.SubElement(exclusions, "exclusion")
            _add(exclusion, groupId=excluded_group, artifactId=excluded_artifact)
    return ElementTree.tostring(project, encoding="unicode")


def _wanted(version: str):
    """Group, artifact, version, and what not to bring along."""
    yield SERVER, "elasticsearch", version, NOT_PUBLISHED
    for plugin in ("x-pack-core", "x-pack-security", "transport-netty4"):
        yield PLUGIN, plugin, version, NOT_PUBLISHED
    if version.startswith("8."):
        yield PLUGIN, "x-pack-template-resources", version, ALONE
    for part in SAML_PARTS:
        yield SAML, f"opensaml-{part}", SAML_VERSION, ALONE
    yield SHIBBOLETH, "java-support", "8.0.0", ALONE


def _add(parent: ElementTree.Element, **texts: str) -> None:
    for name, text in texts.items():
        ElementTree.SubElement(parent, name).text = text
