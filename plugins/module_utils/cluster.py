# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""The only place that talks HTTP: requests as data, sent through the official client's transport.

Plain C(application/json) through C(client.transport) is what every pair of client 8.x/9.x and server 7.3 to 9.x
accepts; that door adds no credentials, checks no product and raises on no status, so this module does.
"""

from __future__ import annotations

import contextlib
import re
import time
from urllib.parse import quote, urlencode

from ansible_collections.mlops.elastic.plugins.module_utils import connection, tls
from ansible_collections.mlops.elastic.plugins.module_utils.errors import (
    Busy,
    Interrupted,
    MlError,
    Unreachable,
    of_redirect,
    of_reply,
    of_stranger,
)
from ansible_collections.mlops.elastic.plugins.module_utils.parallel import each

_REPEATABLE = (408, 502, 503, 504)

_BUSY_PAUSE = 0.25
"""Seconds before a request that was answered 429 is sent again; twice as long after each further 429."""


def escaped(expression):
    """Return ids, joined by commas, as one part of a path; nothing in it can begin another part, or a query."""
    return quote(expression, safe=",*")


class Request:
    """One API call as data.

    :arg method: HTTP method
    :arg path: path without query, in which ids are L(escaped)
    :arg query: pairs, or a dict, of parameters as the API names them
    :arg purpose: what it is for, in words that complete "could not ..."
    :arg subjects: ids that it is about
    :arg template: the path of its API, without ids
    :arg expects: a key that every successful reply of this API has
    """

    __slots__ = ("expects", "method", "path", "purpose", "query", "subjects", "template")

    def __init__(self, method, path, query=None, purpose="", expects=None, subjects=(), template=None):
        self.method = method
        self.path = path
        self.query = dict(query or {})
        self.purpose = purpose or f"{method} {path}"
        self.expects = expects
        self.subjects = tuple(subjects)
        self.template = template or path

    @property
    def target(self):
        return "{}?{}".format(self.path, urlencode(self.query, safe=",*:")) if self.query else self.path

    def as_result(self, brief=False):
        """Return what a user sees of it: the call, or only which API it was."""
        return {"method": self.method, "path": self.template if brief else self.target}


class Cluster:
    """A connection; C(sent) lists its requests, in order."""

    def __init__(self, params, opaque_id):
        connection.validate(params)
        self._parallel = params["parallel"]
        self._client = connection.build_client(params, self._parallel)
        self._request_timeout = params["request_timeout"]
        self._max_retries = params["max_retries"]
        self._address = params["cloud_id"] or ", ".join(params["hosts"])
        self._headers = {"accept": "application/json", "x-opaque-id": params["opaque_id"] or opaque_id}
        if connection.authorization(params):
            self._headers["authorization"] = connection.authorization(params)
        self._headers.update({name.lower(): str(value) for name, value in (params["headers"] or {}).items()})
        self._version = False
        self.sent = []

    def close(self):
        self._client.close()

    @contextlib.contextmanager
    def unlisted(self):
        """Leave requests out of C(sent) that are no part of the work, so that results do not depend on who watches."""
        count = len(self.sent)
        try:
            yield
        finally:
            del self.sent[count:]

    def send(self, request, seconds=None):
        """Send one request and return the parsed reply.

        :arg seconds: longest time to wait for the answer, at most C(request_timeout)
        :raises Unreachable: no answer
        :raises Interrupted: the answer was lost, or a wait ended before the work did
        :raises ServerError: any other refusal
        """
        self.sent.append(request)
        return self._insist(request, seconds)

    def send_all(self, requests, seconds=None, meanwhile=None):
        """Send requests side by side, bounded; return a reply or an L(MlError) for each, in order.

        :arg meanwhile: called now and then while answers are still out
        """
        self.sent += requests
        if len(requests) == 1 and not meanwhile:
            return [self._attempt(requests[0], seconds)]
        return each(lambda request: self._attempt(request, seconds), requests, self._parallel, meanwhile)

    def _attempt(self, request, seconds):
        try:
            return self._insist(request, seconds)
        except MlError as error:
            return error

    def _insist(self, request, seconds):
        """Send again what met full queues: nothing was done, and every sender that pauses takes load off the server."""
        for attempt in range(self._max_retries):
            try:
                return self._exchange(request, seconds)
            except Busy:
                time.sleep(_BUSY_PAUSE * 2**attempt)
        return self._exchange(request, seconds)

    def _exchange(self, request, seconds):
        import elastic_transport

        try:
            reply = self._client.transport.perform_request(
                request.method,
                request.target,
                headers=self._headers,
                request_timeout=min(self._request_timeout, seconds or self._request_timeout),
                retry_on_status=_REPEATABLE if request.method == "GET" else (),
            )
        except elastic_transport.TransportError as error:
            raise self._no_answer(request, error) from error
        if reply.meta.status >= 400:
            raise of_reply(request.purpose, reply.meta.status, reply.body, self._address)
        if reply.meta.status >= 300:
            raise of_redirect(request.purpose, reply.meta.status, reply.meta.headers.get("location"), self._address)
        if not isinstance(reply.body, dict) or (request.expects and request.expects not in reply.body):
            raise of_stranger(request.purpose, reply.meta.status, self._address)
        return reply.body

    def version(self):
        """Return the server's version as a tuple of two numbers, or None where it cannot be read.

        C(_ml/info) tells it to whoever may read ML, as long as the node has ML's programs; C(GET /) needs C(monitor).
        """
        if self._version is False:
            self._version = self._ask_version()
        return self._version

    def _ask_version(self):
        reply = self.send(Request("GET", "/_ml/info", purpose="read the server's version"))
        found = re.match(r"(\d+)\.(\d+)", str((reply.get("native_code") or {}).get("version") or ""))
        return (int(found.group(1)), int(found.group(2))) if found else None

    def _no_answer(self, request, error):
        import elastic_transport

        said = str(error.message)
        kind, advice = Unreachable, "Check hosts, and whether the server runs"
        if isinstance(error, elastic_transport.ConnectionTimeout):
            kind, advice = Interrupted, "Raise request_timeout, or look for a slow proxy"
        elif isinstance(error, elastic_transport.TlsError):
            advice = tls.advice(said)
        elif isinstance(error, elastic_transport.SerializationError):
            return of_stranger(request.purpose, None, self._address)
        elif re.search(r"aborted|reset|closed|disconnected|broken pipe|incomplete", said, re.IGNORECASE):
            kind = Interrupted
            advice = (
                "If it happens every time, the port may speak TLS (write https://), want a client_cert, "
                "or belong to another program"
            )
        return kind(
            f"could not {request.purpose}: no answer from {self._address}: {said}. {advice}.",
            type=type(error).__name__,
            reason=said,
        )
