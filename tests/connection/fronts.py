# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may stand before a cluster: TLS of any quality, a path prefix, another protocol family, a node that dies."""

import http.client
import socket
import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PASSED_ON = ("content-encoding", "content-type", "x-elastic-product", "x-opaque-id", "www-authenticate")


class Front(ThreadingHTTPServer):
    """An HTTP server that passes requests on, and remembers them as (method, path, headers).

    :arg backend: host and port of a plain server, or None where `answer` says all
    :arg context: SSLContext of a server
    :arg prefix: what begins each path here, and isn't passed on
    :arg answer: called with (method, path); gives status, headers and body of an answer of its own, or None
    :arg lethal: called with (method, path); when true, this server dies instead of answering
    """

    daemon_threads = True

    def __init__(self, backend=None, context=None, prefix="", answer=None, lethal=None, family=socket.AF_INET):
        self.address_family = family
        super().__init__(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0), _Handler)
        if context:
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.scheme = "https" if context else "http"
        self.backend = backend
        self.prefix = prefix
        self.answer = answer or (lambda method, path: None)
        self.lethal = lethal or (lambda method, path: False)
        self.dead = threading.Event()
        self.seen = []

    @property
    def port(self) -> int:
        return self.server_address[1]

    @property
    def url(self) -> str:
        host = "[::1]" if self.address_family == socket.AF_INET6 else "127.0.0.1"
        return f"{self.scheme}://{host}:{self.port}{self.prefix}"

    def handle_error(self, _request, _client_address):
        """A handshake that fails, or a client that leaves, is the client's to report."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 20

    def serve(self):
        server = self.server
        if server.dead.is_set() or server.lethal(self.command, self.path):
            server.dead.set()
            server.socket.close()
            self.close_connection = True
            return
        server.seen.append((self.command, self.path, dict(self.headers)))
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.write(*(server.answer(self.command, self.path) or self.passed_on(body)))

    do_GET = do_POST = do_PUT = do_DELETE = serve

    def passed_on(self, body: bytes):
        if not self.path.startswith(self.server.prefix):
            return 404, {"content-type": "text/html"}, b"<html>nothing here</html>"
        connection = http.client.HTTPConnection(*self.server.backend, timeout=20)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
        connection.request(self.command, self.path[len(self.server.prefix) :], body or None, headers)
        reply = connection.getresponse()
        content = reply.read()
        connection.close()
        return reply.status, {name: value for name, value in reply.getheaders() if name.lower() in PASSED_ON}, content

    def write(self, status: int, headers: dict, body: bytes):
        self.send_response(status)
        for name, value in {**headers, "content-length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments):
        """Stay silent."""


@contextmanager
def standing(*arguments, **options):
    """A Front that serves as long as the block lasts."""
    with Front(*arguments, **options) as front:
        threading.Thread(target=front.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield front
        finally:
            front.shutdown()


def server_context(certificate, authority, asks_client: bool = False) -> ssl.SSLContext:
    """TLS with a certificate of trustme, shown together with its authority's."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED if asks_client else ssl.CERT_NONE
    return context
