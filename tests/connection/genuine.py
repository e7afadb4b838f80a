# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Genuine Elasticsearch nodes: HTTPS, authentication, roles, API keys, tokens; no ML."""

import json
import os
import secrets
import ssl
import subprocess
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from contract import wire

from connection import artifacts

VERSIONS = ("8.19.21", "9.5.3")
HEAP_MEGABYTES = 400
START_SECONDS = 300
PLUGINS = (
    "org.elasticsearch.transport.netty4.Netty4Plugin",
    "org.elasticsearch.xpack.core.XPackPlugin",
    "org.elasticsearch.xpack.security.Security",
    "mlops.SecurityIndexAnalysis",
)
TOKEN_SECONDS = 2
SETTINGS = {
    "cluster.name": "connection-test",
    "network.host": "127.0.0.1",
    "http.port": 0,
    "transport.port": 0,
    "discovery.type": "single-node",
    "cluster.routing.allocation.disk.threshold_enabled": False,
    "xpack.license.self_generated.type": "trial",
    "xpack.security.enabled": True,
    "xpack.security.authc.token.timeout": f"{TOKEN_SECONDS}s",
    "xpack.security.http.ssl.enabled": True,
    "xpack.security.http.ssl.certificate": "tls.crt",
    "xpack.security.http.ssl.key": "tls.key",
    "xpack.security.http.ssl.certificate_authorities": "ca.crt",
    "xpack.security.http.ssl.client_authentication": "optional",
    "xpack.security.authc.realms.pki.certificates.order": 9,
}
LOGGING = """status = error
appender.file.type = File
appender.file.name = file
appender.file.fileName = ${sys:es.path.home}/logs/node.log
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = [%d{ISO8601}][%-5p][%-25c{1.}] %m%n
rootLogger.level = warn
rootLogger.appenderRef.file.ref = file
"""


class Node:
    """A running node, as its superuser sees it."""

    def __init__(self, version: str, url: str, password: str, authority: Path):
        self.version = version
        self.url = url
        self.password = password
        self._context = ssl.create_default_context(cafile=str(authority))

    def api(self, method: str, path: str, body: dict | None = None, authorization: str | None = None) -> dict:
        """Send a request, by default as the superuser; raises urllib.error.HTTPError."""
        headers = {"Authorization": authorization or wire.basic("elastic", self.password)}
        if body is not None:
            headers["Content-Type"] = "application/json"
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, content, headers, method=method)
        with urllib.request.urlopen(request, timeout=30, context=self._context) as reply:
            return json.load(reply)

    def status(self, path: str, authorization: str) -> int:
        try:
            self.api("GET", path, authorization=authorization)
        except urllib.error.HTTPError as error:
            return error.code
        return 200


@contextmanager
def running(version: str, folder: Path, authority, ca_file: Path):
    """Start a node with a certificate of this authority; it ends with the block, or with this process.

    Raises artifacts.Missing.
    """
    jdk = artifacts.jdk(version)
    class_path = artifacts.built(version)
    _prepare(folder, authority)
    password = secrets.token_urlsafe(12)
    environment = {**os.environ, "ELASTIC_PASSWORD": password}
    with (folder / "logs" / "console.log").open("w") as log:
        process = subprocess.Popen(
            _command(jdk, version, folder, class_path),
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    impatience = threading.Timer(START_SECONDS, process.kill)
    impatience.start()
    try:
        line = next((line for line in process.stdout if line.startswith("listening on ")), None)
        assert line, f"Elasticsearch {version} didn't start:\n{(folder / 'logs' / 'console.log').read_text()[-4000:]}"
        impatience.cancel()
        yield Node(version, f"https://{line.split()[-1]}", password, ca_file)
    finally:
        impatience.cancel()
        process.stdin.close()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def _prepare(folder: Path, authority) -> None:
    for name in ("config", "logs", "lib", "modules", "plugins", "tmp"):
        (folder / name).mkdir()
    certificate = authority.issue_cert("127.0.0.1")
    for pem in (
        *certificate.cert_chain_pems,
        authority.cert_pem,
    ):  # a cluster's own certificates come with the authority
        pem.write_to_path(folder / "config" / "tls.crt", append=True)
    certificate.private_key_pem.write_to_path(folder / "config" / "tls.key")
    authority.cert_pem.write_to_path(folder / "config" / "ca.crt")
    (folder / "config" / "elasticsearch.yml").write_text(json.dumps(SETTINGS))
    (folder / "config" / "log4j2.properties").write_text(LOGGING)


def _command(jdk: Path, version: str, folder: Path, class_path: list[Path]) -> list:
    properties = {
        "es.path.home": folder,
        "es.path.conf": folder / "config",
        "es.distribution.type": "tar",
        "java.io.tmpdir": folder / "tmp",
        "java.library.path": folder / "lib",
        "log4j.configurationFile": folder / "config" / "log4j2.properties",
        "log4j2.disable.jmx": "true",
        "io.netty.noUnsafe": "true",
        "io.netty.noKeySetOptimization": "true",
    }
    return [
        jdk / "bin" / "java",
        f"-Xms{HEAP_MEGABYTES}m",
        f"-Xmx{HEAP_MEGABYTES}m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "--add-opens=java.base/java.io=ALL-UNNAMED",
        "--enable-native-access=ALL-UNNAMED",
        *(f"-D{name}={value}" for name, value in properties.items()),
        "-cp",
        ":".join(map(str, class_path)),
        "org.elasticsearch.node.ConnectionTestNode",
        folder,
        *PLUGINS,
    ]
